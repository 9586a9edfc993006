import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT } from "../../lab/cdktf";
import { startLab, type Lab } from "../../lab/lab";
import { Progress } from "../../lab/progress";
import { DeployedInstance } from "../../lab/proofs/instance";
import { tryRun, type RunResult } from "../../lab/run";
import type { VaultServer } from "../../lab/servers/vault-server";
import { obtainVaultServer } from "../../lab/tools/vault-server";
import type { VaultClient } from "../../src/vault/client";
import { commandBlocks } from "../support/command-blocks";
import { readCertificate, verify } from "./support/certificates";
import { removeLab } from "./support/lab";
import { COMMAND } from "./support/test-bed";

const TENANT_FILE = join(PROJECT, ".lab", `lost-storage-tenant-${process.pid}.ts`);
const CONFIG = "lost-config";

/** Every engine, protected as by default. */
const tenantFile = (generation: number): string => `
import { defineTenant } from "tenant-vault/tenant";

export default defineTenant({
  name: "lost",
  instances: [
    {
      name: "main",
      product: "openbao",
      address: "https://127.0.0.1:19720",
      deployment: { mode: "external", addresses: ["https://127.0.0.1:19720"] },
      pki: {
        generation: ${generation},
        permittedDomains: ["acme.internal"],
        roles: [{ name: "web", allowedDomains: ["acme.internal"], maxTtl: "72h" }],
      },
      ssh: { roles: [{ type: "certificate", name: "ops", allowedUsers: ["ubuntu"], maxTtl: "30m" }] },
      keyValue: [{ mount: "kv" }],
      databases: [
        {
          name: "orders",
          engine: "postgresql",
          host: "127.0.0.1",
          database: "orders",
          username: "vault",
          password: { mount: "operator", path: "lost/postgresql", field: "password" },
          roles: [{ name: "readonly" }],
        },
      ],
      roles: [{ name: "app", certificates: ["web"], ssh: ["ops"], databases: ["orders/readonly"], write: ["kv/app"] }],
    },
  ],
});
`;

let lab: Lab;
/** Where `vault` and `npx` are, as in a project that installed the package. */
let programs: string;
let snapshot: string;
/** The version of the record that has the keys of the lost data. */
let formerVersion = "";

/** Commands of the page, as a person runs them in one shell. */
async function shell(commands: string): Promise<RunResult> {
  const env = {
    ...lab.cdktf.environment,
    PATH: [programs, process.env.PATH].join(":"),
    VAULT_ADDR: lab.central.server.address,
    VAULT_CACERT: lab.caCertificateFile,
  };
  return tryRun("bash", ["-c", `set -euo pipefail\n${commands}`], { env });
}

/** The block of the page whose commands contain a text. */
function written(text: string): string {
  const blocks = commandBlocks().filter(
    ({ page, commands }) => page === "docs/operating/lost-storage.md" && commands.includes(text),
  );
  expect(blocks).toHaveLength(1);
  return (blocks[0]?.commands ?? "")
    .replaceAll("<tenant>/<instance>", "lost/main")
    .replaceAll("<address of the instance>", server().address)
    .replaceAll("<file>", snapshot);
}

function server(): VaultServer {
  const [found] = lab.replicas.get("main") ?? [];
  if (found === undefined) throw new Error("The lab has no server.");
  return found;
}

async function operator(): Promise<VaultClient> {
  return (await DeployedInstance.open(lab, lab.tenant.instances[0] as never)).operator();
}

async function read(path: string): Promise<unknown> {
  return (await (await operator()).send("GET", path, { accept: [404] })).body.data;
}

/** Runs Terraform for the config layer. @returns What it prints, on one line, also if it fails. */
async function terraform(...args: readonly string[]): Promise<string> {
  const output = lab.cdktf
    .terraform(CONFIG, ...args, "-input=false")
    .catch((error: unknown) => (error as Error).message);
  return stripVTControlCharacters(await output).replaceAll(/[\s│]+/g, " ");
}

