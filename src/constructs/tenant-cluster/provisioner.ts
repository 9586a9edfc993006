import type { Construct } from "constructs";
import type { ApiAccess } from "./api-access";
import type { IClusterNetwork } from "./cluster-network";
import type { Gateway, OpenVpnProps } from "./gateways";
import type { Flavor, NodeGroup } from "./node-group";
import type { Demand } from "./preflight";
import type { KubeconfigLocation } from "../../contract/central-vault";
import type { ValueType } from "../../core/value-type";

/** A cluster for its provisioner, validated and with all defaults applied. */
export interface ClusterContext {
  readonly tenant: string;
  readonly network: IClusterNetwork;
  /** Addresses of the network, known at synthesis. */
  readonly cidr: string;
  /** Name of the provider network of the router. @default - none: the network already exists */
  readonly externalNetwork?: string;
  readonly dnsServers: readonly string[];
  readonly image: string;
  readonly flavor: Flavor;
  readonly keyPair: string;
  readonly sshUser: string;
  readonly groups: readonly NodeGroup[];
  readonly schedulableControlPlanes: boolean;
  readonly operatorCidrs: readonly string[];
  readonly apiAccess: ApiAccess;
  /** @default - none */
  readonly bastion?: Gateway;
  /** @default - none */
  readonly openVpn?: OpenVpnProps & Gateway;
  /** @default - none */
  readonly clientAccess?: { readonly cidrs: readonly string[]; readonly ports: readonly number[] };
  readonly trustedUserCaKeys: readonly string[];
  readonly hostAntiAffinity: "preferred" | "required";
  /** Cloud resources of the cluster for a {@link Preflight}, without the provisioner's own resources. */
  readonly demand: Demand;
  /** Whether to check the project's quotas. */
  readonly checkQuotas: boolean;
  readonly kubeconfig: KubeconfigLocation;
  readonly tags: readonly string[];
  readonly deletionProtection: boolean;
}

/** A node, for its operators. */
export interface ProvisionedNode {
  readonly name: string;
  readonly address: string;
}

/** Result of a provisioner. */
export interface Provisioned {
  /** Machines that Terraform manages individually. */
  readonly nodes: readonly ProvisionedNode[];
  /** Address of the Kubernetes API. */
  readonly apiAddress: string;
  /** Addresses of the API as NetworkPolicies see them, CIDRs. @default - unknown: each deployment names them */
  readonly apiCidrs?: readonly string[];
  /** A Kubespray inventory, YAML. @default - none: the provisioner does not use Kubespray */
  readonly inventory?: string;
}

/** Installs Kubernetes in a tenant's network. */
export interface IProvisioner {
  /** Creates machines with Kubernetes below the scope. The provisioner stores the kubeconfig at the location of the context. */
  provision(scope: Construct, cluster: ClusterContext): Provisioned;
}

/** A provisioner, for checks at run time. */
export const PROVISIONER: ValueType = { name: "Provisioner", member: "provision", example: "Provisioner.kubespray()" };
