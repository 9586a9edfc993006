import { TerraformOutput } from "cdktf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  ApiAccess,
  LayerStack,
  localBackend,
  Size,
  TenantCluster,
  type GatewayProps,
  type NodePoolProps,
  type OpenVpnProps,
  type OwnNetworkProps,
  type TenantClusterProps,
} from "../../src";
import {
  NetworkingNetworkV2,
  NetworkingRouterInterfaceV2,
  NetworkingRouterV2,
  NetworkingSubnetV2,
  OpenstackProvider,
} from "../../src/terraform/providers/openstack";
import type { Inventory } from "../../src/constructs/tenant-cluster/inventory";
import { TerraformProject } from "../integration/support/terraform-project";
import { all } from "../support/all";
import { OpenStackApi } from "./support/openstack-api";

const {
  OS_CLOUD,
  OS_AUTH_URL,
  TENANT_VAULT_EXTERNAL_NETWORK = "public",
  TENANT_VAULT_IMAGE = "Ubuntu-Jammy-22.04",
  TENANT_VAULT_FLAVOR = "m1.medium",
  TENANT_VAULT_OTHER_FLAVOR = "m1.large",
} = process.env;

const NETWORK: OwnNetworkProps = { cidr: "20.0.0.0/24", externalNetwork: TENANT_VAULT_EXTERNAL_NETWORK };
const OTHER_FLAVOR = { name: TENANT_VAULT_OTHER_FLAVOR };
const PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH0KTF1AHhHjXGPTVIWoJWqZn6mzQwbq9rhrPqVEfhwd";

const SECRETS: NodePoolProps = { name: "secrets", count: 1, volumes: [{ size: Size.gibibytes(1) }] };
const BASTION: GatewayProps = { floatingIpPool: TENANT_VAULT_EXTERNAL_NETWORK };
const OPENVPN: OpenVpnProps = { ...BASTION, clientCidrs: ["198.51.100.0/24"] };

/** A tenant that is live, and protected as tenants are. */
const PROPS: TenantClusterProps = {
  tenant: "changes",
  network: NETWORK,
  image: TENANT_VAULT_IMAGE,
  flavor: { name: TENANT_VAULT_FLAVOR },
  key: { publicKey: `${PUBLIC_KEY} first` },
  controlPlanes: 3,
  workers: 1,
  pools: [SECRETS],
  operatorCidrs: ["10.8.0.0/24"],
  bastion: BASTION,
  openVpn: OPENVPN,
  clientAccess: { cidrs: ["203.0.113.0/24"], ports: [30_820] },
};

