import { TerraformOutput } from "cdktf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  ApiAccess,
  LayerStack,
  localBackend,
  Provisioner,
  Size,
  TenantCluster,
  type OwnNetworkProps,
  type TenantClusterProps,
} from "../../src";
import { NetworkingNetworkV2, NetworkingSubnetV2, OpenstackProvider } from "../../src/terraform/providers/openstack";
import { VaultProvider } from "../../src/terraform/providers/vault";
import type { Inventory } from "../../src/constructs/tenant-cluster/inventory";
import { TestBed } from "../integration/support/test-bed";
import { TerraformProject } from "../integration/support/terraform-project";
import { all } from "../support/all";

const {
  OS_CLOUD,
  OS_AUTH_URL,
  TENANT_VAULT_EXTERNAL_NETWORK = "public",
  TENANT_VAULT_IMAGE = "Ubuntu-Jammy-22.04",
  TENANT_VAULT_FLAVOR = "m1.medium",
  TENANT_VAULT_AVAILABILITY_ZONE = "nova",
  TENANT_VAULT_BOOT_VOLUMES,
} = process.env;

const NETWORK: OwnNetworkProps = {
  name: "kube-net",
  cidr: "20.0.0.0/24",
  externalNetwork: TENANT_VAULT_EXTERNAL_NETWORK,
  dnsServers: ["9.9.9.9"],
  mtu: 1400,
  allocationPools: [{ start: "20.0.0.50", end: "20.0.0.200" }],
};

