import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { run } from "../../lab/run";
import { ApiAccess, Provisioner, TenantCluster } from "../../src";
import type { ClusterDescription } from "../../src/contract/cluster";
import { findKubespray } from "../../src/operations/kubespray/kubespray-source";
import type { Inventory } from "../../src/constructs/tenant-cluster/inventory";
import { KUBESPRAY_VERSION } from "../../src/constructs/tenant-cluster/kubespray";
import { OpenstackProvider } from "../../src/terraform/providers/openstack";
import { synthesize } from "../support/synth";

const { TENANT_VAULT_KUBESPRAY = "" } = process.env;

/** Variables of Ansible itself. */
const OF_ANSIBLE = ["ansible_host", "ansible_user", "ansible_ssh_common_args"];

/** The inventory of a cluster that uses everything, with addresses for what Terraform would know. */
function inventoryOfEverything(): Inventory {
  const { resource } = synthesize((stack) => {
    new OpenstackProvider(stack, "OpenStack");
    new TenantCluster(stack, "Cluster", {
      tenant: "customer10",
      network: { cidr: "20.0.0.0/24", externalNetwork: "public" },
      image: "Ubuntu-Jammy-22.04",
      flavor: { name: "m1.large" },
      key: { keyPair: "operator" },
      controlPlanes: 3,
      pools: [{ name: "secrets", count: 1, taints: [{ key: "dedicated", value: "vault", effect: "NoSchedule" }] }],
      operatorCidrs: ["10.8.0.0/24"],
      bastion: { floatingIpPool: "public" },
      apiAccess: ApiAccess.loadBalancer("public"),
      provisioner: Provisioner.kubespray({
        central: { address: "https://central:8200" },
        kubernetesVersion: "1.34.4",
      }),
    });
  });
  const { description } = resource.terraform_data?.cluster_kubespray?.triggers_replace as {
    description: ClusterDescription;
  };
  let last = 0;
  return JSON.parse(
    JSON.stringify(description.inventory).replaceAll(/\$\{[^}]+\}/g, () => `20.0.0.${++last}`),
  ) as Inventory;
}

// Needs a checkout of Kubespray with what its requirements.txt names: TENANT_VAULT_KUBESPRAY, and Ansible on the path.
describe.skipIf(!existsSync(TENANT_VAULT_KUBESPRAY))("the inventory, with the real Kubespray", () => {
  const inventory = inventoryOfEverything();
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tenant-vault-kubespray-"));
    writeFileSync(join(folder, "inventory.yml"), stringify(inventory), { mode: 0o600 });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("is made for this release", () => {
    expect(() => findKubespray({ TENANT_VAULT_KUBESPRAY }, KUBESPRAY_VERSION)).not.toThrow();
  });

  test("passes its own check of inventories", async () => {
    const args = ["--inventory", join(folder, "inventory.yml"), "playbooks/boilerplate.yml", "--skip-tags", "bastion"];
    const { stdout } = await run("ansible-playbook", args, { cwd: TENANT_VAULT_KUBESPRAY });
    expect(stdout).toMatch(/customer10-control-plane-0 .*failed=0/);
  });

  test("has every group that its playbooks run on", () => {
    const patterns = sources("playbooks").flatMap((text) => [...text.matchAll(/^ {2}hosts: "?([\w:!| [\]]+)/gm)]);
    const groups = new Set(
      patterns.flatMap(
        ([, pattern]) =>
          String(pattern)
            .replace(/\|.*/, "")
            .match(/\b[a-z]\w+\b/g) ?? [],
      ),
    );
    expect(groups.size).toBeGreaterThan(3);
    const made = [...Object.keys(inventory.all.children), "all", "localhost"];
    // That one is left out on purpose, see the inventory.
    expect([...groups].filter((group) => !made.includes(group))).toEqual(["bastion"]);
  });

  test("sets no variable that its roles do not read", () => {
    const hosts = Object.values(inventory.all.hosts).flatMap((host) => Object.keys(host));
    const set = new Set([...hosts, ...Object.keys(inventory.all.vars), "kubeconfig_localhost", "artifacts_dir"]);
    expect(set.size).toBeGreaterThan(15);
    const roles = sources("roles").join("\n");
    const read = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(roles);
    expect([...set].filter((name) => !OF_ANSIBLE.includes(name) && !read(name))).toEqual([]);
    expect(read("no_such_variable")).toBe(false);
  });
});

/** Every file of a folder of Kubespray. */
function sources(folder: string): string[] {
  return readdirSync(join(TENANT_VAULT_KUBESPRAY, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(yml|yaml|j2)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}
