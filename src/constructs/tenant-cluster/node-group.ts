import type { Construct } from "constructs";
import { DNS_LABEL } from "../../core/dns-label";
import { ValidationError } from "../../core/errors";
import type { Size } from "../../core/size";

/** Size of a machine: by the id or by the name that the cloud gives it. */
export type Flavor = { readonly id: string } | { readonly name: string };

/** What a node is for. */
export type NodeRole = "control-plane" | "worker";

/** A Cinder volume. */
export interface VolumeProps {
  readonly size: Size;
  /** @default - the cloud's default */
  readonly type?: string;
  /**
   * Cinder's zone, where the cloud does not give it the names of Nova's.
   *
   * @default - that of the machine
   */
  readonly availabilityZone?: string;
}

/** Keeps pods away that do not tolerate it. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** Workers of one kind, besides the plain ones: such as a pool for secrets alone, on machines of its own. */
export interface NodePoolProps {
  /** A DNS-1123 label; nodes are named `<tenant>-<name>-<n>` and carry the label `tenant-vault/pool: <name>`. */
  readonly name: string;
  readonly count: number;
  /** @default - the cluster's */
  readonly flavor?: Flavor;
  /** @default - the cluster's */
  readonly image?: string;
  /** @default - the cluster's */
  readonly availabilityZones?: readonly string[];
  /** @default - the cluster's */
  readonly bootVolume?: VolumeProps;
  /**
   * Empty volumes that each node gets besides; they are kept when it is made anew, and go when the file has it no longer.
   *
   * @default - none
   */
  readonly volumes?: readonly VolumeProps[];
  /** @default - none but `tenant-vault/pool` */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly taints?: readonly Taint[];
}

/** What all nodes of a cluster have, unless their pool says otherwise. */
export interface NodeDefaults {
  /** Name of the nodes' image. */
  readonly image: string;
  readonly flavor: Flavor;
  /**
   * Size of the control planes.
   *
   * @default - `flavor`
   */
  readonly controlPlaneFlavor?: Flavor;
  /**
   * Zones that the nodes take in turn.
   *
   * @default - the cloud's choice
   */
  readonly availabilityZones?: readonly string[];
  /**
   * A volume to boot from, which is the machine's next one's as well, until that is made anew, too.
   *
   * @default - the disk of the flavor
   */
  readonly bootVolume?: VolumeProps;
  /**
   * Odd, so that etcd has a majority: 1, 3 or 5.
   *
   * @default 1
   */
  readonly controlPlanes?: number;
  /**
   * Whether control planes run other pods as well.
   *
   * @default false
   */
  readonly schedulableControlPlanes?: boolean;
  /** @default 2 */
  readonly workers?: number;
  /** @default - none */
  readonly pools?: readonly NodePoolProps[];
}

/** Nodes of one kind, with nothing left to default. */
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

/** @throws ValidationError when a node would have a name that is no host's; RFC 1123. */
export function checkNodeNames(tenant: string, groups: readonly NodeGroup[], scope?: Construct): void {
  const names = groups.map(({ name, count }) => nodeName(tenant, name, count - 1));
  const wrong = names.find((name) => !DNS_LABEL.test(name));
  if (wrong === undefined) return;
  throw new ValidationError(
    "node-name",
    `"${wrong}" cannot name a machine; shorten the names of tenant and pool to 63 letters in all, and use a-z, 0-9 and -.`,
    scope,
  );
}

/** Name of a node, its port and its volumes. */
export function nodeName(tenant: string, group: string, index: number): string {
  return `${tenant}-${group}-${index}`;
}

/** Control planes, workers and pools, in that order; pools by their names, so that reordering them changes nothing. */
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
        ...plain,
        ...pool,
        role: "worker",
        count: checkCount(`The pool ${pool.name}`, pool.count, scope),
        labels: { "tenant-vault/pool": pool.name, ...pool.labels },
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
      `controlPlanes ${count} gives etcd no majority that survives a loss better than one less; choose 1, 3 or 5.`,
      scope,
    );
  }
  return count;
}

function checkCount(what: string, count: number, scope?: Construct): number {
  if (!Number.isInteger(count) || count < 1) {
    throw new ValidationError("workers", `${what} ${count} is not possible; give a whole number from 1.`, scope);
  }
  return count;
}
