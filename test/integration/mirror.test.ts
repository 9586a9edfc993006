import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT } from "../../lab/cdktf";
import { LabCentral } from "../../lab/central";
import { tryRun, type RunResult } from "../../lab/run";
import type { VaultServer } from "../../lab/servers/vault-server";
import { obtainVaultServer } from "../../lab/tools/vault-server";
import type { Instance } from "../../src/contract/instance";
import { ageKey } from "../support/age";
import { commandBlocks } from "../support/command-blocks";
import { COMMAND, TestBed } from "./support/test-bed";

/** The blocks of the page: mirror, central Vault, copy, and the loss of the central Vault. */
const [PREPARE = "", ALLOW = "", COPY = "", LOST = ""] = commandBlocks()
  .filter(({ page }) => page === "docs/operating/mirror.md")
  .map(({ commands }) => commands);

let bed: TestBed;
let mirror: LabCentral;
let instance: Instance;
let servers: readonly VaultServer[];

beforeAll(async () => {
  bed = await TestBed.start();
  ({ instance, servers } = await bed.startInstance("main", 1));
  await bed.unseal(instance);
  mirror = await LabCentral.open(await bed.startServer("mirror"));
  mkdirSync(join(bed.folder, "bin"));
  symlinkSync((await obtainVaultServer()).program, join(bed.folder, "bin", "vault"));
  await expectSuccess(shell(PREPARE, administrator(mirror)));
  await expectSuccess(shell(ALLOW, administrator(bed.central)));
});
afterAll(() => bed.stop());

function administrator({ server, rootToken }: LabCentral): NodeJS.ProcessEnv {
  return { VAULT_ADDR: server.address, VAULT_TOKEN: rootToken };
}

/** What a person types at the machine of the copies. */
function shell(commands: string, env: NodeJS.ProcessEnv): Promise<RunResult> {
  const typed = commands
    .replaceAll("npx tenant-vault", `node ${COMMAND}`)
    .replaceAll("<tenant>/<instance>", "customer10/main")
    .replaceAll("https://vault.elsewhere.example:8200", mirror.server.address);
  return tryRun("bash", ["-c", `set -euo pipefail\n${typed}`], {
    cwd: bed.folder,
    env: {
      PATH: [join(bed.folder, "bin"), process.env.PATH].join(":"),
      HOME: bed.folder,
      VAULT_ADDR: bed.central.server.address,
      VAULT_CACERT: bed.caFile,
      TENANT_VAULT_MIRROR_CACERT: bed.caFile,
      TENANT_VAULT_STATE_DIR: join(bed.folder, "state"),
      NODE_PATH: join(PROJECT, "node_modules"),
      ...env,
    },
  });
}

async function expectSuccess(running: Promise<RunResult>): Promise<string> {
  const { code, stdout, stderr } = await running;
  expect(code, stderr).toBe(0);
  return stdout;
}

async function data(vault: LabCentral, path: string): Promise<unknown> {
  const [mount, ...rest] = path.split("/");
  const { body } = await vault.client.send("GET", `${mount}/data/${rest.join("/")}`, { accept: [404] });
  return (body.data as { data?: unknown } | undefined)?.data;
}

async function metadata(vault: LabCentral): Promise<{ custom_metadata: unknown; current_version: number }> {
  const { body } = await vault.client.send("GET", "customers/metadata/customer10/main");
  return body.data as { custom_metadata: unknown; current_version: number };
}

test("copies every version and the metadata, and nothing the second time", async () => {
  expect(await expectSuccess(shell(COPY, {}))).toMatch(/^(\d+) of \1 secrets are in the mirror at .*, \1 of them/);
  const source = await metadata(bed.central);
  const copied = await metadata(mirror);
  expect(copied.custom_metadata).toEqual(source.custom_metadata);
  expect(copied.current_version).toBeGreaterThan(1);
  for (const path of ["customers/customer10/main", ...["apply", "plan", "operate", "ceremony"].map(accessOf)]) {
    expect(await data(mirror, path), path).toEqual(await data(bed.central, path));
    expect(await data(mirror, path), path).toBeDefined();
  }
  expect(await expectSuccess(shell(COPY, {}))).toMatch(/, 0 of them with new versions\n$/);
});

