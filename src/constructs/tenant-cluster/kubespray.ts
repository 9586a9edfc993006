import { Fn } from "cdktf";
import type { Construct } from "constructs";
import { KUBERNETES_API_PORT, type ClusterDescription } from "../../contract/cluster";
import { ValidationError } from "../../core/errors";
import { createHook, type CentralVaultAccess } from "../../terraform/hook";
import type { ApiEndpoint } from "./api-access";
import { kubesprayInventory, type Inventory } from "./inventory";
import { groupDemand } from "./demand";
import { clusterRules, Machines } from "./machines";
import { Preflight } from "./preflight";
import type { ClusterContext, IProvisioner, Provisioned } from "./provisioner";

/** The release of Kubespray whose variables the inventory sets; https://github.com/kubernetes-sigs/kubespray/releases */
export const KUBESPRAY_VERSION = "2.32.0";

/** The pod network that the security groups are opened for; its policies know nodes by the addresses of their machines. */
export const NETWORK_PLUGIN = "calico";

/** How Kubernetes is installed by Kubespray. */
export interface KubesprayProps {
  /**
   * Runs Kubespray after the machines are made, from the checkout or image that TENANT_VAULT_KUBESPRAY names.
   *
   * @default - nothing is run: the inventory is for whoever installs Kubernetes
   */
  readonly central?: CentralVaultAccess;
  /**
   * Release that the checkout, or the image, must be.
   *
   * @default "2.32.0"
   */
  readonly version?: string;
  /**
   * Kubernetes release, such as `"1.34.4"`.
   *
   * @default - that of the Kubespray release
   */
  readonly kubernetesVersion?: string;
  /**
   * Whether the cloud's volumes and load balancers are offered in the cluster. The credentials are those of the OS_
   * variables where Kubespray runs.
   *
   * @default true
   */
  readonly openStackIntegration?: boolean;
  /**
   * Further variables of Kubespray, over those that are set here.
   *
   * @default - none
   */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Machines of the tenant's own, with Kubernetes installed by Kubespray. */
export class KubesprayProvisioner implements IProvisioner {
  constructor(private readonly props: KubesprayProps = {}) {}

  /** @throws ValidationError when Kubespray is to be run and nobody is let in by SSH. */
  provision(scope: Construct, cluster: ClusterContext): Provisioned {
    if (this.props.central !== undefined) checkSsh(cluster, scope);
    const preflight = new Preflight(scope, "Preflight", {
      demand: { ...cluster.demand, ...groupDemand(cluster.groups, clusterRules(cluster)) },
      checkQuotas: cluster.checkQuotas,
    });
    const machines = new Machines(scope, "Machines", cluster, preflight);
    const inventory = this.inventory(cluster, machines);
    const { central, version = KUBESPRAY_VERSION, kubernetesVersion } = this.props;
    if (central !== undefined) {
      const description: ClusterDescription = {
        tenant: cluster.tenant,
        version,
        kubernetesVersion,
        inventory: { ...inventory },
        apiAddress: machines.api.address,
        needsCloud: this.props.openStackIntegration ?? true,
        kubeconfig: cluster.kubeconfig,
      };
      createHook(scope, "Kubespray", {
        command: `kubespray ${cluster.tenant}`,
        central,
        variable: "TENANT_VAULT_CLUSTER",
        description,
        // Ports, which the inventory is made from, outlive machines: one that is made anew needs Kubernetes again.
        revision: Fn.join(
          ",",
          machines.nodes.map(({ node }) => node.machineId),
        ),
      });
    }
    return {
      nodes: machines.nodes.map(({ node: { name, address } }) => ({ name, address })),
      apiAddress: machines.api.address,
      inventory: Fn.yamlencode(inventory),
    };
  }

  private inventory(cluster: ClusterContext, { nodes, api, bastion }: Machines): Inventory {
    return kubesprayInventory({
      nodes: nodes.map(({ node, group: { role, labels, taints } }) => ({
        name: node.name,
        address: node.address,
        // The bastion is inside: only at their own addresses do the nodes know it by its group.
        sshAddress: bastion === undefined ? api.floatingIps.get(node.name) : undefined,
        role,
        labels,
        taints,
      })),
      user: cluster.sshUser,
      bastion: bastion?.floatingIp,
      schedulableControlPlanes: cluster.schedulableControlPlanes,
      variables: { ...this.variables(api), ...this.props.variables },
    });
  }

  private variables(api: ApiEndpoint): Record<string, unknown> {
    const { kubernetesVersion, openStackIntegration = true } = this.props;
    return {
      ...(kubernetesVersion === undefined ? {} : { kube_version: kubernetesVersion }),
      kube_network_plugin: NETWORK_PLUGIN,
      calico_network_backend: "vxlan",
      // Secrets of Kubernetes are encrypted in etcd, and who did what is on record.
      kube_encrypt_secret_data: true,
      kubernetes_audit: true,
      // Those of the control planes last a year.
      auto_renew_certificates: true,
      supplementary_addresses_in_ssl_keys: [api.address],
      ...(api.loadBalancer === undefined
        ? {}
        : { loadbalancer_apiserver: { address: api.loadBalancer, port: KUBERNETES_API_PORT } }),
      ...(openStackIntegration
        ? { cloud_provider: "external", external_cloud_provider: "openstack", cinder_csi_enabled: true }
        : {}),
    };
  }
}

/** Otherwise the machines would be made, and ten minutes later the run given up. */
function checkSsh({ operatorCidrs, network }: ClusterContext, scope: Construct): void {
  if (operatorCidrs.length > 0 || network.portSecurity === false) return;
  throw new ValidationError(
    "kubespray-ssh",
    "Kubespray reaches the nodes by SSH, and nothing lets it in; name the network that it runs in in operatorCidrs.",
    scope,
  );
}
