import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { kubespray } from "../../../src/cli/kubespray";
import { hostOf } from "../../support/command-host";
import { FakeVault } from "../../support/vault-api";

const CLUSTER = {
  tenant: "customer10",
  version: "2.32.0",
  inventory: {},
  apiAddress: "203.0.113.5",
  needsCloud: false,
  kubeconfig: { mount: "clusters", path: "customer10" },
};

let central: FakeVault;
let folder: string;
beforeEach(async () => {
  central = await FakeVault.start(() => ({ status: 404 }));
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-kubespray-"));
});
afterEach(async () => {
  await central.stop();
  rmSync(folder, { recursive: true });
});

test.each<[string, string, object | undefined, string]>([
  ["a name that is not a tenant's", "Customer/10", CLUSTER, "usage"],
  ["machines of which nothing is known", "customer10", undefined, "not-described"],
  ["another tenant's machines", "customer11", CLUSTER, "description-mismatch"],
  ["a description that cannot be read", "customer10", { tenant: "customer10" }, "description-invalid"],
  ["no Kubespray", "customer10", CLUSTER, "kubespray-missing"],
])("%s is refused before the central Vault is asked", async (_, tenant, description, code) => {
  const environment = {
    TENANT_VAULT_STATE_DIR: folder,
    ...(description === undefined ? {} : { TENANT_VAULT_CLUSTER: JSON.stringify(description) }),
  };
  await expect(kubespray(hostOf(central, environment), tenant)).rejects.toMatchObject({ code });
  expect(central.asked).toEqual([]);
});

test("what Terraform passed is remembered, so that the run can be resumed by hand", async () => {
  const environment = { TENANT_VAULT_STATE_DIR: folder };
  const described = { ...environment, TENANT_VAULT_CLUSTER: JSON.stringify(CLUSTER) };
  await expect(kubespray(hostOf(central, described), "customer10")).rejects.toMatchObject({
    code: "kubespray-missing",
  });
  await expect(kubespray(hostOf(central, environment), "customer10")).rejects.toMatchObject({
    code: "kubespray-missing",
  });
});

test("O1: --check refuses what a run would, and remembers nothing, before there are machines", async () => {
  const { tenant, version, kubeconfig } = CLUSTER;
  const TENANT_VAULT_CLUSTER = JSON.stringify({ tenant, version, kubeconfig, needsCloud: true });
  const checkout = join(folder, "checkout");
  mkdirSync(checkout);
  writeFileSync(join(checkout, "galaxy.yml"), "version: 2.32.0\n");
  const environment = { TENANT_VAULT_STATE_DIR: folder, TENANT_VAULT_CLUSTER, TENANT_VAULT_KUBESPRAY: checkout };
  const check = (more: object = {}): unknown =>
    kubespray(hostOf(central, { ...environment, ...more }), "customer10", { check: true });

  await expect(check({ TENANT_VAULT_KUBESPRAY: "" })).rejects.toMatchObject({ code: "kubespray-missing" });
  await expect(check()).rejects.toMatchObject({ code: "kubespray-credentials" });
  expect(central.asked).toEqual([]);
  const cloud = {
    OS_AUTH_URL: "https://cloud",
    OS_REGION_NAME: "RegionOne",
    OS_APPLICATION_CREDENTIAL_ID: "0a1b",
    OS_APPLICATION_CREDENTIAL_SECRET: "SECRET",
  };
  expect(await check(cloud)).toMatchObject({ text: "customer10: Kubespray can run\n" });
  expect(existsSync(join(folder, "kubespray"))).toBe(false);
});
