import type { TerraformProvider } from "cdktf";
import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { jsonencode } from "../../terraform/literal-text";
import { ValidationError } from "../../core/errors";
import {
  ContainerinfraClusterV1,
  ContainerinfraClustertemplateV1,
  ContainerinfraNodegroupV1,
} from "../../terraform/providers/openstack";
import { checkProviders } from "../../terraform/provider-value";
import { KvSecretV2 } from "../../terraform/providers/vault";
import type { Flavor, NodeGroup } from "./node-group";
import { Preflight } from "./preflight";
import type { ClusterContext, IProvisioner, Provisioned } from "./provisioner";
import { equals, quoted, refuseChanges, type Unchangeable } from "./unchangeable";

/** How OpenStack's own service creates a Kubernetes cluster. */
export interface MagnumProps {
  /**
   * The OpenStack provider stores an administrator's kubeconfig of every Magnum cluster in Terraform's state; this cannot be
   * prevented. Write `true` after you have encrypted the state of the cluster stack and restricted access to it.
   *
   * @changes in place: it confirms, and changes nothing
   */
  readonly stateHoldsKubeconfig: true;
  /**
   * The provider of the central Vault, to which the kubeconfig is written.
   *
   * @changes in place: the next write of the kubeconfig goes there
   */
  readonly centralProvider: TerraformProvider;
  /**
   * Labels of the cluster template, such as `kube_tag`. Magnum's guide lists them
   * (https://docs.openstack.org/magnum/latest/user/#labels).
   *
   * @default - the labels of the cloud
   * @changes refused: make a new tenant; Magnum does not change a template that a cluster uses. Removed labels stay
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A cluster template, a cluster, and a node group per pool; https://docs.openstack.org/magnum/latest/user/ */
export class MagnumProvisioner implements IProvisioner {
  constructor(private readonly props: MagnumProps) {}

  provision(scope: Construct, cluster: ClusterContext): Provisioned {
    refuseWhatMagnumLacks(scope, cluster);
    this.checkCentralProvider(scope);
    new Preflight(scope, "Preflight", { demand: cluster.demand, checkQuotas: cluster.checkQuotas });
    const [controlPlanes, workers, ...pools] = cluster.groups;
    if (controlPlanes === undefined || workers === undefined) return { nodes: [], apiAddress: "" };

    const { tenant, apiAccess } = cluster;
    const settings = {
      image: cluster.image,
      flavor: flavorName(workers.flavor),
      masterFlavor: flavorName(controlPlanes.flavor),
      // Magnum takes a list with commas in one text.
      dnsNameserver: cluster.dnsServers.length === 0 ? undefined : cluster.dnsServers.join(","),
      floatingIpEnabled: !apiAccess.hasLoadBalancer && apiAccess.countFloatingIps(1) > 0,
      masterLbEnabled: apiAccess.hasLoadBalancer,
      labels: this.props.labels === undefined ? undefined : { ...this.props.labels },
    };
    const template = new ContainerinfraClustertemplateV1(scope, "Template", {
      name: tenant,
      coe: "kubernetes",
      keypairId: cluster.keyPair,
      externalNetworkId: cluster.externalNetwork,
      fixedNetwork: cluster.network.networkId,
      fixedSubnet: cluster.network.subnetId,
      networkDriver: "calico",
      volumeDriver: "cinder",
      ...settings,
      lifecycle: refuseChanges(templateChanges(tenant, settings)),
    });
    const made = new ContainerinfraClusterV1(scope, "Cluster", {
      name: tenant,
      clusterTemplateId: template.id,
      masterCount: controlPlanes.count,
      nodeCount: workers.count,
      keypair: cluster.keyPair,
      lifecycle: {
        preventDestroy: cluster.deletionProtection,
        ...refuseChanges([
          {
            argument: "master_count",
            condition: `self.master_count == ${controlPlanes.count}`,
            message: `${tenant} has \${self.master_count} control planes, and the tenant file says ${controlPlanes.count}, which would replace the cluster; write the former number, or make a new tenant`,
          },
        ]),
      },
    });
    for (const pool of pools) this.createNodeGroup(scope, made.id, pool);
    this.escrowKubeconfig(scope, made, cluster);
    // Magnum connects the control planes to the fixed subnet, and Calico's policies see their addresses there.
    return { nodes: [], apiAddress: made.apiAddress, apiCidrs: [cluster.cidr] };
  }

  /** Without a provider, Terraform would write the kubeconfig to the Vault of the default provider. @throws ValidationError */
  private checkCentralProvider(scope: Construct): void {
    checkProviders(this.props, scope);
    if ((this.props.centralProvider as unknown) !== undefined) return;
    throw new ValidationError(
      "provider",
      "Magnum's kubeconfig goes to the central Vault, but its provider is missing; pass centralProvider to Provisioner.magnum.",
      scope,
    );
  }

