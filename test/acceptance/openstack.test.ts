import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { TerraformOutput } from "cdktf";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { LayerStack, localBackend, TenantCluster } from "../../src";
import { PROJECT } from "../../lab/cdktf";
import { OpenstackProvider } from "../../src/terraform/providers/openstack";
import type { Inventory } from "../../src/tenant-cluster/inventory";
import { TerraformProject } from "./support/terraform-project";

const { OS_CLOUD, OS_AUTH_URL } = process.env;

// Needs a cloud: OS_CLOUD or the other OS_ variables name it.
describe.skipIf(OS_CLOUD === undefined && OS_AUTH_URL === undefined)("a TenantCluster on a real OpenStack", () => {
  mkdirSync(join(PROJECT, ".lab"), { recursive: true });
  const project = new TerraformProject();
  afterAll(() => project.remove());

  test("is applied, planned again without change, and destroyed", async () => {
    const stack = new LayerStack(project.app, "acceptance-cluster", localBackend(project.stateFolder));
    new OpenstackProvider(stack, "OpenStack");
    const cluster = new TenantCluster(stack, "Cluster", {
      tenant: "acceptance",
      network: {
        name: "kube-net",
        cidr: "20.0.0.0/24",
        externalNetwork: process.env.TENANT_VAULT_EXTERNAL_NETWORK ?? "public",
        dnsServers: ["9.9.9.9"],
      },
      image: process.env.TENANT_VAULT_IMAGE ?? "Ubuntu-Jammy-22.04",
      flavor: { name: process.env.TENANT_VAULT_FLAVOR ?? "m1.medium" },
      key: { publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH0KTF1AHhHjXGPTVIWoJWqZn6mzQwbq9rhrPqVEfhwd acceptance" },
      availabilityZones: [process.env.TENANT_VAULT_AVAILABILITY_ZONE ?? "nova"],
      controlPlanes: 1,
      workers: 2,
      operatorCidrs: ["10.8.0.0/24"],
    });
    new TerraformOutput(stack, "inventory", { value: cluster.inventory });
    project.synthesize();

    try {
      await project.apply(stack);
      expect(await project.isUnchanged(stack)).toBe(true);
      const { all } = parse(await project.output(stack, "inventory")) as Inventory;
      expect(Object.keys(all.hosts)).toEqual([
        "acceptance-control-plane-0",
        "acceptance-worker-0",
        "acceptance-worker-1",
      ]);
      for (const { ansible_host } of Object.values(all.hosts)) expect(ansible_host).toMatch(/^20\.0\.0\.\d+$/);
    } finally {
      await project.destroy(stack);
    }
  });
});
