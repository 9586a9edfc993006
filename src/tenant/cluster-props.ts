import type { SizeText } from "../core/size";
import type { OwnNetworkProps } from "../constructs/tenant-cluster/cluster-network";
import type { ExistingNetworkProps } from "../constructs/tenant-cluster/existing-network";
import type { Flavor, Taint } from "../constructs/tenant-cluster/node-group";
import type { NodeKey } from "../constructs/tenant-cluster/tenant-cluster-props";

/** Where a tenant's instances run: machines of its own on OpenStack, or a cluster of any origin. */
export type ClusterProps = MachinesProps | ExistingClusterProps;

/** A Kubernetes cluster that exists already, wherever it came from. */
export interface ExistingClusterProps {
  readonly existing: true;
  /**
   * Where its kubeconfig is in the central Vault.
   *
   * @default - the mount `clusters`, path the tenant's name
   */
  readonly kubeconfig?: { readonly mount: string; readonly path: string };
  /**
   * Networks from which clients reach node ports, and that of the nodes, whose addresses a node port shows.
   *
   * @default - none
   */
  readonly clientAccess?: { readonly cidrs: readonly string[] };
}

/** Machines and network of a tenant. */
export interface MachinesProps {
  /** A network of its own, whose addresses no other tenant's may overlap, or one that the cloud has. */
  readonly network: OwnNetworkProps | ExistingNetworkProps;
  /** Name of the nodes' image. */
  readonly image: string;
  /** Size of the nodes: by the id or by the name that the cloud gives it. */
  readonly flavor: Flavor;
  /**
   * Size of the control planes.
   *
   * @default - `flavor`
   */
  readonly controlPlaneFlavor?: Flavor;
  /** Key that is put on the nodes: a public key to upload, or the name of a key pair that the cloud has. */
  readonly key: NodeKey;
  /**
   * User that the image lets log in with the key.
   *
   * @default "ubuntu"
   */
  readonly sshUser?: string;
  /**
   * Zones that the nodes take in turn.
   *
   * @default - the cloud's choice
   */
  readonly availabilityZones?: readonly string[];
  /**
   * 1, 3 or 5.
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
  /**
   * Further workers, such as a pool of machines for secrets alone.
   *
   * @default - none
   */
  readonly pools?: readonly PoolProps[];
  /**
   * A volume to boot each node from, which is the machine's next one's as well, until that is made anew, too.
   *
   * @default - the disk of the flavor
   */
  readonly bootVolume?: VolumeDescription;
  /**
   * Networks from which operators reach SSH and the Kubernetes API, as CIDRs.
   *
   * @default - none
   */
  readonly operatorCidrs?: readonly string[];
  /**
   * How the Kubernetes API, and the nodes, are reached: at their own addresses, at a floating IP of each node, or at a load
   * balancer. `pool` names the network that floating IPs are taken from.
   *
   * @default - at their own addresses
   */
  readonly apiAccess?:
    | { readonly type: "internal" }
    | { readonly type: "floating-ips"; readonly pool: string }
    | { readonly type: "load-balancer"; readonly pool?: string };
  /**
   * A machine that SSH jumps over; with it, nodes accept SSH from nowhere else.
   *
   * @default - none
   */
  readonly bastion?: GatewayDescription;
  /**
   * A machine through which the tenant's people reach the API and Vault.
   *
   * @default - none
   */
  readonly openVpn?: GatewayDescription & {
    /** Networks that they come from, as CIDRs. */
    readonly clientCidrs: readonly string[];
  };
  /**
   * Networks from which clients reach node ports, such as those of Vault instances.
   *
   * @default - none
   */
  readonly clientAccess?: { readonly cidrs: readonly string[]; readonly ports: readonly number[] };
  /**
   * Public keys of SSH CAs whose certificates let users in on machines that are made from now on.
   *
   * @default - none
   */
  readonly trustedUserCaKeys?: readonly string[];
  /**
   * Whether two nodes of a group may share a host when the cloud has no other.
   *
   * @default "preferred"
   */
  readonly hostAntiAffinity?: "preferred" | "required";
  /**
   * Whether the plan fails where the project's quotas are too small; some clouds do not let projects read them.
   *
   * @default true
   */
  readonly checkQuotas?: boolean;
  /**
   * How Kubernetes comes to run on it.
   *
   * @default - Kubespray
   */
  readonly provisioner?: KubesprayDescription | MagnumDescription;
}

/** A Cinder volume. */
export interface VolumeDescription {
  readonly size: SizeText;
  /** @default - the cloud's default */
  readonly type?: string;
  /** Cinder's zone, where the cloud does not give it the names of Nova's. @default - that of the machine */
  readonly availabilityZone?: string;
}

/** A small machine with an address outside. */
export interface GatewayDescription {
  /** Name of the network that its floating IP is taken from. */
  readonly floatingIpPool: string;
  /** @default - the cluster's */
  readonly flavor?: Flavor;
  /** @default - the cluster's */
  readonly image?: string;
  /** @default - the cluster's */
  readonly bootVolume?: VolumeDescription;
}

/** Workers of one kind; what is left out is the cluster's. */
export interface PoolProps {
  /** A DNS-1123 label; nodes carry the label `tenant-vault/pool: <name>`. */
  readonly name: string;
  readonly count: number;
  /** @default - the cluster's */
  readonly flavor?: Flavor;
  /** @default - the cluster's */
  readonly image?: string;
  /** @default - the cluster's */
  readonly availabilityZones?: readonly string[];
  /** @default - the cluster's */
  readonly bootVolume?: VolumeDescription;
  /** Empty volumes that each node gets besides; they go when the file has the node no longer. @default - none */
  readonly volumes?: readonly VolumeDescription[];
  /** Labels of the Kubernetes nodes. @default - none but `tenant-vault/pool` */
  readonly labels?: Readonly<Record<string, string>>;
  /** Keeps pods away that do not tolerate it. @default - none */
  readonly taints?: readonly Taint[];
}

/** Kubespray, run from the checkout or image that TENANT_VAULT_KUBESPRAY names. */
export interface KubesprayDescription {
  readonly type: "kubespray";
  /** Release that the checkout, or the image, must be. @default "2.32.0" */
  readonly version?: string;
  /** Kubernetes release. @default - that of the Kubespray release */
  readonly kubernetesVersion?: string;
  /** Whether the cloud's volumes and load balancers are offered in the cluster. @default true */
  readonly openStackIntegration?: boolean;
  /** Further variables of Kubespray. @default - none */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** OpenStack's own service for clusters. */
export interface MagnumDescription {
  readonly type: "magnum";
  /**
   * The OpenStack provider keeps an administrator's kubeconfig of every Magnum cluster in Terraform's state. Say `true` once
   * the state of the cluster stack is encrypted and kept from everybody else.
   */
  readonly stateHoldsKubeconfig: true;
  /** Labels of the cluster template. @default - those of the cloud */
  readonly labels?: Readonly<Record<string, string>>;
}
