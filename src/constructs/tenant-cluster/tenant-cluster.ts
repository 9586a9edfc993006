import { Construct } from "constructs";
import { parseAnyCidr } from "../../core/cidr";
import { ValidationError } from "../../core/errors";
import { checkMountPath, checkSecretPath } from "../../core/mount-path";
import { checkValues } from "../../core/value-type";
import { KeptNames } from "../../terraform/kept-names";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { ComputeKeypairV2, DataOpenstackComputeKeypairV2 } from "../../terraform/providers/openstack";
import { API_ACCESS, ApiAccess } from "./api-access";
import { ClusterNetwork, type IClusterNetwork } from "./cluster-network";
import { clusterDemand, floatingIpPools } from "./demand";
import { checkDestroyable, namesOf } from "./destroyable";
import { ExistingNetwork } from "./existing-network";
import { withClusterDefaults, type Gateway } from "./gateways";
import type { IKubernetesCluster } from "./kubernetes-cluster";
import { checkNetwork } from "./network-checks";
import { checkNodeNames, nodeGroups } from "./node-group";
import { PROVISIONER, type ProvisionedNode } from "./provisioner";
import { Provisioner } from "./provisioners";
import type { NodeKey, TenantClusterProps } from "./tenant-cluster-props";
import { CLUSTERS_MOUNT, type KubeconfigLocation } from "../../contract/central-vault";

/** Terraform's message of a refused plan contains it, and the field to change. */
const NOT_DESTROYABLE = "NotDestroyable";

/** A tenant's network, machines and Kubernetes on OpenStack. It uses the stack's OpenStack provider. */
export class TenantCluster extends Construct implements IKubernetesCluster {
  readonly kubeconfig: KubeconfigLocation;
  /** Machines that Terraform manages individually; empty with Magnum. */
  readonly nodes: readonly ProvisionedNode[];
  /** Address of the Kubernetes API. */
  readonly apiAddress: string;
  /** Addresses of the control planes, as NetworkPolicies see them; undefined if the pod network is not known to see them. */
  readonly apiCidrs?: readonly string[];
  /** Kubespray inventory, YAML, known after the ports exist; undefined without Kubespray. */
  readonly inventory?: string;
  /** Whether security groups protect the ports of the machines. */
  readonly portSecurity: boolean;

  /**
   * A cluster of any origin. Its kubeconfig is in the central Vault.
   *
   * @param api Addresses of its Kubernetes API, such as `{ apiCidrs: ["10.0.0.5/32"] }`. @default - each deployment names them
   * @throws ValidationError if no kubeconfig can be there, or an address is not a CIDR.
   */
  static fromKubeconfig(
    kubeconfig: KubeconfigLocation,
    api: Pick<IKubernetesCluster, "apiCidrs"> = {},
  ): IKubernetesCluster {
    checkMountPath(kubeconfig.mount);
    checkSecretPath(kubeconfig.path);
    api.apiCidrs?.forEach((cidr) => parseAnyCidr(cidr));
    return { kubeconfig, ...api };
  }

  constructor(scope: Construct, id: string, props: TenantClusterProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkValues(props, ["provisioner"], PROVISIONER, this);
    checkValues(props, ["apiAccess"], API_ACCESS, this);
    const { tenant, network, apiAccess = ApiAccess.internal() } = props;
    const bastion = props.bastion && withClusterDefaults(props.bastion, props);
    const openVpn = props.openVpn && withClusterDefaults(props.openVpn, props);
    const groups = nodeGroups(props, this);
    checkNetwork(props, groups, this);
    checkNodeNames(tenant, groups, this);
    this.keepNames(props, namesOf({ tenant, groups, apiAccess, bastion, openVpn }));

    const tags = [`tenant=${tenant}`];
    this.kubeconfig = { mount: CLUSTERS_MOUNT, path: tenant };
    const provisioned = (props.provisioner ?? Provisioner.kubespray()).provision(this, {
      ...props,
      network: this.createNetwork(props, tags, [bastion, openVpn]),
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
      demand: clusterDemand({ ...props, groups, apiAccess, gateways: [bastion, openVpn] }, this),
      checkQuotas: props.checkQuotas ?? true,
      kubeconfig: this.kubeconfig,
      tags,
      deletionProtection: props.deletionProtection ?? true,
    });
    this.nodes = provisioned.nodes;
    this.apiAddress = provisioned.apiAddress;
    this.apiCidrs = provisioned.apiCidrs;
    this.inventory = provisioned.inventory;
    this.portSecurity = !("portSecurity" in network) || network.portSecurity !== false;
  }

  /** Makes the removal of a node fail until its name is `destroyable`, because the machine's own protection goes with its block. */
  private keepNames(props: TenantClusterProps, names: readonly string[]): void {
    const { tenant, destroyable = [], deletionProtection = true } = props;
    checkDestroyable({ tenant, names, destroyable }, this);
    new KeptNames(this, NOT_DESTROYABLE, { names: [...names, ...destroyable], preventDestroy: deletionProtection });
  }

  private createNetwork(
    { tenant, network, apiAccess, deletionProtection = true }: TenantClusterProps,
    tags: readonly string[],
    gateways: readonly (Gateway | undefined)[],
  ): IClusterNetwork {
    if (!("useExistingNetwork" in network))
      return new ClusterNetwork(this, "Network", { ...network, tenant, tags, deletionProtection });
    const needsRouter = floatingIpPools({ apiAccess, gateways }).length > 0;
    return new ExistingNetwork(this, "Network", { ...network, needsRouter });
  }

  private keyPairName(tenant: string, key: NodeKey): string {
    // The data source makes the plan fail if the key pair does not exist.
    if ("keyPair" in key) return new DataOpenstackComputeKeypairV2(this, "KeyPair", { name: key.keyPair }).name;
    checkPublicKey(key.publicKey, this);
    return new ComputeKeypairV2(this, "KeyPair", { name: tenant, publicKey: key.publicKey }).name;
  }
}

/** @throws ValidationError if the key is empty, because the cloud would then generate a key pair. */
export function checkPublicKey(publicKey: string, scope?: Construct): void {
  if (publicKey.trim() === "") {
    throw new ValidationError(
      "public-key",
      "key.publicKey is empty, so the cloud would generate a private key and Terraform would keep it in its state; set a public key.",
      scope,
    );
  }
}
