import type { Construct } from "constructs";
import type { ApiAccess } from "./api-access";
import type { IClusterNetwork } from "./cluster-network";
import type { Gateway, OpenVpnProps } from "./gateways";
import type { Flavor, NodeGroup } from "./node-group";
import type { Demand } from "./preflight";
import type { KubeconfigLocation } from "../../contract/central-vault";

/** A cluster as its provisioner gets it: everything checked, nothing left to default. */
export interface ClusterContext {
  readonly tenant: string;
  readonly network: IClusterNetwork;
  /** Addresses of the network, known at synthesis. */
  readonly cidr: string;
  /** Name of the provider network that the router leads to. @default - the network exists already */
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
  /** What it takes of the cloud, but for what the provisioner makes around the machines; for a {@link Preflight}. */
  readonly demand: Demand;
  /** Whether the project's quotas are checked. */
  readonly checkQuotas: boolean;
  readonly kubeconfig: KubeconfigLocation;
  readonly tags: readonly string[];
  readonly deletionProtection: boolean;
}

/** A node, for whoever looks after it. */
export interface ProvisionedNode {
  readonly name: string;
  readonly address: string;
}

/** What a provisioner made. */
export interface Provisioned {
  /** Machines that Terraform knows one by one. */
  readonly nodes: readonly ProvisionedNode[];
  /** Address of the Kubernetes API. */
  readonly apiAddress: string;
  /** A Kubespray inventory, YAML. @default - Kubespray has no part in it */
  readonly inventory?: string;
}

/** How Kubernetes comes to run in a tenant's network. */
export interface IProvisioner {
  /** Creates machines, and Kubernetes on them, below the scope; the kubeconfig ends up where the context says. */
  provision(scope: Construct, cluster: ClusterContext): Provisioned;
}
