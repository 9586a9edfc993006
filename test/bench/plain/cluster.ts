import { ComputeInstanceV2 } from "@cdktf/provider-openstack/lib/compute-instance-v2";
import { ComputeServergroupV2 } from "@cdktf/provider-openstack/lib/compute-servergroup-v2";
import { DataOpenstackComputeKeypairV2 } from "@cdktf/provider-openstack/lib/data-openstack-compute-keypair-v2";
import { NetworkingPortV2 } from "@cdktf/provider-openstack/lib/networking-port-v2";
import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { type App, Fn, TerraformLocal, TerraformOutput, TerraformResource, type TerraformStack, Token } from "cdktf";
import { cloudInit } from "../../../src/constructs/tenant-cluster/cloud-init";
import { CommandResource } from "../../../src/terraform/terraform-data";
import { network, securityGroups } from "./network";
import { preflight } from "./preflight";
import { CENTRAL_ADDRESS, deletionProtection, emptyStack } from "./stack";

const USER_DATA = cloudInit({});
const MACHINES = [
  { role: "control-plane", node: "control-plane-0" },
  { role: "worker", node: "worker-0" },
  { role: "worker", node: "worker-1" },
];

/** Network, machines and Kubernetes of a tenant. */
export function clusterStack(app: App, tenant: string, index: number): TerraformStack {
  const stack = emptyStack(app, `${tenant}-cluster`);
  deletionProtection(stack);
  new OpenstackProvider(stack, "openstack");
  new VaultProvider(stack, "central", { alias: "central", address: CENTRAL_ADDRESS });
  const tags = [`tenant=${tenant}`];
  const { flavor, image } = preflight(stack);
  const { net, subnet, routerInterface } = network(stack, index, tags);
  const { nodes, controlPlane } = securityGroups(stack, tenant, tags);
  const serverGroups = new Map(
    ["control-plane", "worker"].map((role) => [
      role,
      new ComputeServergroupV2(stack, `group-${role}`, {
        name: `${tenant}-${role}`,
        policies: ["soft-anti-affinity"],
      }),
    ]),
  );
  const keyPair = new DataOpenstackComputeKeypairV2(stack, "key", { name: "operator" });
  const userData = new TerraformLocal(stack, "user-data", USER_DATA);
  const addresses: string[] = [];
  const hosts: Record<string, object> = {};
  const machines = MACHINES.map(({ role, node }) => {
    const name = `${tenant}-${node}`;
    const port = new NetworkingPortV2(stack, `port-${node}`, {
      name,
      networkId: net.id,
      adminStateUp: true,
      portSecurityEnabled: true,
      fixedIp: [{ subnetId: subnet.id }],
      securityGroupIds: role === "control-plane" ? [nodes.id, controlPlane.id] : [nodes.id],
      tags,
    });
    const address = Token.asString(Fn.element(port.allFixedIps, 0));
    addresses.push(address);
    hosts[name] = { ansible_host: address, ip: address, access_ip: address };
    return new ComputeInstanceV2(stack, node, {
      name,
      imageId: Token.asString(Fn.element(image.ids, 0)),
      flavorId: flavor.id,
      keyPair: keyPair.name,
      availabilityZone: "nova",
      network: [{ port: port.id }],
      schedulerHints: [{ group: serverGroups.get(role)?.id }],
      metadata: { tenant, role },
      userData: userData.asString,
      tags,
      lifecycle: {
        preventDestroy: role === "control-plane",
        ignoreChanges: ["image_name", "image_id", "key_pair", "user_data", "availability_zone", "scheduler_hints"],
      },
      dependsOn: [routerInterface],
    });
  });
  const [apiAddress] = addresses;
  const inventory = {
    all: {
      hosts,
      vars: { ...CLUSTER_VARIABLES, supplementary_addresses_in_ssl_keys: [apiAddress] },
      children: groups(tenant),
    },
  };
  const kept = new TerraformResource(stack, "not-destroyable", {
    terraformResourceType: "terraform_data",
    lifecycle: { preventDestroy: true },
  });
  kept.addOverride("for_each", Object.fromEntries(Object.keys(hosts).map((name) => [name, name])));
  const kubeconfig = { mount: "clusters", path: tenant };
  new CommandResource(stack, "kubespray-check", {
    run: {
      command: `node ../../../lib/cli/main.js kubespray ${tenant} --check`,
      environment: {
        VAULT_ADDR: CENTRAL_ADDRESS,
        TENANT_VAULT_CLUSTER: "${jsonencode(self.triggers_replace.description)}",
      },
    },
    triggers: { description: { tenant, version: "2.32.0", kubeconfig, needsCloud: true } },
  });
  new CommandResource(stack, "kubespray", {
    run: {
      command: `node ../../../lib/cli/main.js kubespray ${tenant}`,
      environment: {
        VAULT_ADDR: CENTRAL_ADDRESS,
        TENANT_VAULT_CLUSTER: "${jsonencode(self.triggers_replace.description)}",
      },
    },
    triggers: {
      description: {
        tenant,
        version: "2.32.0",
        inventory,
        apiAddress,
        kubeconfig,
        needsCloud: true,
      },
      revision: Fn.join(
        ",",
        machines.map(({ id }) => id),
      ),
    },
  });
  new TerraformOutput(stack, "inventory", { value: Fn.yamlencode(inventory) });
  new TerraformOutput(stack, "api_address", { value: apiAddress });
  return stack;
}

const CLUSTER_VARIABLES = {
  ansible_user: "ubuntu",
  kube_network_plugin: "calico",
  calico_network_backend: "vxlan",
  kube_encrypt_secret_data: true,
  kubernetes_audit: true,
  cloud_provider: "external",
  external_cloud_provider: "openstack",
  cinder_csi_enabled: true,
};

function groups(tenant: string): object {
  const members = (...nodes: string[]) => ({
    hosts: Object.fromEntries(nodes.map((node) => [`${tenant}-${node}`, {}])),
  });
  return {
    kube_control_plane: members("control-plane-0"),
    etcd: members("control-plane-0"),
    kube_node: members("control-plane-0", "worker-0", "worker-1"),
    calico_rr: members(),
    k8s_cluster: { children: { kube_control_plane: {}, kube_node: {}, calico_rr: {} } },
  };
}
