import type { NodeGroup } from "./node-group";

/** A node for Kubespray. */
export interface InventoryNode extends Pick<NodeGroup, "role" | "labels" | "taints"> {
  readonly name: string;
  /** Address of the node for Kubernetes. */
  readonly address: string;
  /** Address at which Ansible logs in. @default - `address` */
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

/** Input of an inventory. */
export interface InventoryProps {
  readonly nodes: readonly InventoryNode[];
  /** Login user of Ansible. */
  readonly user: string;
  /** SSH jump host. @default - none */
  readonly bastion?: string;
  /** Whether control planes also run other pods. */
  readonly schedulableControlPlanes: boolean;
  /** Variables of Kubespray. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Creates the inventory of a cluster, with etcd on the control planes. */
export function kubesprayInventory(props: InventoryProps): Inventory {
  const { nodes, user, bastion, variables } = props;
  const controlPlanes = nodes.filter(({ role }) => role === "control-plane");
  const workers = nodes.filter(({ role }) => role === "worker");
  return {
    all: {
      hosts: Object.fromEntries(nodes.map((node) => [node.name, host(node)])),
      vars: {
        ansible_user: user,
        // Kubespray's group "bastion" would accept any host key of the bastion, so we do not use it.
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
