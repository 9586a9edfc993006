import { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { MOST_REPLICAS } from "../server-config/names";
import { LimitRangeV1, PriorityClassV1, ResourceQuotaV1 } from "../../terraform/providers/kubernetes";

/** Compute resources of one server, as Kubernetes quantities such as `"500m"` and `"1Gi"`. */
export interface ServerResources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  /** No limit of the CPU: it would delay heartbeats of raft while the node has time to spare. */
  readonly limits: { readonly memory: string };
}

/** How much of a cluster an instance may take. */
export interface InstanceCapacity {
  readonly replicas: number;
  /**
   * Of each server.
   *
   * @default - a quarter of a CPU, and 1 GiB of memory that is its own
   */
  readonly resources?: ServerResources;
  /**
   * How many Services may be load balancers.
   *
   * @default 0
   */
  readonly loadBalancers?: number;
  /**
   * How many ports may be opened on every node; a load balancer's count as well.
   *
   * @default 0
   */
  readonly nodePorts?: number;
}

/** Memory is requested in full: a node that runs short of it kills whoever uses more than that first. */
export const DEFAULT_RESOURCES: ServerResources = {
  requests: { cpu: "250m", memory: "1Gi" },
  limits: { memory: "1Gi" },
};

/** Pods beside the replicas: a snapshot's, or a chart's test. */
const SPARE_PODS = 2;

/** Data and audit log of as many replicas as there can be: claims are kept when replicas go, and count all the same. */
const CLAIMS = 2 * MOST_REPLICAS;

/** Far above 0, what pods have that name no class, and below the 2,000,000,000 of what Kubernetes itself cannot do without. */
const PRIORITY = 1_000_000;

/** Properties of {@link InstanceLimits}. */
export interface InstanceLimitsProps extends InstanceCapacity {
  readonly namespace: string;
  /** Name of the release, unique in the cluster, as the PriorityClass has to be. */
  readonly release: string;
}

/** What an instance may take of its cluster, and that it goes last where nodes run short. */
export class InstanceLimits extends Construct {
  /** Name of the PriorityClass. */
  readonly priorityClassName: string;
  readonly resources: ServerResources;

  constructor(scope: Construct, id: string, props: InstanceLimitsProps) {
    super(scope, id);
    const { namespace, replicas, loadBalancers = 0, nodePorts = 0 } = props;
    this.resources = props.resources ?? DEFAULT_RESOURCES;
    const { requests, limits } = this.resources;
    const pods = replicas + SPARE_PODS;
    new ResourceQuotaV1(this, "Quota", {
      metadata: { name: "instance", namespace },
      spec: {
        hard: {
          pods: String(pods),
          persistentvolumeclaims: String(CLAIMS),
          "requests.cpu": times(requests.cpu, pods),
          "requests.memory": times(requests.memory, pods),
          "limits.memory": times(limits.memory, pods),
          "services.loadbalancers": String(loadBalancers),
          "services.nodeports": String(nodePorts),
        },
      },
    });
    // A quota refuses a container that does not say what it asks for: these say it.
    new LimitRangeV1(this, "LimitRange", {
      metadata: { name: "instance", namespace },
      spec: { limit: [{ type: "Container", defaultRequest: { ...requests }, default: { ...limits } }] },
    });
    this.priorityClassName = props.release;
    new PriorityClassV1(this, "PriorityClass", {
      metadata: { name: this.priorityClassName },
      description: "Servers of a secrets service, which others need to start.",
      value: PRIORITY,
    });
  }
}

/** A Kubernetes quantity so many times; https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
function times(quantity: string, count: number): string {
  const match = /^(\d+)(?:\.(\d+))?(m|[kMGTPE]i?|Ki)?$/.exec(quantity);
  if (match === null) {
    throw new ValidationError("quantity", `"${quantity}" is no quantity; write one such as "500m" or "1Gi".`);
  }
  const [, whole = "", fraction = "", unit = ""] = match;
  // Exactly: what the API server rounds is another quota than the one that was asked for.
  const digits = String(BigInt(whole + fraction) * BigInt(count)).padStart(fraction.length + 1, "0");
  const point = digits.length - fraction.length;
  return `${digits.slice(0, point)}${fraction === "" ? "" : `.${digits.slice(point)}`}${unit}`;
}