  private createNodeGroup(scope: Construct, clusterId: string, pool: NodeGroup): void {
    new ContainerinfraNodegroupV1(scope, `Pool-${pool.name}`, {
      clusterId,
      name: pool.name,
      role: pool.name,
      nodeCount: pool.count,
      flavorId: flavorName(pool.flavor),
      imageId: pool.image,
      mergeLabels: true,
      lifecycle: refuseChanges([
        nodeGroupChange(pool.name, "flavor_id", flavorName(pool.flavor)),
        nodeGroupChange(pool.name, "image_id", pool.image),
      ]),
    });
  }

  private escrowKubeconfig(scope: Construct, made: ContainerinfraClusterV1, { kubeconfig }: ClusterContext): void {
    const raw = Token.asString(Fn.lookup(made.kubeconfig, "raw_config", ""));
    new KvSecretV2(scope, "Kubeconfig", {
      mount: kubeconfig.mount,
      name: kubeconfig.path,
      dataJsonWo: jsonencode({ kubeconfig: raw }),
      dataJsonWoVersion: 1,
      // A replaced cluster has a new kubeconfig.
      lifecycle: { replaceTriggeredBy: [`${made.terraformResourceType}.${made.friendlyUniqueId}.id`] },
      provider: this.props.centralProvider,
    });
  }
}

/** What a template says of a running cluster. Magnum refuses to change a template that a cluster uses. */
function templateChanges(
  tenant: string,
  settings: Readonly<Record<string, string | boolean | Readonly<Record<string, string>> | undefined>>,
): Unchangeable[] {
  return Object.entries(settings).map(([name, value]) => {
    const argument = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return {
      argument,
      // One that is not set keeps what it was made with, and what Magnum chose.
      condition: value === undefined ? undefined : `jsonencode(self.${argument}) == jsonencode(${hcl(value)})`,
      message: `The cluster template of ${tenant} has another ${argument} than the tenant file, and Magnum does not change a template that a cluster uses; write the former value, and add a pool or make a new tenant with the new one`,
    };
  });
}

function hcl(value: string | boolean | Readonly<Record<string, string>>): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "boolean") return String(value);
  return `{${Object.entries(value)
    .map(([key, text]) => `${quoted(key)} = ${quoted(text)}`)
    .join(", ")}}`;
}

function nodeGroupChange(pool: string, argument: string, value: string): Unchangeable {
  return {
    argument,
    condition: equals(argument, value),
    message: `The pool ${pool} was made with the ${argument} \${coalesce(self.${argument}, "of the cluster")}, and the tenant file says ${value}, which would replace all its nodes at once; write the former value, and add another pool with the new one`,
  };
}

/** Magnum supports only some properties; the others must not be ignored silently. @throws ValidationError */
function refuseWhatMagnumLacks(scope: Construct, cluster: ClusterContext): void {
  const lacking = [
    ...(cluster.bastion === undefined ? [] : ["bastion"]),
    ...(cluster.openVpn === undefined ? [] : ["openVpn"]),
    ...(cluster.clientAccess === undefined ? [] : ["clientAccess"]),
    // Magnum opens SSH and the API to everyone who reaches the network.
    ...(cluster.operatorCidrs.length === 0 ? [] : ["operatorCidrs"]),
    ...(cluster.hostAntiAffinity === "required" ? ["hostAntiAffinity"] : []),
    ...(cluster.schedulableControlPlanes ? ["schedulableControlPlanes"] : []),
    ...(cluster.groups.some(({ availabilityZones }) => availabilityZones.length > 0) ? ["availabilityZones"] : []),
    // Every pool has one label that this library adds.
    ...(cluster.groups.some(({ labels }) => Object.keys(labels).length > 1) ? ["pools[].labels"] : []),
    ...(cluster.network.portSecurity === false ? ["network.portSecurity"] : []),
    ...(cluster.trustedUserCaKeys.length === 0 ? [] : ["trustedUserCaKeys"]),
    ...(cluster.groups.some(({ taints }) => taints.length > 0) ? ["pools[].taints"] : []),
    ...(cluster.groups.some(({ bootVolume, volumes }) => bootVolume !== undefined || volumes.length > 0)
      ? ["bootVolume and volumes"]
      : []),
  ];
  if (lacking.length > 0) {
    throw new ValidationError(
      "magnum",
      `Magnum does not support ${lacking.join(", ")}; remove that, or use Kubespray.`,
      scope,
    );
  }
}

function flavorName(flavor: Flavor): string {
  return "id" in flavor ? flavor.id : flavor.name;
}
