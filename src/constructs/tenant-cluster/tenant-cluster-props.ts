import type { ApiAccess } from "./api-access";
import type { OwnNetworkProps } from "./cluster-network";
import type { ExistingNetworkProps } from "./existing-network";
import type { GatewayProps, OpenVpnProps } from "./gateways";
import type { NodeDefaults } from "./node-group";
import type { IProvisioner } from "./provisioner";

/** SSH key of the nodes: a public key to upload, or an existing key pair. */
export type NodeKey =
  | {
      /** A public key in OpenSSH format. */
      readonly publicKey: string;
    }
  | {
      /** Name of a key pair in the cloud. */
      readonly keyPair: string;
    };

/** Properties of a {@link TenantCluster}. */
export interface TenantClusterProps extends NodeDefaults {
  /** Name of the tenant. Names of all resources start with it, except a network with a name of its own. */
  readonly tenant: string;
  /** A new network, or an existing one. */
  readonly network: OwnNetworkProps | ExistingNetworkProps;
  /** SSH key of the nodes. */
  readonly key: NodeKey;
  /**
   * Login user of the image.
   *
   * @default "ubuntu"
   */
  readonly sshUser?: string;
  /**
   * CIDRs from which operators reach SSH and the Kubernetes API.
   *
   * @default - none: only the nodes reach each other
   */
  readonly operatorCidrs?: readonly string[];
  /**
   * How clients reach the Kubernetes API and the nodes.
   *
   * @default - at the nodes' own addresses
   */
  readonly apiAccess?: ApiAccess;
  /**
   * SSH jump host. If set, the nodes accept SSH from it only.
   *
   * @default - none
   */
  readonly bastion?: GatewayProps;
  /**
   * OpenVPN gateway through which the tenant's people reach the API and Vault.
   *
   * @default - none
   */
  readonly openVpn?: OpenVpnProps;
  /**
   * CIDRs from which clients reach node ports, such as those of Vault instances.
   *
   * @default - none
   */
  readonly clientAccess?: {
    /** Networks of the clients, as CIDRs. */
    readonly cidrs: readonly string[];
    /** Node ports that they reach. */
    readonly ports: readonly number[];
  };
  /**
   * Public keys of SSH CAs that new machines trust for user logins.
   *
   * @default - none
   */
  readonly trustedUserCaKeys?: readonly string[];
  /**
   * Whether two nodes of a group may share a host if the cloud has no free one.
   *
   * @default "preferred"
   */
  readonly hostAntiAffinity?: "preferred" | "required";
  /**
   * Whether the plan fails if the project's quotas are too small. Some clouds do not let projects read quotas.
   *
   * @default true
   */
  readonly checkQuotas?: boolean;
  /**
   * Installs Kubernetes.
   *
   * @default - by Kubespray
   */
  readonly provisioner?: IProvisioner;
  /**
   * Whether Terraform refuses to destroy control planes and volumes.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}
