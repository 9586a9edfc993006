import { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { MOST_REPLICAS } from "../server-config/names";
import { LimitRangeV1, PriorityClassV1, ResourceQuotaV1 } from "../../terraform/providers/kubernetes";

/** Compute resources of one server, as Kubernetes quantities such as `"500m"` and `"1Gi"`. */
export interface ServerResources {
  /**
   * Guaranteed resources.
   *
   * @changes rolling restart by the hook
   */
  readonly requests: {
    /**
     * CPU, such as `"250m"`.
     *
     * @changes rolling restart by the hook
     */
    readonly cpu: string;
    /**
     * Memory, such as `"1Gi"`.
     *
     * @changes rolling restart by the hook
     */
    readonly memory: string;
  };
  /**
   * Maximum resources. There is no CPU limit, because it would delay heartbeats of raft.
   *
   * @changes rolling restart by the hook
   */
  readonly limits: {
    /**
     * Memory, such as `"1Gi"`.
     *
     * @changes rolling restart by the hook
     */
    readonly memory: string;
  };
}

/** How much of a cluster an instance may use. */
export interface InstanceCapacity {
  /** @changes in place: quota and rights of the hook */
  readonly replicas: number;
  /**
   * CPU and memory of each server.
   *
   * @default - a quarter of a CPU and 1 GiB of guaranteed memory
   * @changes in place: existing pods keep what they have
   */
  readonly resources?: ServerResources;
  /**
   * Number of Services that may be load balancers.
   *
   * @default 0
   * @changes in place
   */
  readonly loadBalancers?: number;
  /**
   * Number of node ports, including those of load balancers.
   *
   * @default 0
   * @changes in place
   */
  readonly nodePorts?: number;
}

/** All memory is guaranteed, because a node without free memory first kills pods that exceed their request. */
export const DEFAULT_RESOURCES: ServerResources = {
  requests: { cpu: "250m", memory: "1Gi" },
  limits: { memory: "1Gi" },
};

/** Pods in addition to the replicas, such as one for a snapshot or for the test of a chart. */
const SPARE_PODS = 2;

/** Two claims for the maximum number of replicas: claims of removed replicas remain and count. */
const CLAIMS = 2 * MOST_REPLICAS;

/** Far above 0, the priority of pods without a class, and below 2,000,000,000, that of Kubernetes' own pods. */
const PRIORITY = 1_000_000;

/** Properties of {@link InstanceLimits}. */
export interface InstanceLimitsProps extends InstanceCapacity {
  readonly namespace: string;
  /** Name of the release. It is unique in the cluster, as the name of the PriorityClass must be. */
  readonly release: string;
}

/** Limits of an instance's use of the cluster, and the priority with which nodes evict its pods last. */
export class InstanceLimits extends Construct {
  /** Name of the PriorityClass. */
  readonly priorityClassName: string;
  readonly resources: ServerResources;

  constructor(scope: Construct, id: string, props: InstanceLimitsProps) {
    super(scope, id);
    const { namespace, replicas, loadBalancers = 0, nodePorts = 0 } = props;
    this.resources = props.resources ?? DEFAULT_RESOURCES;
    const { requests, limits } = this.resources;
    this.priorityClassName = props.release;
    new ResourceQuotaV1(this, "Quota", {
      metadata: { name: "instance", namespace },
      spec: {
        hard: {
          pods: String(replicas + SPARE_PODS),
          persistentvolumeclaims: String(CLAIMS),
          "services.loadbalancers": String(loadBalancers),
          "services.nodeports": String(nodePorts),
        },
      },
    });
    // The servers are limited by number: while smaller ones replace larger ones, a sum would refuse the new ones.
    new ResourceQuotaV1(this, "ServerQuota", {
      metadata: { name: "servers", namespace },
      spec: { hard: { pods: String(replicas) }, scopeSelector: this.scope("In") },
    });
    new ResourceQuotaV1(this, "SpareQuota", {
      metadata: { name: "others", namespace },
      spec: {
        hard: {
          "requests.cpu": times(requests.cpu, SPARE_PODS),
          "requests.memory": times(requests.memory, SPARE_PODS),
          "limits.memory": times(limits.memory, SPARE_PODS),
        },
        scopeSelector: this.scope("NotIn"),
      },
    });
    // A quota rejects containers without requests; these are the defaults.
    new LimitRangeV1(this, "LimitRange", {
      metadata: { name: "instance", namespace },
      spec: { limit: [{ type: "Container", defaultRequest: { ...requests }, default: { ...limits } }] },
    });
    new PriorityClassV1(this, "PriorityClass", {
      metadata: { name: this.priorityClassName },
      description: "Servers of a secrets service, which others need to start.",
      value: PRIORITY,
    });
  }

  /** The pods that have, or do not have, the priority of the servers. */
  private scope(operator: "In" | "NotIn") {
    return { matchExpression: [{ scopeName: "PriorityClass", operator, values: [this.priorityClassName] }] };
  }
}

/** A Kubernetes quantity, multiplied; https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
function times(quantity: string, count: number): string {
  const match = /^(\d+)(?:\.(\d+))?(m|[kMGTPE]i?|Ki)?$/.exec(quantity);
  if (match === null) {
    throw new ValidationError("quantity", `"${quantity}" is not a valid quantity; write one such as "500m" or "1Gi".`);
  }
  const [, whole = "", fraction = "", unit = ""] = match;
  // Exact arithmetic, because the API server would round the result to another quota.
  const digits = String(BigInt(whole + fraction) * BigInt(count)).padStart(fraction.length + 1, "0");
  const point = digits.length - fraction.length;
  return `${digits.slice(0, point)}${fraction === "" ? "" : `.${digits.slice(point)}`}${unit}`;
}
