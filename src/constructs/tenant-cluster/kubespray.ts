import { Fn } from "cdktf";
import type { Construct } from "constructs";
import type { ClusterDescription } from "../../contract/cluster";
import { KUBERNETES_API_PORT } from "../../contract/kubernetes-api";
import { ValidationError } from "../../core/errors";
import { createHook, type CentralVaultAccess } from "../../terraform/hook";
import { asFunctionArgument } from "../../terraform/literal-text";
import type { ApiEndpoint } from "./api-access";
import { kubesprayInventory, type Inventory } from "./inventory";
import { groupDemand } from "./demand";
import { clusterRules, Machines } from "./machines";
import { Preflight } from "./preflight";
import type { ClusterContext, IProvisioner, Provisioned } from "./provisioner";

/** The Kubespray release whose variables the inventory sets; https://github.com/kubernetes-sigs/kubespray/releases */
export const KUBESPRAY_VERSION = "2.32.0";

/** The pod network that the security groups allow. Its policies see the addresses of the machines. */
export const NETWORK_PLUGIN = "calico";

/** How Kubernetes is installed by Kubespray. */
export interface KubesprayProps {
  /**
   * Runs Kubespray after the machines are created, from the checkout or image that TENANT_VAULT_KUBESPRAY names.
   *
   * @default - Kubespray is not run; an operator installs Kubernetes with the inventory
   */
  readonly central?: CentralVaultAccess;
  /**
   * Release of Kubespray. The checkout or the image must have it.
   *
   * @default "2.32.0"
   */
  readonly version?: string;
  /**
   * Release of Kubernetes, such as `"1.34.4"`.
   *
   * @default - the release that Kubespray installs
   */
  readonly kubernetesVersion?: string;
  /**
   * Whether the cluster offers the volumes and load balancers of the cloud. The credentials come from the OS_ variables of
   * the machine that runs Kubespray.
   *
   * @default true
   */
  readonly openStackIntegration?: boolean;
  /**
   * Additional variables of Kubespray. They override the variables that the library sets.
   *
   * @default - none
   */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The tenant's own machines, on which Kubespray installs Kubernetes. */
export class KubesprayProvisioner implements IProvisioner {
  constructor(private readonly props: KubesprayProps = {}) {}

  /** @throws ValidationError if Kubespray is to run but cannot reach the nodes by SSH. */
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
        // The inventory does not change with a new machine, because ports outlive machines. But the machine needs Kubernetes.
        revision: Fn.join(
          ",",
          machines.nodes.map(({ node }) => node.machineId),
        ),
      });
    }
    return {
      nodes: machines.nodes.map(({ node: { name, address } }) => ({ name, address })),
      apiAddress: machines.api.address,
      inventory: Fn.yamlencode(asFunctionArgument(inventory)),
    };
  }

  private inventory(cluster: ClusterContext, { nodes, api, bastion }: Machines): Inventory {
    return kubesprayInventory({
      nodes: nodes.map(({ node, group: { role, labels, taints } }) => ({
        name: node.name,
        address: node.address,
        // The bastion reaches nodes at their own addresses. Only there do rules for its security group apply.
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
      // Secrets are encrypted in etcd, and requests are recorded.
      kube_encrypt_secret_data: true,
      kubernetes_audit: true,
      // Certificates of control planes are valid for one year.
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

/** Fails early; otherwise the run would fail ten minutes after the machines are created. */
function checkSsh({ operatorCidrs, network }: ClusterContext, scope: Construct): void {
  if (operatorCidrs.length > 0 || network.portSecurity === false) return;
  throw new ValidationError(
    "kubespray-ssh",
    "Kubespray cannot reach the nodes by SSH, because operatorCidrs is empty; add the network in which Kubespray runs.",
    scope,
  );
}
