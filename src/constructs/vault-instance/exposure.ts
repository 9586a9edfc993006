import type { Construct } from "constructs";
import type { Product } from "../../core/product";
import { API_PORT, serverLabels, type ReleaseNames } from "../server-config/names";
import { ServiceV1 } from "../../terraform/providers/kubernetes";
import type { InstanceCapacity } from "./instance-limits";

/** What a Service is made for. */
export interface ExposureContext {
  readonly names: ReleaseNames;
  readonly product: Product;
}

/** How clients outside the cluster reach the active replica, by a Service of its own. */
export class Exposure {
  /**
   * At a port of every node.
   *
   * @param port From 30000 to 32767, unless the cluster says otherwise.
   */
  static nodePort(port: number): Exposure {
    return new Exposure({ nodePorts: 1 }, { type: "NodePort" }, { nodePort: port });
  }

  /**
   * At a load balancer of the cluster's cloud.
   *
   * @param annotations What the cloud wants to know of it. @default - none
   */
  static loadBalancer(annotations: Readonly<Record<string, string>> = {}): Exposure {
    return new Exposure({ nodePorts: 1, loadBalancers: 1 }, { type: "LoadBalancer" }, {}, annotations);
  }

  private constructor(
    /** What the namespace's quota has to have room for. */
    readonly capacity: Pick<InstanceCapacity, "nodePorts" | "loadBalancers">,
    private readonly spec: { readonly type: string },
    private readonly port: { readonly nodePort?: number },
    private readonly annotations: Readonly<Record<string, string>> = {},
  ) {
    Object.freeze(this);
  }

  /** Port of every node that it takes; undefined where the cluster chooses. */
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
          // The servers label themselves; https://openbao.org/docs/configuration/service-registration/kubernetes/
          [`${product}-active`]: "true",
        },
        port: [{ name: "https", port: API_PORT, targetPort: String(API_PORT), ...this.port }],
      },
      // A load balancer may take longer to come than the hook to unseal, which it waits for.
      waitForLoadBalancer: false,
    });
  }
}
