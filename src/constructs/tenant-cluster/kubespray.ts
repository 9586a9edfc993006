import { Fn, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { ClusterDescription, ClusterRequirements } from "../../contract/cluster";
import { KUBERNETES_API_PORT } from "../../contract/kubernetes-api";
import { ValidationError } from "../../core/errors";
import { checkValues } from "../../core/value-type";
import { CENTRAL_ACCESS, createHook, type CentralVaultAccess } from "../../terraform/hook";
import { yamlencode } from "../../terraform/literal-text";
import type { ApiEndpoint } from "./api-access";
import { kubesprayInventory, type Inventory } from "./inventory";
import { groupDemand } from "./demand";
import { clusterRules, Machines } from "./machines";
import { Preflight } from "./preflight";
import type { ClusterContext, IProvisioner, Provisioned } from "./provisioner";

/** The Kubespray release whose variables the inventory sets; https://github.com/kubernetes-sigs/kubespray/releases */
export const KUBESPRAY_VERSION = "2.32.0";

/** The pod network that the security groups allow. Its policies see the addresses of the machines. */
const NETWORK_PLUGIN = "calico";

/** Whether the pod network that these variables choose is known to match the addresses of machines by CIDR. */
export function seesMachines({ kube_network_plugin: plugin }: Readonly<Record<string, unknown>>): boolean {
  return plugin === undefined || plugin === NETWORK_PLUGIN;
}

/** How Kubernetes is installed by Kubespray. */
export interface KubesprayProps {
  /**
   * Runs Kubespray after the machines are created, from the checkout or image that TENANT_VAULT_KUBESPRAY names.
   *
   * @default - Kubespray is not run; an operator installs Kubernetes with the inventory
   * @changes in place: Kubespray runs at the next deployment; without it no longer
   */
  readonly central?: CentralVaultAccess;
  /**
   * Release of Kubespray. The checkout or the image must have it.
   *
   * @default "2.32.0"
   * @changes one node at a time: `upgrade-cluster.yml` drains and upgrades; one minor release per deployment, and never back
   */
  readonly version?: string;
  /**
   * Release of Kubernetes, such as `"1.34.4"`.
   *
   * @default - the release that Kubespray installs
   * @changes one node at a time: `upgrade-cluster.yml` drains and upgrades; one minor release per deployment, and never back
   */
  readonly kubernetesVersion?: string;
  /**
   * Whether the cluster offers the volumes and load balancers of the cloud. The credentials come from the OS_ variables of
   * the machine that runs Kubespray.
   *
   * @default true
   * @changes in place: Kubespray adds the drivers; turned off, drivers and credentials stay in the cluster
   */
  readonly openStackIntegration?: boolean;
  /**
   * Additional variables of Kubespray. They override the variables that the library sets.
   *
   * @default - none
   * @changes in place: Kubespray runs on all nodes, and what it sets may restart kubelets; it does not undo a removed variable
   */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The tenant's own machines, on which Kubespray installs Kubernetes. */
export class KubesprayProvisioner implements IProvisioner {
  constructor(private readonly props: KubesprayProps = {}) {}

  /** @throws ValidationError if Kubespray is to run but cannot reach the nodes by SSH. */
  provision(scope: Construct, cluster: ClusterContext): Provisioned {
    const { central, variables = {} } = this.props;
    checkValues(this.props, ["central"], { ...CENTRAL_ACCESS, required: false }, scope);
    checkVariables(variables, scope);
    if (central !== undefined) checkSsh(cluster, scope);
    const preflight = new Preflight(scope, "Preflight", {
      demand: { ...cluster.demand, ...groupDemand(cluster.groups, clusterRules(cluster)) },
      checkQuotas: cluster.checkQuotas,
    });
    const checked = central === undefined ? cluster : afterCheck(cluster, this.createCheck(scope, cluster, central));
    const machines = new Machines(scope, "Machines", checked, preflight);
    const inventory = this.inventory(cluster, machines);
    if (central !== undefined) this.createRun(scope, cluster, central, machines, inventory);
    return {
      nodes: machines.nodes.map(({ node: { name, address } }) => ({ name, address })),
      apiAddress: machines.api.address,
      apiCidrs: seesMachines(variables) ? [cluster.cidr] : undefined,
      inventory: yamlencode(inventory),
    };
  }

  private requirements({ tenant, kubeconfig }: ClusterContext): ClusterRequirements {
    const { version = KUBESPRAY_VERSION, openStackIntegration = true } = this.props;
    return { tenant, version, needsCloud: openStackIntegration, kubeconfig };
  }

  private createCheck(scope: Construct, cluster: ClusterContext, central: CentralVaultAccess): ITerraformDependable {
    return createHook(scope, "KubesprayCheck", {
      command: `kubespray ${cluster.tenant} --check`,
      central,
      variable: "TENANT_VAULT_CLUSTER",
      description: this.requirements(cluster),
    });
  }

  private createRun(
    scope: Construct,
    cluster: ClusterContext,
    central: CentralVaultAccess,
    machines: Machines,
    inventory: Inventory,
  ): void {
    const { tenant, version, needsCloud, kubeconfig } = this.requirements(cluster);
    const description: ClusterDescription = {
      tenant,
      version,
      kubernetesVersion: this.props.kubernetesVersion,
      inventory: { ...inventory },
      apiAddress: machines.api.address,
      needsCloud,
      kubeconfig,
    };
    createHook(scope, "Kubespray", {
      command: `kubespray ${tenant}`,
      central,
      variable: "TENANT_VAULT_CLUSTER",
      description,
      // The inventory names ports, which outlive machines; a new machine needs Kubernetes again.
      revision: Fn.join(
        ",",
        machines.nodes.map(({ node }) => node.machineId),
      ),
    });
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

/** The same cluster, whose machines are made after the check succeeded. */
function afterCheck(cluster: ClusterContext, check: ITerraformDependable): ClusterContext {
  return { ...cluster, network: { ...cluster.network, route: [...cluster.network.route, check] } };
}

/** Variables of Ansible that would replace the arguments which make SSH check host keys. */
const GUARDED_VARIABLES = ["ansible_ssh_args", "ansible_ssh_executable", "ansible_connection"];
/**
 * With these, Kubespray copies its downloads by Ansible's `synchronize`, whose rsync accepts any host key:
 * https://docs.ansible.com/ansible/latest/collections/ansible/posix/synchronize_module.html (`verify_host`)
 */
const SYNCHRONIZING_VARIABLES = ["download_run_once", "download_force_cache"];

function checkVariables(variables: Readonly<Record<string, unknown>>, scope: Construct): void {
  const guarded = [
    ...GUARDED_VARIABLES.filter((name) => name in variables),
    ...SYNCHRONIZING_VARIABLES.filter((name) => (variables[name] ?? false) !== false),
  ];
  if (guarded.length === 0) return;
  throw new ValidationError(
    "kubespray-variables",
    `provisioner.variables sets ${guarded.join(", ")}, so SSH would no longer check the host keys of the nodes; remove that; more options of SSH belong into ansible_ssh_extra_args.`,
    scope,
  );
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