beforeAll(async () => {
  mkdirSync(dirname(TENANT_FILE), { recursive: true });
  writeFileSync(TENANT_FILE, tenantFile(1));
  lab = await startLab(TENANT_FILE, new Progress(() => undefined));
  programs = join(lab.deployFolder, "bin");
  mkdirSync(programs);
  symlinkSync((await obtainVaultServer()).program, join(programs, "vault"));
  writeFileSync(join(programs, "npx"), `#!/bin/sh\nshift\nexec "${process.execPath}" "${COMMAND}" "$@"\n`, {
    mode: 0o755,
  });
  await lab.cdktf.apply("central", "lost-access", "lost-vault", CONFIG);

  await (await operator()).send("POST", "kv/data/app", { body: { data: { answer: "42" } } });
  snapshot = join(lab.deployFolder, "snapshot");
  const { "root-token": token } = await lab.central.readRecord("lost", "main");
  const save = `VAULT_TOKEN=${token} vault operator raft snapshot save -address=${server().address} ${snapshot}`;
  expect((await shell(save)).code).toBe(0);
});
afterAll(async () => {
  await removeLab(lab);
  rmSync(TENANT_FILE, { force: true });
});

test("P3: lost storage is named, and by the page the instance starts empty and its former keys stay", async () => {
  const former = await lab.central.readRecord("lost", "main");
  await server().stop("SIGKILL");
  server().wipe();
  await server().start();
  const refused = await shell("npx tenant-vault unseal lost/main");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /^tenant-vault: \[data-lost\] .* start empty by the steps in docs\/operating\/lost-storage\.md/m,
  );

  const { code, stdout, stderr } = await shell(`${written("kv put")}\necho "former version: $n"`);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("1 of 1 replicas unsealed");
  formerVersion = /former version: (\d+)/.exec(stdout)?.[1] ?? "";
  const { body } = await lab.central.client.send("GET", `customers/data/lost/main?version=${formerVersion}`);
  expect((body.data as { data: unknown }).data).toEqual(former);
  expect((await lab.central.readRecord("lost", "main"))["unseal-key-0"]).not.toBe(former["unseal-key-0"]);
  expect((await shell("npx tenant-vault status lost/main")).code).toBe(0);
});

test("P3: the next deployment rebuilds the protected engines, and names the PKI with the fix", async () => {
  const formerKey = await lab.cdktf.output(CONFIG, "main_ssh_ca_public_key");
  const sentence =
    "The mount pki was created again, so the key of its intermediate is lost; set generation of the PKI to 2 and deploy again.";
  expect(await terraform("apply", "-auto-approve")).toContain(sentence);
  expect(await terraform("plan")).toContain(sentence);

  writeFileSync(TENANT_FILE, tenantFile(2));
  await lab.cdktf.plan(CONFIG);
  expect(await terraform("apply", "-auto-approve")).toContain("Apply complete");
  expect(await terraform("plan")).toContain("No changes");
  expect(await lab.cdktf.terraform("lost-vault", "plan", "-input=false")).toContain("No changes");

  const app = await (await DeployedInstance.open(lab, lab.tenant.instances[0] as never)).client("app");
  const { body } = await app.send("POST", "pki/issue/web", { body: { common_name: "a.acme.internal" } });
  expect(await verify(lab, await readCertificate(body.data))).toBe("OK");
  expect((await app.send("GET", "database/orders/creds/readonly")).status).toBe(200);
  expect((await app.send("POST", "kv/data/app", { body: { data: { answer: "43" } } })).status).toBe(200);
  // What the page says is lost.
  expect(await lab.cdktf.output(CONFIG, "main_ssh_ca_public_key")).not.toBe(formerKey);
});

test("P3: by the page, a snapshot opens with the former keys", async () => {
  const set = `instance=lost/main\nn=${formerVersion}\n`;
  const [before = "", after = ""] = written("snapshot restore").split(/^kubectl .*\n/m);
  expect(after).not.toBe("");

  const restored = await shell(set + before);
  expect(restored.code, restored.stderr).toBe(0);
  await server().stop();
  await server().start();
  const { code, stderr } = await shell(set + after);
  expect(code, stderr).toBe(0);
  expect(await read("kv/data/app")).toMatchObject({ data: { answer: "42" } });
  expect((await shell("npx tenant-vault status lost/main")).code).toBe(0);
});