test("adds what changed, and keeps what is deleted", async () => {
  await bed.central.client.send("POST", "customers/data/customer10/other", { body: { data: { "unseal-key-1": "a" } } });
  await expectSuccess(shell(COPY, {}));
  await bed.central.client.send("POST", "customers/data/customer10/other", { body: { data: { "unseal-key-1": "b" } } });
  await bed.central.client.send("POST", "customers/data/customer10/other", { body: { data: { "unseal-key-1": "c" } } });
  await bed.central.client.send("DELETE", "customers/data/customer10/other");

  expect(await expectSuccess(shell(COPY, {}))).toContain(
    "customers/customer10/other: deleted in the central Vault, kept",
  );

  expect(await data(mirror, "customers/customer10/other")).toEqual({ "unseal-key-1": "b" });
});

test("overwrites nothing that somebody else wrote into the mirror", async () => {
  const path = "customers/data/customer10/third";
  await bed.central.client.send("POST", path, { body: { data: { "unseal-key-1": "of the central Vault" } } });
  await mirror.client.send("POST", path, { body: { data: { "unseal-key-1": "of the mirror" } } });

  const { code, stdout, stderr } = await shell(COPY, {});

  expect(code).toBe(1);
  expect(stdout).toContain("customers/customer10/third: [mirror-diverged]");
  expect(stdout + stderr).not.toMatch(/of the central Vault"|of the mirror"/);
  expect(await data(mirror, "customers/customer10/third")).toEqual({ "unseal-key-1": "of the mirror" });
  await mirror.client.send("DELETE", "customers/metadata/customer10/third");
  await expectSuccess(shell(COPY, {}));
});

test("sends the token of the central Vault to no other Vault", async () => {
  const withoutToken = COPY.replace(/ TENANT_VAULT_MIRROR_TOKEN=\S+ mirror-token\)/, "");
  expect(withoutToken).not.toBe(COPY);
  const { code, stderr } = await shell(withoutToken, {});
  expect(code).toBe(1);
  expect(stderr).toContain("[central-denied] No token for the mirror");
});

test("with the central Vault lost, the mirror unseals and restores an instance, and fills an empty central Vault", async () => {
  const { identity, recipient } = await ageKey();
  const identityFile = join(bed.folder, "identity.txt");
  writeFileSync(identityFile, identity, { mode: 0o600 });
  const target = `--target file:${join(bed.folder, "snapshots")}`;
  const saved = await expectSuccess(
    shell(`npx tenant-vault snapshot save <tenant>/<instance> ${target} --recipient ${recipient} --json`, {
      VAULT_TOKEN: bed.central.rootToken,
    }),
  );
  const { snapshot } = JSON.parse(saved) as { snapshot: string };
  const record = await data(bed.central, "customers/customer10/main");
  await bed.central.server.stop("SIGKILL");
  const [server] = servers;
  await server?.stop("SIGKILL");
  await server?.start();

  expect(await expectSuccess(shell(LOST, administrator(mirror)))).toContain("1 of 1 replicas unsealed");
  // The mirror numbers the versions of the record anew.
  const restore = `npx tenant-vault snapshot restore <tenant>/<instance> ${target} --from ${snapshot} --identity ${identityFile}`;
  await expectSuccess(shell(restore, administrator(mirror)));

  const rebuilt = await LabCentral.open(await bed.startServer("rebuilt"));
  await expectSuccess(shell(PREPARE, administrator(rebuilt)));
  const exchanged = {
    ...administrator(mirror),
    TENANT_VAULT_MIRROR_TOKEN: rebuilt.rootToken,
    TENANT_VAULT_MIRROR_ADDR: rebuilt.server.address,
  };
  await expectSuccess(shell("npx tenant-vault mirror", exchanged));
  expect(await data(rebuilt, "customers/customer10/main")).toMatchObject(record as object);
});

function accessOf(identity: string): string {
  return `access/customer10/main/${identity}`;
}