// Needs a cloud: OS_CLOUD or the other OS_ variables name it.
describe.skipIf(OS_CLOUD === undefined && OS_AUTH_URL === undefined)("a live tenant on a real OpenStack", () => {
  let project: TerraformProject;
  beforeAll(() => {
    project = new TerraformProject();
  });
  afterAll(() => {
    project.remove();
  });

  function newStack(id: string): LayerStack {
    const stack = new LayerStack(project.newApp(), id, localBackend(project.stateFolder));
    new OpenstackProvider(stack, "OpenStack");
    return stack;
  }

  function stackOf(props: Partial<TenantClusterProps> = {}, id = "changes-cluster"): LayerStack {
    const stack = newStack(id);
    const cluster = new TenantCluster(stack, "Cluster", { ...PROPS, ...props });
    new TerraformOutput(stack, "inventory", { value: cluster.inventory });
    project.synthesize();
    return stack;
  }

  /** Networks of somebody else: a provider network, and one with IPv6 beside IPv4, with or without a router. */
  function networkStack({ routed = true } = {}): LayerStack {
    const stack = newStack("changes-networks");
    const external = new NetworkingNetworkV2(stack, "External", { name: "changes-external", external: true });
    new NetworkingSubnetV2(stack, "ExternalSubnet", {
      networkId: external.id,
      cidr: "192.0.2.0/24",
      enableDhcp: false,
    });
    const network = new NetworkingNetworkV2(stack, "Network", { name: "changes-dual" });
    const subnet = new NetworkingSubnetV2(stack, "Subnet", {
      name: "changes-dual-v4",
      networkId: network.id,
      cidr: "20.1.0.0/24",
    });
    const ipv6 = new NetworkingSubnetV2(stack, "Subnet6", {
      name: "changes-dual-v6",
      networkId: network.id,
      cidr: "2001:db8:1::/64",
      ipVersion: 6,
      ipv6AddressMode: "slaac",
      ipv6RaMode: "slaac",
    });
    if (routed) {
      const router = new NetworkingRouterV2(stack, "Router", { name: "changes-dual", externalNetworkId: external.id });
      new NetworkingRouterInterfaceV2(stack, "Interface", { routerId: router.id, subnetId: subnet.id });
      new NetworkingRouterInterfaceV2(stack, "Interface6", { routerId: router.id, subnetId: ipv6.id });
    }
    project.synthesize();
    return stack;
  }

  const EXISTING = {
    network: { useExistingNetwork: true, name: "changes-dual", subnet: "changes-dual-v4", cidr: "20.1.0.0/24" },
  } as const;

  describe("in a network of its own", () => {
    beforeAll(async () => {
      await project.apply(networkStack());
      await project.apply(stackOf());
    });
    afterAll(async () => {
      await project.destroy(stackOf({ deletionProtection: false }));
      await project.destroy(networkStack());
    });

    test("is planned again without change", async () => {
      expect(await project.isUnchanged(stackOf())).toBe(true);
    });

    test.each<[string, Partial<TenantClusterProps>, RegExp]>([
      [
        "O3: OwnNetworkProps.cidr",
        { network: { ...NETWORK, cidr: "20.2.0.0/24" } },
        /The nodes of changes have addresses in 20\.0\.0\.0\/24, and network\.cidr says 20\.2\.0\.0\/24.*write the former CIDR/,
      ],
      [
        "O3: OwnNetworkProps.externalNetwork",
        {
          network: { ...NETWORK, externalNetwork: "changes-external" },
          bastion: { floatingIpPool: "changes-external" },
          openVpn: undefined,
        },
        /The router of changes leads to the network .*network\.externalNetwork names changes-external/,
      ],
      [
        "O3: TenantClusterProps.network",
        EXISTING,
        /changes-worker-0 is in the network .*tenant file names another one.*make a new tenant/,
      ],
      [
        "O4: NodeDefaults.controlPlaneFlavor",
        { controlPlaneFlavor: OTHER_FLAVOR },
        /changes-control-plane-2 has the flavor .*resize one machine after the other/,
      ],
      ["O4: NodeDefaults.flavor", { flavor: OTHER_FLAVOR }, /changes-worker-0 has the flavor .*resize one machine/],
      [
        "O4: NodePoolProps.flavor",
        { pools: [{ name: "secrets", count: 1, flavor: OTHER_FLAVOR, volumes: [{ size: Size.gibibytes(1) }] }] },
        /changes-secrets-0 has the flavor/,
      ],
      [
        "O4: NodeDefaults.bootVolume",
        { bootVolume: { size: Size.gibibytes(10) } },
        /changes-worker-0 was made with no boot volume.*would replace the machine/,
      ],
      [
        "O4: GatewayProps.bootVolume",
        { bastion: { ...BASTION, bootVolume: { size: Size.gibibytes(10) } } },
        /changes-bastion was made with no boot volume/,
      ],
    ])("%s: a change is refused, and says what to do", async (_field, props, reason) => {
      await expect(project.plan(stackOf(props))).rejects.toThrow(reason);
    });

    test.each<[string, Partial<TenantClusterProps>, string[], string[]]>([
      [
        "NodeDefaults.controlPlanes",
        { controlPlanes: 1 },
        ["changes-control-plane-1", "changes-control-plane-2"],
        [
          "openstack_compute_instance_v2.cluster_machines_control_plane_1",
          "openstack_compute_instance_v2.cluster_machines_control_plane_2",
          "openstack_networking_port_v2.cluster_machines_control_plane_1_port",
          "openstack_networking_port_v2.cluster_machines_control_plane_2_port",
        ],
      ],
      [
        "NodePoolProps.volumes",
        { pools: [{ name: "secrets", count: 1 }] },
        ["changes-secrets-0-0"],
        [
          "openstack_blockstorage_volume_v3.cluster_machines_secrets_0_volume0",
          "openstack_compute_volume_attach_v2.cluster_machines_secrets_0_attachment0",
        ],
      ],
    ])("%s: what leaves the file is destroyed only if TenantClusterProps.destroyable names it", async (...row) => {
      const [, props, destroyable, removed] = row;
      const refused = await project.plan(stackOf(props)).catch((error: unknown) => (error as Error).message);
      for (const name of destroyable)
        expect(refused).toContain(
          `terraform_data.cluster_not_destroyable["${name}"] has lifecycle.prevent_destroy set`,
        );
      expect((await project.plan(stackOf({ ...props, destroyable }))).delete).toEqual(removed);
    });

    test.each<[string, Partial<TenantClusterProps>, RegExp]>([
      ["NodeDefaults.pools", { pools: [] }, /cluster_not_destroyable\["changes-secrets-0"\] has lifecycle/],
      [
        "TenantClusterProps.bastion",
        { bastion: undefined },
        /cluster_not_destroyable\["changes-bastion"\] has lifecycle/,
      ],
      ["TenantClusterProps.openVpn", { openVpn: undefined }, /cluster_not_destroyable\["changes-vpn"\] has lifecycle/],
    ])("%s: removing it is refused", async (_field, props, reason) => {
      await expect(project.plan(stackOf(props))).rejects.toThrow(reason);
    });

    test("O3: TenantClusterProps.deletionProtection keeps everything that the tenant is reached by", async () => {
      const stack = stackOf();
      await expect(project.destroy(stack)).rejects.toThrow(/Instance cannot be destroyed/);
      expect(await project.isUnchanged(stack)).toBe(true);
    });

    test.each<[string, Partial<TenantClusterProps>]>([
      ["NodeDefaults.availabilityZones", { availabilityZones: ["nova"] }],
      ["TenantClusterProps.trustedUserCaKeys", { trustedUserCaKeys: [`${PUBLIC_KEY} ca`] }],
      ["TenantClusterProps.checkQuotas", { checkQuotas: false }],
      ["NodePoolProps.availabilityZones", { pools: [{ ...SECRETS, availabilityZones: ["nova"] }] }],
    ])("%s: a change is for new machines only", async (_field, props) => {
      expect(await project.plan(stackOf(props))).toEqual({ create: [], update: [], delete: [] });
    });

    test.each<[string, Partial<TenantClusterProps>, string[], string[]]>([
      [
        "TenantClusterProps.key",
        { key: { publicKey: `${PUBLIC_KEY} second` } },
        ["openstack_compute_keypair_v2.cluster_key_pair"],
        ["openstack_compute_keypair_v2.cluster_key_pair"],
      ],
      [
        "TenantClusterProps.hostAntiAffinity",
        { hostAntiAffinity: "required" },
        [
          "openstack_compute_servergroup_v2.cluster_machines_control_plane_server_group",
          "openstack_compute_servergroup_v2.cluster_machines_secrets_server_group",
          "openstack_compute_servergroup_v2.cluster_machines_worker_server_group",
        ],
        [
          "openstack_compute_servergroup_v2.cluster_machines_control_plane_server_group",
          "openstack_compute_servergroup_v2.cluster_machines_secrets_server_group",
          "openstack_compute_servergroup_v2.cluster_machines_worker_server_group",
        ],
      ],
    ])("%s: a change replaces no machine", async (_field, props, created, removed) => {
      expect(await project.plan(stackOf(props))).toEqual({ create: created, update: [], delete: removed });
    });

    test.each<[string, Partial<TenantClusterProps>, string[]]>([
      [
        "OwnNetworkProps.name",
        { network: { ...NETWORK, name: "kube-net" } },
        [
          "openstack_networking_network_v2.cluster_network",
          "openstack_networking_router_v2.cluster_network_router",
          "openstack_networking_subnet_v2.cluster_network_subnet",
        ],
      ],
      [
        "OwnNetworkProps.dnsServers",
        { network: { ...NETWORK, dnsServers: ["9.9.9.9"] } },
        ["openstack_networking_subnet_v2.cluster_network_subnet"],
      ],
      [
        "OwnNetworkProps.mtu",
        { network: { ...NETWORK, mtu: 1400 } },
        ["openstack_networking_network_v2.cluster_network"],
      ],
      [
        "OwnNetworkProps.allocationPools",
        { network: { ...NETWORK, allocationPools: [{ start: "20.0.0.2", end: "20.0.0.99" }] } },
        ["openstack_networking_subnet_v2.cluster_network_subnet"],
      ],
      [
        "GatewayProps.flavor",
        { bastion: { ...BASTION, flavor: OTHER_FLAVOR } },
        ["openstack_compute_instance_v2.cluster_machines_bastion"],
      ],
      [
        "VolumeProps.size",
        { pools: [{ name: "secrets", count: 1, volumes: [{ size: Size.gibibytes(2) }] }] },
        ["openstack_blockstorage_volume_v3.cluster_machines_secrets_0_volume0"],
      ],
    ])("%s: a change is made in place", async (_field, props, updated) => {
      expect(await project.plan(stackOf(props))).toEqual({ create: [], update: updated, delete: [] });
    });

    test.each<[string, Partial<TenantClusterProps>]>([
      ["TenantClusterProps.operatorCidrs", { operatorCidrs: ["10.9.0.0/24"] }],
      ["TenantClusterProps.clientAccess", { clientAccess: { cidrs: ["203.0.113.0/24"], ports: [30_830] } }],
      ["OpenVpnProps.clientCidrs", { openVpn: { ...OPENVPN, clientCidrs: ["198.51.101.0/24"] } }],
    ])("%s: a change exchanges security group rules and nothing else", async (_field, props) => {
      const plan = await project.plan(stackOf(props));
      expect(plan.update).toEqual([]);
      for (const address of all([...plan.create, ...plan.delete]))
        expect(address).toMatch(/^openstack_networking_secgroup_rule_v2\./);
    });

    test("O7: the same CIDR and port named twice is one rule, also on the real API", async () => {
      const props = {
        operatorCidrs: ["10.8.0.0/24", "20.0.0.0/24", "2001:db8::/32"],
        bastion: undefined,
        clientAccess: { cidrs: ["10.8.0.0/24"], ports: [22, 30_820] },
      };
      await project.apply(stackOf({ ...props, deletionProtection: false }));
      expect(await project.isUnchanged(stackOf({ ...props, deletionProtection: false }))).toBe(true);
      await project.apply(stackOf());
      expect(await project.isUnchanged(stackOf())).toBe(true);
    });

    test("O4: machines resized one after the other outside Terraform satisfy the tenant file", async () => {
      const wanted = { flavor: OTHER_FLAVOR, controlPlaneFlavor: PROPS.flavor, pools: PROPS.pools };
      const api = await OpenStackApi.connect();
      await api.resize("changes-worker-0", TENANT_VAULT_OTHER_FLAVOR);
      await expect(project.plan(stackOf(wanted))).rejects.toThrow(/changes-secrets-0 has the flavor/);
      await api.resize("changes-secrets-0", TENANT_VAULT_OTHER_FLAVOR);
      const { create, delete: removed } = await project.plan(stackOf(wanted));
      expect([create, removed]).toEqual([[], []]);
    });
  });

  describe("in a network that exists", () => {
    const small = {
      ...EXISTING,
      controlPlanes: 1,
      pools: [],
      bastion: undefined,
      openVpn: undefined,
      clientAccess: undefined,
      deletionProtection: false,
    };
    const bastion = { floatingIpPool: "changes-external" };

    test("O6: GatewayProps.floatingIpPool that does not exist fails the plan", async () => {
      await project.apply(networkStack());
      await expect(
        project.plan(stackOf({ ...small, bastion: { floatingIpPool: "no-such-pool" } }, "changes-existing")),
      ).rejects.toThrow(
        /Your query returned no results.*floating_ip_pool_no_such_pool|floating_ip_pool_no_such_pool.*returned no results/,
      );
    });

    test("O5: ExistingNetworkProps.cidr decides which addresses the nodes have, beside IPv6", async () => {
      await project.apply(networkStack());
      const props = { ...small, bastion, apiAccess: ApiAccess.floatingIps("changes-external") };
      const stack = stackOf(props, "changes-existing");
      try {
        await project.apply(stack);
        expect(await project.isUnchanged(stack)).toBe(true);
        const { all: inventory } = parse(await project.output(stack, "inventory")) as Inventory;
        for (const { ip } of all(Object.values(inventory.hosts))) expect(ip).toMatch(/^20\.1\.0\.\d+$/);
        // O3: GatewayProps.floatingIpPool. In a network of its own, the router says it first.
        const other = { ...props, bastion: { floatingIpPool: TENANT_VAULT_EXTERNAL_NETWORK } };
        await expect(project.plan(stackOf(other, "changes-existing"))).rejects.toThrow(
          /The floating IP \S+ \(bastion of changes\) is from changes-external, and one from \S+ would be another address/,
        );
      } finally {
        await project.destroy(stackOf(props, "changes-existing"));
      }
    });

    test("O6: TenantClusterProps.bastion in a network without a router fails the plan", async () => {
      await project.apply(networkStack({ routed: false }));
      try {
        await expect(project.plan(stackOf({ ...small, bastion }, "changes-existing"))).rejects.toThrow(
          /The subnet changes-dual-v4 has no router at its gateway, so no floating IP leads into it/,
        );
        expect((await project.plan(stackOf(small, "changes-existing"))).create.length).toBeGreaterThan(0);
      } finally {
        await project.destroy(networkStack({ routed: false }));
      }
    });
  });
});
