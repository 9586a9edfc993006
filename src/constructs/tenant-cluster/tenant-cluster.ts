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

/** Key that is put on the nodes: one to upload, or one that the cloud has. */
export type NodeKey = { readonly publicKey: string } | { readonly keyPair: string };

/** Properties of a {@link TenantCluster}. */
export interface TenantClusterProps extends NodeDefaults {
  /** Name of the tenant; the name of everything begins with it, but for that of a network that has its own. */
  readonly tenant: string;
  /** A network of its own, or one that exists. */
  readonly network: OwnNetworkProps | ExistingNetworkProps;
  readonly key: NodeKey;
  /**
   * User that the image lets log in with the key.
   *
   * @default "ubuntu"
   */
  readonly sshUser?: string;
  /**
   * Networks from which operators reach SSH and the Kubernetes API, as CIDRs.
   *
   * @default - none: only the nodes reach each other
   */
  readonly operatorCidrs?: readonly string[];
  /**
   * How the Kubernetes API, and the nodes, are reached.
   *
   * @default ApiAccess.internal()
   */
  readonly apiAccess?: ApiAccess;
  /**
   * A machine that SSH jumps over; with it, nodes accept SSH from nowhere else.
   *
   * @default - none
   */
  readonly bastion?: GatewayProps;
  /**
   * A machine through which the tenant's people reach the API and Vault.
   *
   * @default - none
   */
  readonly openVpn?: OpenVpnProps;
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
  /** @default Provisioner.kubespray() */
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
  /** Machines that Terraform knows one by one; none with Magnum. */
  readonly nodes: readonly ProvisionedNode[];
  /** Address of the Kubernetes API. */
  readonly apiAddress: string;
  /** A Kubespray inventory, YAML, known once the ports are made; undefined where Kubespray has no part in it. */
  readonly inventory?: string;

  /** A cluster of any origin, whose kubeconfig is in the central Vault. */
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
    // Looked up, so that a key pair that is not there fails the plan.
    if ("keyPair" in key) return new DataOpenstackComputeKeypairV2(this, "KeyPair", { name: key.keyPair }).name;
    checkPublicKey(key.publicKey, this);
    return new ComputeKeypairV2(this, "KeyPair", { name: tenant, publicKey: key.publicKey }).name;
  }
}

/** @throws ValidationError when the key is empty, for which the cloud would make one. */
export function checkPublicKey(publicKey: string, scope?: Construct): void {
  if (publicKey.trim() === "") {
    throw new ValidationError(
      "public-key",
      "key.publicKey is empty, so that the cloud would make a private key and Terraform's state would keep it; give a public key.",
      scope,
    );
  }
}
