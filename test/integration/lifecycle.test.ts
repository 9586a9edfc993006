import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startLab, type Lab } from "../../lab/lab";
import { PROJECT } from "../../lab/cdktf";
import { Progress } from "../../lab/progress";
import { proveCertificate } from "../../lab/proofs/certificate";
import { proveDatabase } from "../../lab/proofs/database";
import { DeployedInstance } from "../../lab/proofs/instance";
import { proveKeyValue } from "../../lab/proofs/key-value";
import { proveSshCertificate } from "../../lab/proofs/ssh";
import { run } from "../../lab/run";
import { removeLab } from "./support/lab";
import { COMMAND } from "./support/test-bed";

/** As deep in the project as the file that it is made of, so that its imports hold. */
const TENANT_FILE = join(PROJECT, ".lab", `lifecycle-tenant-${process.pid}.ts`);

/** A second database that shares all it can with the first. */
const REPORTS = `{
          name: "reports",
          engine: "postgresql",
          host: "127.0.0.1",
          database: "orders",
          username: "vault",
          password: { mount: "operator", path: "lifecycle/postgresql", field: "password-of-reports" },
          roles: [{ name: "readonly" }],
        },`;

/** The lab's tenant under another name, on ports that are free, as its engineer would change its file. */
function writeTenantFile(change: (text: string) => string): void {
  const text = readFileSync(join(PROJECT, "lab", "tenant.ts"), "utf8")
    .replaceAll("acme", "lifecycle")
    .replaceAll("127.0.0.1:182", "127.0.0.1:192")
    .replace("databases: [", `databases: [${REPORTS}`);
  mkdirSync(dirname(TENANT_FILE), { recursive: true });
  writeFileSync(TENANT_FILE, change(text));
}

let lab: Lab;
beforeAll(async () => {
  writeTenantFile((text) => text);
  lab = await startLab(TENANT_FILE, new Progress(() => undefined));
  await lab.cdktf.deploy();
});
afterAll(async () => {
  await removeLab(lab);
  rmSync(TENANT_FILE, { force: true });
});

/** Secrets of the tenant that must outlive every mistake. */
async function writeSecret(): Promise<() => Promise<unknown>> {
  const instance = await DeployedInstance.open(lab, lab.tenant.instances[0] as never);
  await instance.operator().send("POST", "kv/data/web", { body: { data: { answer: "42" } } });
  return async () => (await instance.operator().send("GET", "kv/data/web")).body.data;
}

describe("after a deploy", () => {
  test("cdktf diff finds nothing to change", async () => {
    expect(await lab.cdktf.diff("lifecycle-config")).toMatch(/No changes/);
    for (const stack of ["central", "lifecycle-vault"]) expect(await lab.cdktf.plan(stack)).toMatch(/No changes/);
  });

  test("a changed tenant file plans that change and nothing else", async () => {
    writeTenantFile((text) => text.replace('maxTtl: "72h"', 'maxTtl: "48h"'));
    const plan = await lab.cdktf.plan("lifecycle-config");
    expect(plan).toMatch(/vault_pki_secret_backend_role\.main_pki_role_web/);
    expect(plan).toMatch(/0 to add, 1 to change, 0 to destroy/);
    expect(await lab.cdktf.plan("lifecycle-vault")).toMatch(/No changes/);
  });
});

