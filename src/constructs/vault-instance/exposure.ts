import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import type { Product } from "../../core/product";
import type { ValueType } from "../../core/value-type";
import { API_PORT, serverLabels, type ReleaseNames } from "../server-config/names";
import type { IKubernetesCluster } from "../tenant-cluster/kubernetes-cluster";
import { TenantCluster } from "../tenant-cluster/tenant-cluster";
import { ServiceV1 } from "../../terraform/providers/kubernetes";
import type { InstanceCapacity } from "./instance-limits";

/** The servers behind a Service. */
export interface ExposureContext {
  readonly names: ReleaseNames;
  readonly product: Product;
}

/** How clients outside the cluster reach the active replica: by an additional Service. */
export class Exposure {
  /**
   * At a port of every node.
   *
   * @param port From 30000 to 32767, unless the cluster has another range.
   */
  static nodePort(port: number): Exposure {
    return new Exposure({ nodePorts: 1 }, { type: "NodePort" }, { nodePort: port });
  }

  /**
   * At a load balancer of the cluster's cloud.
   *
   * @param annotations Annotations of the Service, by which the cloud configures the load balancer. @default - none
   */
  static loadBalancer(annotations: Readonly<Record<string, string>> = {}): Exposure {
    return new Exposure({ nodePorts: 1, loadBalancers: 1 }, { type: "LoadBalancer" }, {}, annotations);
  }

  private constructor(
    /** What the quota of the namespace must allow. */
    readonly capacity: Pick<InstanceCapacity, "nodePorts" | "loadBalancers">,
    private readonly spec: { readonly type: string },
    private readonly port: { readonly nodePort?: number },
    private readonly annotations: Readonly<Record<string, string>> = {},
  ) {
    Object.freeze(this);
  }

  /** Port of every node; undefined if the cluster chooses. */
  get nodePort(): number | undefined {
    return this.port.nodePort;
  }

  /** Creates the Service below the scope. */
  bind(scope: Construct, { names: { release, namespace }, product }: ExposureContext): void {
    new ServiceV1(scope, "ExternalService", {
      metadata: { name: `${release}-external`, namespace, annotations: { ...this.annotations } },
      spec: {
        ...this.spec,
        selector: {
          ...serverLabels(release),
          // Servers set this label on their own pods; https://openbao.org/docs/configuration/service-registration/kubernetes/
          [`${product}-active`]: "true",
        },
        port: [{ name: "https", port: API_PORT, targetPort: String(API_PORT), ...this.port }],
      },
      // The hook must not wait for a load balancer, which may take longer than unsealing.
      waitForLoadBalancer: false,
    });
  }
}

/** An exposure, for checks at run time. */
export const EXPOSURE: ValueType = { name: "Exposure", member: "capacity", example: "Exposure.nodePort(30820)" };

/** @throws ValidationError if no security group opens the node ports of a load balancer, which the cluster chooses. */
export function checkNodePorts(scope: Construct, { capacity }: Exposure, cluster: IKubernetesCluster): void {
  if (capacity.loadBalancers === undefined || !(cluster instanceof TenantCluster)) return;
  // Magnum makes security groups of its own.
  if (cluster.inventory === undefined || !cluster.portSecurity) return;
  throw new ValidationError(
    "exposure",
    "The instance has Exposure.loadBalancer, but no security group of its TenantCluster opens the node ports of a load balancer; use Exposure.nodePort, and add the port to clientAccess of the cluster.",
    scope,
  );
}
