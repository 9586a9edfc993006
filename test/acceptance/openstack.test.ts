import { TerraformOutput } from "cdktf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ApiAccess, LayerStack, localBackend, Size, TenantCluster, type TenantClusterProps } from "../../src";
import { OpenstackProvider } from "../../src/terraform/providers/openstack";
import type { Inventory } from "../../src/tenant-cluster/inventory";
import { TerraformProject } from "./support/terraform-project";

const {
  OS_CLOUD,
  OS_AUTH_URL,
  TENANT_VAULT_EXTERNAL_NETWORK = "public",
  TENANT_VAULT_IMAGE = "Ubuntu-Jammy-22.04",
  TENANT_VAULT_FLAVOR = "m1.medium",
  TENANT_VAULT_AVAILABILITY_ZONE = "nova",
  TENANT_VAULT_BOOT_VOLUMES,
} = process.env;

/** Everything that a cluster may have but a load balancer, which few clouds for tests offer. */
const PROPS: TenantClusterProps = {
  tenant: "acceptance",
  network: {
    name: "kube-net",
    cidr: "20.0.0.0/24",
    externalNetwork: TENANT_VAULT_EXTERNAL_NETWORK,
    dnsServers: ["9.9.9.9"],
    mtu: 1400,
    allocationPools: [{ start: "20.0.0.50", end: "20.0.0.200" }],
  },
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

// Needs a cloud: OS_CLOUD or the other OS_ variables name it.
describe.skipIf(OS_CLOUD === undefined && OS_AUTH_URL === undefined)("a TenantCluster on a real OpenStack", () => {
  let project: TerraformProject;
  beforeAll(() => {
    project = new TerraformProject();
  });
  afterAll(() => {
    project.remove();
  });

  /** The same stack with other properties, as a changed tenant file gives it. */
  function stackOf(props: Partial<TenantClusterProps> = {}): LayerStack {
    const stack = new LayerStack(project.newApp(), "acceptance-cluster", localBackend(project.stateFolder));
    new OpenstackProvider(stack, "OpenStack");
    const cluster = new TenantCluster(stack, "Cluster", { ...PROPS, ...props });
    new TerraformOutput(stack, "inventory", { value: cluster.inventory });
    project.synthesize();
    return stack;
  }

  test("is applied, planned again without change, grown by one worker, and destroyed", async () => {
    const stack = stackOf();
    try {
      await project.apply(stack);
      expect(await project.isUnchanged(stack)).toBe(true);

      const { all } = parse(await project.output(stack, "inventory")) as Inventory;
      expect(Object.keys(all.hosts)).toEqual([
        "acceptance-control-plane-0",
        "acceptance-secrets-0",
        "acceptance-worker-0",
        "acceptance-worker-1",
      ]);
      for (const { ip } of Object.values(all.hosts)) expect(ip).toMatch(/^20\.0\.0\.\d+$/);

      expect(await project.plan(stackOf({ workers: 3, apiAccess: PROPS.apiAccess }))).toMatchObject({
        create: [
          "openstack_compute_instance_v2.cluster_machines_worker_2",
          "openstack_networking_floatingip_v2.cluster_machines_api_acceptance_worker_2",
          "openstack_networking_port_v2.cluster_machines_worker_2_port",
        ],
        update: [],
        delete: [],
      });
      const rebuilt = { image: "another", trustedUserCaKeys: [], availabilityZones: [] };
      expect(await project.plan(stackOf(rebuilt)).catch((error: unknown) => String(error))).toMatch(
        /The cloud has no image named another; upload it/,
      );
    } finally {
      await project.destroy(stackOf());
    }
  });

  test.each([
    ["image", { image: "no-such-image" }, /The cloud has no image named no-such-image; upload it, or name another/],
    ["flavor", { flavor: { name: "no-such-flavor" } }, /Your query returned no results/],
    ["zone", { availabilityZones: ["no-such-zone"] }, /The cloud has no availability zone no-such-zone, only/],
    ["quota", { workers: 140 }, /The project's quota allows \d+ machines, this cluster alone takes 144; raise it/],
  ])("cannot be planned where the cloud lacks the %s", async (_what, props, reason) => {
    const stack = stackOf(props);
    await expect(project.plan(stack)).rejects.toThrow(reason);
  });
});