test("Terraform imports what unmanaged --imports writes, and changes nothing but the passwords of databases", async () => {
  writeTenantFile((text) => text);
  const state = await lab.cdktf.terraform("lifecycle-config", "state", "pull");
  const file = join(lab.cdktf.stackFolder("lifecycle-config"), "import.tf");
  await run(process.execPath, [COMMAND, "unmanaged", "lifecycle/main", "--imports", file], {
    env: {
      ...lab.cdktf.environment,
      VAULT_ADDR: lab.central.server.address,
      VAULT_CACERT: lab.caCertificateFile,
      CDKTF_APP: lab.cdktf.compileApp(),
    },
  });
  const addresses = [...readFileSync(file, "utf8").matchAll(/ to = (.+)/g)].map(([, address = ""]) => address);
  expect(new Set(addresses.map((address) => address.split(".")[0]))).toEqual(
    new Set([
      "vault_approle_auth_backend_role",
      "vault_auth_backend",
      "vault_database_secret_backend_role",
      "vault_database_secrets_mount",
      "vault_mount",
      "vault_pki_secret_backend_role",
      "vault_policy",
      "vault_ssh_secret_backend_ca",
      "vault_ssh_secret_backend_role",
    ]),
  );
  await lab.cdktf.terraform("lifecycle-config", "state", "rm", ...addresses);
  const plan = await lab.cdktf.plan("lifecycle-config");
  expect(plan).toContain(`${addresses.length} to import, 0 to add, 2 to change, 0 to destroy`);
  const changed = [...plan.matchAll(/^ +~ (\w+) +=/gm)].map(([, name]) => name);
  expect(new Set(changed)).toEqual(new Set(["password_wo_version", "verify_connection"]));

  rmSync(file);
  const before = join(lab.deployFolder, "before.tfstate");
  writeFileSync(before, state);
  await lab.cdktf.terraform("lifecycle-config", "state", "push", "-force", before);
});

describe("what holds data", () => {
  test("K15: refuses to be destroyed, what cdktf prints names the field, and nothing is destroyed", async () => {
    writeTenantFile((text) => text);
    const read = await writeSecret();

    for (const stack of ["lifecycle-config", "central"]) {
      const before = readFileSync(lab.cdktf.logFile, "utf8").length;
      await expect(lab.cdktf.destroy(stack)).rejects.toThrow(`cdktf destroy ${stack}`);
      const printed = readFileSync(lab.cdktf.logFile, "utf8").slice(before);
      // Without a terminal, cdktf may cut off the errors after the plan.
      expect(stripVTControlCharacters(printed)).toMatch(
        /terraform_data\.deletionProtection [^]*Set deletionProtection to false, and deploy, before you destroy this stack\./,
      );
      await expect(lab.cdktf.planDestroy(stack)).rejects.toThrow("Instance cannot be destroyed");
    }

    expect(await read()).toMatchObject({ data: { answer: "42" } });
    expect(await lab.cdktf.plan("lifecycle-config")).toMatch(/No changes/);
  });

  test("is forgotten, and not destroyed, when its instance is retired", async () => {
    writeTenantFile((text) => text.replace('name: "main",', 'name: "main",\n      retired: true,'));
    const plan = await lab.cdktf.plan("lifecycle-config");
    expect(plan).toMatch(/0 to add, 0 to change, 0 to destroy/);
    expect(plan).toMatch(/will not delete them:[^]*vault_mount\.main_key_value_kv/);
    expect(await lab.cdktf.plan("lifecycle-vault")).toMatch(
      /instances_not_retired.*\["main"\] has moved to terraform_data\.instances_retired\["main"\]/,
    );
  });

  test("is destroyed once the tenant file has said so, and the record stays", async () => {
    writeTenantFile((text) => text.replace('name: "lifecycle",', 'name: "lifecycle",\n  deletionProtection: false,'));
    const before = await lab.central.readRecord("lifecycle", "main");
    await lab.cdktf.deploy();

    await lab.cdktf.destroy("lifecycle-config", "lifecycle-vault");

    const instance = await DeployedInstance.open(lab, lab.tenant.instances[0] as never);
    const { body } = await instance.operator().send("GET", "sys/mounts");
    expect(Object.keys(body.data as object)).not.toContain("kv/");
    expect(await lab.central.readRecord("lifecycle", "main")).toEqual(before);
  });

  test("works again after the layers are deployed once more, and a plan has no changes", async () => {
    await lab.cdktf.apply("lifecycle-vault", "lifecycle-config");

    const instance = await DeployedInstance.open(lab, lab.tenant.instances[0] as never);
    for (const prove of [proveCertificate, proveSshCertificate, proveDatabase, proveKeyValue])
      expect(await prove(instance)).toBeTypeOf("string");
    expect(await lab.cdktf.plan("lifecycle-config")).toMatch(/No changes/);
  });
});
