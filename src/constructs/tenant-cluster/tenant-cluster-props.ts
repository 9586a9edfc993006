import type { ApiAccess } from "./api-access";
import type { OwnNetworkProps } from "./cluster-network";
import type { ExistingNetworkProps } from "./existing-network";
import type { GatewayProps, OpenVpnProps } from "./gateways";
import type { NodeDefaults } from "./node-group";
import type { IProvisioner } from "./provisioner";

/** SSH key of the nodes: a public key to upload, or an existing key pair. */
export type NodeKey =
  | {
      /**
       * A public key in OpenSSH format.
       *
       * @changes new nodes only: replaces the key pair in OpenStack, and running machines keep their key
       */
      readonly publicKey: string;
    }
  | {
      /**
       * Name of a key pair in the cloud.
       *
       * @changes new nodes only: running machines keep their key
       */
      readonly keyPair: string;
    };

/** Properties of a {@link TenantCluster}. */
export interface TenantClusterProps extends NodeDefaults {
  /**
   * Name of the tenant. Names of all resources start with it, except a network with a name of its own.
   *
   * @changes another tenant: the app makes new stacks, and the former stacks and their machines stay
   */
  readonly tenant: string;
  /**
   * A new network, or an existing one.
   *
   * @changes refused: make a new tenant; the machines' ports would be replaced
   */
  readonly network: OwnNetworkProps | ExistingNetworkProps;
  /**
   * SSH key of the nodes.
   *
   * @changes new nodes only: running machines keep their key; another `publicKey` replaces the key pair in OpenStack
   */
  readonly key: NodeKey;
  /**
   * Login user of the image.
   *
   * @default "ubuntu"
   * @changes in place: Kubespray logs in as this user from the next deployment
   */
  readonly sshUser?: string;
  /**
   * CIDRs from which operators reach SSH and the Kubernetes API.
   *
   * @default - none: only the nodes reach each other
   * @changes in place: security group rules are exchanged
   */
  readonly operatorCidrs?: readonly string[];
  /**
   * How clients reach the Kubernetes API and the nodes.
   *
   * @default - at the nodes' own addresses
   * @changes in place: Kubespray writes a new kubeconfig; without a load balancer that was there, nodes do not reach the API until Kubespray has run; another pool is refused, and removing the load balancer or the floating IPs until `destroyable` names them
   */
  readonly apiAccess?: ApiAccess;
  /**
   * SSH jump host. If set, the nodes accept SSH from it only.
   *
   * @default - none
   * @changes in place: adds the machine, and moves the rules for SSH; removing it is refused until `destroyable` names it
   */
  readonly bastion?: GatewayProps;
  /**
   * OpenVPN gateway through which the tenant's people reach the API and Vault.
   *
   * @default - none
   * @changes in place: adds the machine; removing it is refused until `destroyable` names it, and destroys its keys and every profile
   */
  readonly openVpn?: OpenVpnProps;
  /**
   * CIDRs from which clients reach node ports, such as those of Vault instances.
   *
   * @default - none
   * @changes in place: security group rules are exchanged
   */
  readonly clientAccess?: {
    /**
     * Networks of the clients, as CIDRs.
     *
     * @changes in place: security group rules are exchanged
     */
    readonly cidrs: readonly string[];
    /**
     * Node ports that they reach.
     *
     * @changes in place: security group rules are exchanged
     */
    readonly ports: readonly number[];
  };
  /**
   * Public keys of SSH CAs that new machines trust for user logins. The files of an SSH authority's hosts take their place.
   *
   * @default - none
   * @changes new nodes only: cloud-init runs once per machine
   */
  readonly trustedUserCaKeys?: readonly string[];
  /**
   * Whether two nodes of a group may share a host if the cloud has no free one.
   *
   * @default "preferred"
   * @changes new nodes only: replaces the server groups, and running machines stay on their hosts
   */
  readonly hostAntiAffinity?: "preferred" | "required";
  /**
   * Whether the plan fails if the project's quotas are too small. Some clouds do not let projects read quotas.
   *
   * @default true
   * @changes in place: concerns the plan only
   */
  readonly checkQuotas?: boolean;
  /**
   * Installs Kubernetes.
   *
   * @default - by Kubespray
   * @changes replaces the cluster if it is of another type: make a new tenant; its props say the rest
   */
  readonly provisioner?: IProvisioner;
  /**
   * Whether Terraform refuses to destroy control planes, volumes, and what the tenant is reached by.
   *
   * @default true
   * @changes in place: without it a plan may destroy what it protected
   */
  readonly deletionProtection?: boolean;
  /**
   * Names of nodes, additional volumes and gateways that Terraform may destroy, as OpenStack names them, such as
   * `customer10-worker-2`. `customer10-floating-ips` stands for the floating IPs of all nodes. A plan that destroys another one fails. Names stay in the list after they are destroyed.
   *
   * @default - none
   * @changes in place: a plan may destroy an added one, which the tenant file no longer has; removing one fails the plan
   */
  readonly destroyable?: readonly string[];
}
