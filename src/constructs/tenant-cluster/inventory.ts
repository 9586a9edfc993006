import type { NodeGroup } from "./node-group";

/** A node as Kubespray needs to know it. */
export interface InventoryNode extends Pick<NodeGroup, "role" | "labels" | "taints"> {
  readonly name: string;
  /** What Kubernetes binds to. */
  readonly address: string;
  /** Where Ansible logs in. @default - `address` */
  readonly sshAddress?: string;
}

interface Host {
  readonly ansible_host: string;
  readonly ip: string;
  readonly access_ip: string;
  readonly node_labels?: Readonly<Record<string, string>>;
  readonly node_taints?: readonly string[];
}

/** A Kubespray inventory: hosts, and the groups that its playbooks read. */
export interface Inventory {
  readonly all: {
    readonly hosts: Readonly<Record<string, Host>>;
    readonly vars: Readonly<Record<string, unknown>>;
    readonly children: {
      readonly kube_control_plane: { readonly hosts: Names };
      readonly etcd: { readonly hosts: Names };
      readonly kube_node: { readonly hosts: Names };
      readonly calico_rr: { readonly hosts: Names };
      readonly k8s_cluster: {
        readonly children: {
          readonly kube_control_plane: object;
          readonly kube_node: object;
          readonly calico_rr: object;
        };
      };
    };
  };
}

type Names = Readonly<Record<string, object>>;

/** What an inventory is made from. */
export interface InventoryProps {
  readonly nodes: readonly InventoryNode[];
  /** Whom Ansible logs in as. */
  readonly user: string;
  /** Machine that SSH jumps over. @default - none */
  readonly bastion?: string;
  /** Whether control planes run other pods as well. */
  readonly schedulableControlPlanes: boolean;
  /** Kubespray's own variables. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The inventory of a cluster, with etcd on the control plane. */
export function kubesprayInventory(props: InventoryProps): Inventory {
  const { nodes, user, bastion, variables } = props;
  const controlPlanes = nodes.filter(({ role }) => role === "control-plane");
  const workers = nodes.filter(({ role }) => role === "worker");
  return {
    all: {
      hosts: Object.fromEntries(nodes.map((node) => [node.name, host(node)])),
      vars: {
        ansible_user: user,
        // Not Kubespray's group "bastion": it would take whatever host key the bastion shows.
        ...(bastion === undefined ? {} : { ansible_ssh_common_args: `-o ProxyJump=${user}@${bastion}` }),
        ...variables,
      },
      children: {
        kube_control_plane: { hosts: names(controlPlanes) },
        etcd: { hosts: names(controlPlanes) },
        kube_node: { hosts: names(props.schedulableControlPlanes ? nodes : workers) },
        calico_rr: { hosts: {} },
        k8s_cluster: { children: { kube_control_plane: {}, kube_node: {}, calico_rr: {} } },
      },
    },
  };
}

function host({ address, sshAddress, labels, taints }: InventoryNode): Host {
  return {
    ansible_host: sshAddress ?? address,
    ip: address,
    access_ip: address,
    ...(Object.keys(labels).length === 0 ? {} : { node_labels: labels }),
    ...(taints.length === 0
      ? {}
      : { node_taints: taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`) }),
  };
}

function names(nodes: readonly InventoryNode[]): Names {
  return Object.fromEntries(nodes.map(({ name }) => [name, {}]));
}
