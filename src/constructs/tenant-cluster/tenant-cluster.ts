import { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { ComputeKeypairV2, DataOpenstackComputeKeypairV2 } from "../../terraform/providers/openstack";
import { ApiAccess } from "./api-access";
import { ClusterNetwork, type IClusterNetwork, type OwnNetworkProps } from "./cluster-network";
import { clusterDemand } from "./demand";
import { ExistingNetwork, type ExistingNetworkProps } from "./existing-network";
import { withClusterDefaults, type GatewayProps, type OpenVpnProps } from "./gateways";
import type { IKubernetesCluster } from "./kubernetes-cluster";
import { checkNetwork } from "./network-checks";
import { checkNodeNames, nodeGroups, type NodeDefaults } from "./node-group";
import type { IProvisioner, ProvisionedNode } from "./provisioner";
import { Provisioner } from "./provisioners";
import { CLUSTERS_MOUNT, type KubeconfigLocation } from "../../contract/central-vault";

/** SSH key of the nodes: a public key to upload, or an existing key pair. */
export type NodeKey =
  | {
      /** A public key in OpenSSH format. */
      readonly publicKey: string;
    }
  | {
      /** Name of a key pair that the cloud has. */
      readonly keyPair: string;
    };

/** Properties of a {@link TenantCluster}. */
export interface TenantClusterProps extends NodeDefaults {
  /** Name of the tenant. All names begin with it, except that of a network with its own name. */
  readonly tenant: string;
  /** A new network, whose addresses must not overlap those of another tenant, or an existing network. */
  readonly network: OwnNetworkProps | ExistingNetworkProps;
  /** SSH key of the nodes. */
  readonly key: NodeKey;
  /**
   * User of the image that may log in with the key.
   *
   * @default "ubuntu"
   */
  readonly sshUser?: string;
  /**
   * Networks from which operators reach SSH and the Kubernetes API, as CIDRs.
   *
   * @default - none: only nodes reach each other
   */
  readonly operatorCidrs?: readonly string[];
  /**
   * How the Kubernetes API and the nodes are reached.
   *
   * @default - at the nodes' own addresses
   */
  readonly apiAccess?: ApiAccess;
  /**
   * A jump host for SSH. If there is one, nodes accept SSH from nowhere else.
   *
   * @default - none
   */
  readonly bastion?: GatewayProps;
  /**
   * An OpenVPN gateway through which the tenant's people reach the Kubernetes API and Vault.
   *
   * @default - none
   */
  readonly openVpn?: OpenVpnProps;
  /**
   * Clients that reach node ports, such as those of Vault instances.
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
   * Public keys of SSH CAs whose certificates nodes accept. A change applies to new machines only.
   *
   * @default - none
   */
  readonly trustedUserCaKeys?: readonly string[];
  /**
   * Whether the nodes of a group must run on different hosts, or only if the cloud has enough hosts.
   *
   * @default "preferred"
   */
  readonly hostAntiAffinity?: "preferred" | "required";
  /**
   * Whether the plan fails if the quotas of the project are too small. Turn it off if the cloud lets no project read its quotas.
   *
   * @default true
   */
  readonly checkQuotas?: boolean;
  /**
   * How Kubernetes is installed.
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

/** A tenant's own machines and network on OpenStack, and Kubernetes on them. The OpenStack provider comes from the stack. */
export class TenantCluster extends Construct implements IKubernetesCluster {
  readonly kubeconfig: KubeconfigLocation;
  /** Machines that Terraform creates; empty with Magnum. */
  readonly nodes: readonly ProvisionedNode[];
  /** Address of the Kubernetes API. */
  readonly apiAddress: string;
  /** The inventory for Kubespray, YAML, known after apply; undefined with Magnum. */
  readonly inventory?: string;

  /** A cluster of any origin whose kubeconfig is in the central Vault. */
  static fromKubeconfig(kubeconfig: KubeconfigLocation): IKubernetesCluster {
    return { kubeconfig };
  }

  constructor(scope: Construct, id: string, props: TenantClusterProps) {
    super(scope, id);
    const { tenant, network, apiAccess = ApiAccess.internal() } = props;
    const bastion = props.bastion && withClusterDefaults(props.bastion, props);
    const openVpn = props.openVpn && withClusterDefaults(props.openVpn, props);
    const groups = nodeGroups(props, this);
    checkNetwork(props, groups, this);
    checkNodeNames(tenant, groups, this);

    const tags = [`tenant=${tenant}`];
    this.kubeconfig = { mount: CLUSTERS_MOUNT, path: tenant };
    const provisioned = (props.provisioner ?? Provisioner.kubespray()).provision(this, {
      ...props,
      network: this.createNetwork(tenant, network, tags),
      cidr: network.cidr,
      externalNetwork: "useExistingNetwork" in network ? undefined : network.externalNetwork,
      dnsServers: "useExistingNetwork" in network ? [] : (network.dnsServers ?? []),
      keyPair: this.keyPairName(tenant, props.key),
      sshUser: props.sshUser ?? "ubuntu",
      groups,
      schedulableControlPlanes: props.schedulableControlPlanes ?? false,
      operatorCidrs: props.operatorCidrs ?? [],
      apiAccess,
      bastion,
      openVpn,
      trustedUserCaKeys: props.trustedUserCaKeys ?? [],
      hostAntiAffinity: props.hostAntiAffinity ?? "preferred",
      demand: clusterDemand({ ...props, groups, apiAccess, gateways: [bastion, openVpn] }),
      checkQuotas: props.checkQuotas ?? true,
      kubeconfig: this.kubeconfig,
      tags,
      deletionProtection: props.deletionProtection ?? true,
    });
    this.nodes = provisioned.nodes;
    this.apiAddress = provisioned.apiAddress;
    this.inventory = provisioned.inventory;
  }

  private createNetwork(
    tenant: string,
    network: OwnNetworkProps | ExistingNetworkProps,
    tags: readonly string[],
  ): IClusterNetwork {
    return "useExistingNetwork" in network
      ? new ExistingNetwork(this, "Network", network)
      : new ClusterNetwork(this, "Network", { ...network, tenant, tags });
  }

  private keyPairName(tenant: string, key: NodeKey): string {
    // The data source fails the plan if the key pair does not exist.
    if ("keyPair" in key) return new DataOpenstackComputeKeypairV2(this, "KeyPair", { name: key.keyPair }).name;
    checkPublicKey(key.publicKey, this);
    return new ComputeKeypairV2(this, "KeyPair", { name: tenant, publicKey: key.publicKey }).name;
  }
}

/** @throws ValidationError if the key is empty, because the cloud would then generate a private key. */
export function checkPublicKey(publicKey: string, scope?: Construct): void {
  if (publicKey.trim() === "") {
    throw new ValidationError(
      "public-key",
      "key.publicKey is empty; write a public key, because the cloud would otherwise generate a private key that Terraform's state holds.",
      scope,
    );
  }
}