/** Everything that a cluster may have but a load balancer, which few clouds for tests offer. */
const PROPS: TenantClusterProps = {
  tenant: "acceptance",
  network: NETWORK,
  image: TENANT_VAULT_IMAGE,
  flavor: { name: TENANT_VAULT_FLAVOR },
  key: { publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH0KTF1AHhHjXGPTVIWoJWqZn6mzQwbq9rhrPqVEfhwd acceptance" },
  availabilityZones: [TENANT_VAULT_AVAILABILITY_ZONE],
  workers: 2,
  pools: [
    {
      name: "secrets",
      count: 1,
      // A volume is filled from the image by Cinder's real drivers only.
      bootVolume: TENANT_VAULT_BOOT_VOLUMES === undefined ? undefined : { size: Size.gibibytes(10) },
      volumes: [{ size: Size.gibibytes(1) }],
      taints: [{ key: "dedicated", value: "vault", effect: "NoSchedule" }],
    },
  ],
  operatorCidrs: ["10.8.0.0/24"],
  bastion: { floatingIpPool: TENANT_VAULT_EXTERNAL_NETWORK },
  openVpn: { floatingIpPool: TENANT_VAULT_EXTERNAL_NETWORK, clientCidrs: ["198.51.100.0/24"] },
  clientAccess: { cidrs: ["203.0.113.0/24"], ports: [30_820] },
  apiAccess: ApiAccess.floatingIps(TENANT_VAULT_EXTERNAL_NETWORK),
  trustedUserCaKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH0KTF1AHhHjXGPTVIWoJWqZn6mzQwbq9rhrPqVEfhwd ca"],
  deletionProtection: false,
};

/** The smallest cluster. */
const SMALL: Partial<TenantClusterProps> = {
  workers: 1,
  pools: [],
  bastion: undefined,
  openVpn: undefined,
  clientAccess: undefined,
  apiAccess: undefined,
  operatorCidrs: [],
};

// Needs a cloud: OS_CLOUD or the other OS_ variables name it.
describe.skipIf(OS_CLOUD === undefined && OS_AUTH_URL === undefined)("a TenantCluster on a real OpenStack", () => {
  let project: TerraformProject;
  beforeAll(() => {
    project = new TerraformProject();
  });
  afterAll(() => {
    project.remove();
  });

  function newStack(id: string, within = project): LayerStack {
    const stack = new LayerStack(within.newApp(), id, localBackend(within.stateFolder));
    new OpenstackProvider(stack, "OpenStack");
    return stack;
  }

  /** The same stack with other properties, as a changed tenant file gives it. */
  function stackOf(props: Partial<TenantClusterProps> = {}): LayerStack {
    const stack = newStack("acceptance-cluster");
    const cluster = new TenantCluster(stack, "Cluster", { ...PROPS, ...props });
    new TerraformOutput(stack, "inventory", { value: cluster.inventory });
    project.synthesize();
    return stack;
  }

  /** A network that somebody else made. */
  function networkStack(name: string): LayerStack {
    const stack = newStack("acceptance-network");
    const network = new NetworkingNetworkV2(stack, "Network", { name });
    new NetworkingSubnetV2(stack, "Subnet", { name: `${name}-v4`, networkId: network.id, cidr: "20.1.0.0/24" });
    project.synthesize();
    return stack;
  }

  test("is applied, planned again without change, grown by one worker, and destroyed", async () => {
    const stack = stackOf();
    try {
      await project.apply(stack);
      expect(await project.isUnchanged(stack)).toBe(true);

      const { all: inventory } = parse(await project.output(stack, "inventory")) as Inventory;
      expect(Object.keys(inventory.hosts)).toEqual([
        "acceptance-control-plane-0",
        "acceptance-secrets-0",
        "acceptance-worker-0",
        "acceptance-worker-1",
      ]);
      for (const { ip } of all(Object.values(inventory.hosts))) expect(ip).toMatch(/^20\.0\.0\.\d+$/);

      expect(await project.plan(stackOf({ workers: 3 }))).toMatchObject({
        create: [
          "openstack_compute_instance_v2.cluster_machines_worker_2",
          "openstack_networking_floatingip_v2.cluster_machines_api_acceptance_worker_2",
          "openstack_networking_port_v2.cluster_machines_worker_2_port",
          'terraform_data.cluster_not_destroyable["acceptance-worker-2"]',
        ],
        update: [],
        delete: [],
      });
      // How the next machine is made; those that there are stay as they are.
      const otherwise = { trustedUserCaKeys: [], availabilityZones: [] };
      expect(await project.plan(stackOf(otherwise))).toEqual({ create: [], update: [], delete: [] });
    } finally {
      await project.destroy(stackOf());
    }
  });

  test("takes port security away from nodes, and gives it back, in place; gateways keep it", async () => {
    const props = { ...SMALL, operatorCidrs: PROPS.operatorCidrs, bastion: PROPS.bastion };
    const open = { ...props, network: { ...NETWORK, name: undefined, portSecurity: false } };
    const guarded = { ...props, network: { ...NETWORK, name: undefined } };
    try {
      await project.apply(stackOf(open));
      expect(await project.isUnchanged(stackOf(open))).toBe(true);

      await project.apply(stackOf(guarded));
      expect(await project.isUnchanged(stackOf(guarded))).toBe(true);

      const { update, delete: removed } = await project.plan(stackOf(open));
      expect(update).toEqual([
        "openstack_networking_network_v2.cluster_network",
        "openstack_networking_port_v2.cluster_machines_control_plane_0_port",
        "openstack_networking_port_v2.cluster_machines_worker_0_port",
      ]);
      expect(removed.filter((address) => !address.includes("secgroup"))).toEqual([]);
      await project.apply(stackOf(open));
      expect(await project.isUnchanged(stackOf(open))).toBe(true);
    } finally {
      await project.destroy(stackOf(open));
    }
  });

  test("is put into a network that exists, once its addresses are those that are said", async () => {
    const name = "acceptance-existing";
    const network = { useExistingNetwork: true, name, subnet: `${name}-v4`, cidr: "20.1.0.0/24" } as const;
    try {
      await project.apply(networkStack(name));
      await expect(project.plan(stackOf({ ...SMALL, network: { ...network, cidr: "20.2.0.0/24" } }))).rejects.toThrow(
        /acceptance-existing-v4 has the addresses 20\.1\.0\.0\/24, the tenant file says 20\.2\.0\.0\/24/,
      );

      const stack = stackOf({ ...SMALL, network });
      await project.apply(stack);
      expect(await project.isUnchanged(stack)).toBe(true);
      const { all: inventory } = parse(await project.output(stack, "inventory")) as Inventory;
      for (const { ip } of all(Object.values(inventory.hosts))) expect(ip).toMatch(/^20\.1\.0\.\d+$/);
    } finally {
      await project.destroy(stackOf({ ...SMALL, network }));
      await project.destroy(networkStack(name));
    }
  });

  // Few clouds for tests have Octavia, or a Cinder that fills volumes from images: these are planned.
  test("can be planned with a load balancer and with volumes to boot from", async () => {
    const { create } = await project.plan(
      stackOf({
        ...SMALL,
        controlPlanes: 3,
        operatorCidrs: PROPS.operatorCidrs,
        apiAccess: ApiAccess.loadBalancer(TENANT_VAULT_EXTERNAL_NETWORK),
        bootVolume: { size: Size.gibibytes(10) },
        bastion: { floatingIpPool: TENANT_VAULT_EXTERNAL_NETWORK },
      }),
    );
    const count = (type: string): number => create.filter((address) => address.startsWith(type)).length;
    expect(count("openstack_lb_member_v2")).toBe(3);
    expect(count("openstack_lb_loadbalancer_v2")).toBe(1);
    expect(count("openstack_networking_floatingip_v2")).toBe(2);
    expect(count("openstack_blockstorage_volume_v3")).toBe(5);
  });

  describe("made by Magnum", () => {
    let bed: TestBed;
    let inVault: TerraformProject;
    beforeAll(async () => {
      bed = await TestBed.start();
      inVault = new TerraformProject({ VAULT_TOKEN: bed.central.rootToken });
    });
    afterAll(async () => {
      inVault.remove();
      await bed.stop();
    });

    test("can be planned, with a node group for each pool", async () => {
      const stack = newStack("acceptance-magnum", inVault);
      const { address } = bed.central.server;
      const centralProvider = new VaultProvider(stack, "Central", { address, caCertFile: bed.caFile });
      new TenantCluster(stack, "Cluster", {
        ...PROPS,
        ...SMALL,
        trustedUserCaKeys: [],
        availabilityZones: [],
        pools: [{ name: "secrets", count: 1 }],
        provisioner: Provisioner.magnum({ stateHoldsKubeconfig: true, centralProvider }),
      });
      inVault.synthesize();
      const { create } = await inVault.plan(stack);
      expect(create.filter((planned) => !planned.startsWith("openstack_networking"))).toEqual([
        "openstack_compute_keypair_v2.cluster_key_pair",
        "openstack_containerinfra_cluster_v1.cluster_cluster",
        "openstack_containerinfra_clustertemplate_v1.cluster_template",
        "openstack_containerinfra_nodegroup_v1.cluster_pool_secrets",
        'terraform_data.cluster_not_destroyable["acceptance-control-plane-0"]',
        'terraform_data.cluster_not_destroyable["acceptance-secrets-0"]',
        'terraform_data.cluster_not_destroyable["acceptance-worker-0"]',
        "vault_kv_secret_v2.cluster_kubeconfig",
      ]);
    });
  });

  const manyPools = Array.from({ length: 9 }, (_, index) => ({ name: `pool-${index}`, count: 1 }));

  test.each<[string, Partial<TenantClusterProps>, RegExp]>([
    ["image", { image: "no-such-image" }, /The cloud has no image named no-such-image; upload it, or name another/],
    // The provider's own sentence; the address tells which flavor.
    [
      "flavor",
      { flavor: { name: "no-such-flavor" } },
      /Your query returned no results.*with data\.openstack_compute_flavor_v2\.cluster_preflight_flavor_no_such_flavor/,
    ],
    ["key pair", { key: { keyPair: "no-such-key" } }, /openstack_compute_keypair_v2.*cluster_key_pair/],
    ["zone", { availabilityZones: ["no-such-zone"] }, /The cloud has no availability zone no-such-zone, only/],
    [
      "zone of volumes",
      { bootVolume: { size: Size.gibibytes(1), availabilityZone: "no-such-zone" } },
      /Cinder has no availability zone no-such-zone, only .*; set the "availabilityZone" of the volumes/,
    ],
    ["quota of machines", { workers: 140 }, /quota allows \d+ machines, this cluster alone takes 144; raise it/],
    ["quota of server groups", { pools: manyPools }, /quota allows 10 server groups, this cluster alone takes 11/],
    [
      "quota of machines in a server group",
      { workers: 11 },
      /quota allows 10 machines in a server group, this cluster alone takes 11/,
    ],
  ])("cannot be planned where the cloud lacks the %s", async (_what, props, reason) => {
    await expect(project.plan(stackOf(props))).rejects.toThrow(reason);
  });
});
