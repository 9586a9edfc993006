import type { Construct } from "constructs";
import { DNS_LABEL } from "../../core/dns-label";
import { ValidationError } from "../../core/errors";
import type { Size } from "../../core/size";

/**
 * Size of a machine, by the ID or the name of an OpenStack flavor.
 *
 * @changes refused for nodes: resize one machine after the other first; a gateway restarts
 */
export type Flavor =
  | {
      /** ID of the flavor. */
      readonly id: string;
    }
  | {
      /** Name of the flavor. */
      readonly name: string;
    };

/** What a node is for. */
export type NodeRole = "control-plane" | "worker";

/** A Cinder volume. */
export interface VolumeProps {
  /**
   * Size of the volume.
   *
   * @changes in place: OpenStack grows the volume and refuses a smaller size; grow the file system on the node
   */
  readonly size: Size;
  /**
   * Type of the volume.
   *
   * @default - the default of the cloud
   * @changes in place: OpenStack refuses another type that needs a migration
   */
  readonly type?: string;
  /**
   * Availability zone of the volume, if the cloud names the zones of Cinder and Nova differently.
   *
   * @default - the zone of the machine
   * @changes new nodes only: a volume stays in its zone
   */
  readonly availabilityZone?: string;
}

/** A taint, which repels pods that do not tolerate it. */
export interface Taint {
  /**
   * Key of the taint.
   *
   * @changes in place: Kubespray adds taints; remove former ones with kubectl
   */
  readonly key: string;
  /**
   * Value of the taint.
   *
   * @changes in place: Kubespray adds taints; remove former ones with kubectl
   */
  readonly value: string;
  /**
   * What happens to pods that do not tolerate it.
   *
   * @changes in place: Kubespray adds taints; remove former ones with kubectl
   */
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** Additional workers of one kind, such as a pool of machines for secrets alone. */
export interface NodePoolProps {
  /**
   * A DNS-1123 label. Nodes are named `<tenant>-<name>-<n>` and have the label `tenant-vault/pool: <name>`.
   *
   * @changes refused until `destroyable` names the nodes and volumes of the former pool: add the new pool, and drain the former one first
   */
  readonly name: string;
  /**
   * Number of nodes.
   *
   * @changes in place: a higher number adds nodes; a lower one is refused until `destroyable` names the last nodes and their volumes, drained before
   */
  readonly count: number;
  /**
   * Size of the nodes.
   *
   * @default - the flavor of the cluster
   * @changes refused: resize one machine after the other first; new nodes get it
   */
  readonly flavor?: Flavor;
  /**
   * Name of the nodes' image.
   *
   * @default - the image of the cluster
   * @changes new nodes only: running machines keep their image
   */
  readonly image?: string;
  /**
   * Zones among which the nodes are distributed in turn.
   *
   * @default - the zones of the cluster
   * @changes new nodes only: running machines stay in their zones
   */
  readonly availabilityZones?: readonly string[];
  /**
   * Boot volume of each node.
   *
   * @default - the boot volume of the cluster
   * @changes refused: make a new pool; adding or removing it would replace every node of the pool
   */
  readonly bootVolume?: VolumeProps;
  /**
   * Additional, empty volumes of each node. They survive the machine, and are deleted with the node's entry.
   *
   * @default - none
   * @changes in place: an added one is attached; removing the last is refused until `destroyable` names it for each node
   */
  readonly volumes?: readonly VolumeProps[];
  /**
   * Additional labels of the Kubernetes nodes.
   *
   * @default - none
   * @changes in place: Kubespray adds labels; remove former ones with kubectl
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Taints of the Kubernetes nodes.
   *
   * @default - none
   * @changes in place: Kubespray adds taints; remove former ones with kubectl
   */
  readonly taints?: readonly Taint[];
}

/** Properties of all nodes of a cluster, unless their pool has its own. */
export interface NodeDefaults {
  /**
   * Name of the nodes' image.
   *
   * @changes new nodes only: running machines keep their image
   */
  readonly image: string;
  /**
   * Size of the nodes.
   *
   * @changes refused: resize one machine after the other first; new nodes get it
   */
  readonly flavor: Flavor;
  /**
   * Size of the control planes.
   *
   * @default - `flavor`
   * @changes refused: resize one machine after the other first; etcd would lose its majority
   */
  readonly controlPlaneFlavor?: Flavor;
  /**
   * Zones among which the nodes are distributed in turn.
   *
   * @default - the cloud chooses
   * @changes new nodes only: running machines stay in their zones
   */
  readonly availabilityZones?: readonly string[];
  /**
   * Boot volume of each node. It survives the machine: a replacement boots from the same volume until the volume itself is
   * replaced.
   *
   * @default - the disk of the flavor
   * @changes refused: make a new pool; adding or removing it would replace every node
   */
  readonly bootVolume?: VolumeProps;
  /**
   * Number of control planes: 1, 3 or 5, so that etcd has a majority.
   *
   * @default 1
   * @changes in place: a higher number adds members of etcd; a lower one is refused until `destroyable` names the machines, whose members Kubespray removes before
   */
  readonly controlPlanes?: number;
  /**
   * Whether control planes also run other pods.
   *
   * @default false
   * @changes in place: Kubespray sets it; a taint that is there already stays until it is removed with kubectl
   */
  readonly schedulableControlPlanes?: boolean;
  /**
   * Number of workers.
   *
   * @default 2
   * @changes in place: a higher number adds nodes; a lower one is refused until `destroyable` names the last nodes, drained before
   */
  readonly workers?: number;
  /**
   * Additional workers, such as a pool of machines for secrets alone.
   *
   * @default - none
   * @changes in place: an added pool is created; removing one is refused until `destroyable` names its nodes and volumes, drained before
   */
  readonly pools?: readonly NodePoolProps[];
}

/** Nodes of one kind, with all defaults applied. */
export interface NodeGroup {
  readonly name: string;
  readonly role: NodeRole;
  readonly count: number;
  readonly image: string;
  readonly flavor: Flavor;
  readonly availabilityZones: readonly string[];
  /** @default - the disk of the flavor */
  readonly bootVolume?: VolumeProps;
  readonly volumes: readonly VolumeProps[];
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** @throws ValidationError if the name of a node is not a valid host name; RFC 1123. */
export function checkNodeNames(tenant: string, groups: readonly NodeGroup[], scope?: Construct): void {
  const names = groups.map(({ name, count }) => nodeName(tenant, name, count - 1));
  const wrong = names.find((name) => !DNS_LABEL.test(name));
  if (wrong === undefined) return;
  throw new ValidationError(
    "node-name",
    `"${wrong}" cannot name a machine; shorten the names of tenant and pool to 63 characters in total, and use a-z, 0-9 and -.`,
    scope,
  );
}

/** Name of a node, its port and its volumes. */
export function nodeName(tenant: string, group: string, index: number): string {
  return `${tenant}-${group}-${index}`;
}

/** Control planes, workers and pools, in that order. Pools are sorted by name, so that their order changes nothing. */
export function nodeGroups(props: NodeDefaults, scope?: Construct): NodeGroup[] {
  const { image, flavor, availabilityZones = [], bootVolume, pools = [] } = props;
  const plain = { image, flavor, availabilityZones, bootVolume, volumes: [], labels: {}, taints: [] };
  const groups: NodeGroup[] = [
    {
      ...plain,
      name: "control-plane",
      role: "control-plane",
      count: checkControlPlanes(props.controlPlanes ?? 1, scope),
      flavor: props.controlPlaneFlavor ?? flavor,
    },
    { ...plain, name: "worker", role: "worker", count: checkCount("workers", props.workers ?? 2, scope) },
    ...[...pools]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((pool): NodeGroup => ({
        name: pool.name,
        role: "worker",
        count: checkCount(`pool ${pool.name}: count`, pool.count, scope),
        image: pool.image ?? image,
        flavor: pool.flavor ?? flavor,
        availabilityZones: pool.availabilityZones ?? availabilityZones,
        bootVolume: pool.bootVolume ?? bootVolume,
        volumes: pool.volumes ?? [],
        labels: { "tenant-vault/pool": pool.name, ...pool.labels },
        taints: pool.taints ?? [],
      })),
  ];
  groups.forEach(({ name }, index) => {
    if (groups.findIndex((group) => group.name === name) < index) {
      throw new ValidationError(
        "pool-name",
        `Two groups of nodes are named "${name}"; give each pool its own name, and not control-plane or worker.`,
        scope,
      );
    }
  });
  return groups;
}

function checkControlPlanes(count: number, scope?: Construct): number {
  if (![1, 3, 5].includes(count)) {
    throw new ValidationError(
      "control-planes",
      `controlPlanes ${count} gives etcd no majority that survives more failures than with one less; choose 1, 3 or 5.`,
      scope,
    );
  }
  return count;
}

function checkCount(what: string, count: number, scope?: Construct): number {
  if (!Number.isInteger(count) || count < 1) {
    throw new ValidationError("workers", `${what} ${count} is not possible; write a whole number from 1.`, scope);
  }
  return count;
}
