/** A node as Kubespray needs to know it. */
export interface InventoryNode {
  readonly name: string;
  /** Where Ansible logs in, and what Kubernetes binds to. */
  readonly address: string;
  readonly role: "control-plane" | "worker";
}

interface Host {
  readonly ansible_host: string;
  readonly ip: string;
}

/** A Kubespray inventory: hosts, and the groups that its playbooks read. */
export interface Inventory {
  readonly all: {
    readonly hosts: Readonly<Record<string, Host>>;
    readonly vars: Readonly<Record<string, string>>;
    readonly children: {
      readonly kube_control_plane: { readonly hosts: Names };
      readonly etcd: { readonly hosts: Names };
      readonly kube_node: { readonly hosts: Names };
      readonly k8s_cluster: { readonly children: { readonly kube_control_plane: object; readonly kube_node: object } };
    };
  };
}

type Names = Readonly<Record<string, object>>;

/**
 * The inventory of a cluster, with etcd on the control plane.
 *
 * @param user Whom Ansible logs in as.
 */
export function kubesprayInventory(nodes: readonly InventoryNode[], user: string): Inventory {
  const named = (role: InventoryNode["role"]): Names =>
    Object.fromEntries(nodes.filter((node) => node.role === role).map(({ name }) => [name, {}]));
  return {
    all: {
      hosts: Object.fromEntries(nodes.map(({ name, address }) => [name, { ansible_host: address, ip: address }])),
      vars: { ansible_user: user },
      children: {
        kube_control_plane: { hosts: named("control-plane") },
        etcd: { hosts: named("control-plane") },
        kube_node: { hosts: named("worker") },
        k8s_cluster: { children: { kube_control_plane: {}, kube_node: {} } },
      },
    },
  };
}
