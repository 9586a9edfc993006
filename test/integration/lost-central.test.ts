import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROJECT } from "../../lab/cdktf";
import { begin, type Command, type RunResult } from "../../lab/run";
import type { VaultServer } from "../../lab/servers/vault-server";
import { obtainVaultServer } from "../../lab/tools/vault-server";
import { waitUntil } from "../../lab/wait";
import type { Instance } from "../../src/contract/instance";
import { ageKey, type AgeKey } from "../support/age";
import { all } from "../support/all";
import { commandBlocks } from "../support/command-blocks";
import { split } from "../support/shamir";
import { COMMAND, TestBed } from "./support/test-bed";

/** The blocks of a page, in order. */
function blocks(page: string): string[] {
  return commandBlocks()
    .filter((block) => block.page === `docs/operating/${page}.md`)
    .map(({ commands }) => commands);
}

const [STATUS = "", UNSEAL = ""] = blocks("unseal-central");
const [POLICY = "", SAVE = "", PRUNE = "", LIST = ""] = blocks("back-up-central");
const [RESTORE = "", UNSEAL_RESTORED = "", UNSEAL_ALL = "", VERIFY_ALL = ""] = blocks("lost-central");

/** A key of another Vault. */
const [STRANGE = ""] = split(Buffer.alloc(32, 7), 3, 2);

let bed: TestBed;
let key: AgeKey;
let instance: Instance;
let server: VaultServer;
/** A server that the central Vault has only after its loss. */
let second: VaultServer;
/** Everything that commands have printed. */
let printed = "";

beforeAll(async () => {
  bed = await TestBed.start({ people: { shares: 3, threshold: 2 } });
  key = await ageKey();
  writeFileSync(join(bed.folder, "key.txt"), `${key.identity}\n`, { mode: 0o600 });
  mkdirSync(join(bed.folder, "bin"));
  symlinkSync((await obtainVaultServer()).program, join(bed.folder, "bin", "vault"));
  const started = await bed.startInstance("main", 1);
  instance = started.instance;
  [server] = started.servers as [VaultServer];
  await bed.unseal(instance);
});
afterAll(() => bed.stop());

/** What a person types, with one server of the central Vault or both. */
function type(commands: string, { env = {}, input = "", both = false } = {}): Command {
  const typed = commands
    .replaceAll("npx tenant-vault", `node ${COMMAND}`)
    .replaceAll(" --address https://central-1.example:8200", both ? ` --address ${second.address}` : "")
    .replaceAll("https://central-0.example:8200", bed.central.server.address)
    .replaceAll("s3://backups/central", `file:${join(bed.folder, "snapshots")}`)
    .replaceAll("age1...", key.recipient);
  return begin("bash", ["-c", `set -euo pipefail\n${typed}`], {
    cwd: bed.folder,
    input,
    env: {
      PATH: [join(bed.folder, "bin"), process.env.PATH].join(":"),
      HOME: bed.folder,
      VAULT_ADDR: bed.central.server.address,
      VAULT_CACERT: bed.caFile,
      TENANT_VAULT_STATE_DIR: join(bed.folder, "state"),
      NODE_PATH: join(PROJECT, "node_modules"),
      ...env,
    },
    onOutput: (text) => (printed += text),
  });
}

function shell(commands: string, options?: Parameters<typeof type>[1]): Promise<RunResult> {
  return type(commands, options).ended;
}

async function expectSuccess(running: Promise<RunResult>): Promise<string> {
  const { code, stdout, stderr } = await running;
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

/** A person comes with a key. */
async function give(person: number, both = false): Promise<string> {
  return expectSuccess(shell(both ? UNSEAL_RESTORED : UNSEAL, { input: bed.central.unsealKeys[person], both }));
}

function asRoot(): { VAULT_TOKEN: string } {
  return { VAULT_TOKEN: bed.central.rootToken };
}

describe("a central Vault whose server restarted", () => {
  beforeAll(async () => {
    expect(await expectSuccess(shell(STATUS))).toMatch(/^central Vault {2}healthy\n.* unsealed +active, version 2/);
    await bed.central.server.stop("SIGKILL");
    await bed.central.server.start();
  });

  test("is shown as sealed, with the exit code 2 and without a token", async () => {
    const { code, stdout } = await shell(`${STATUS.trim()} --json`);
    expect(code).toBe(2);
    const states = [{ state: "sealed", progress: 0, threshold: 2, shares: 3 }];
    expect(JSON.parse(stdout)).toMatchObject({ healthy: false, servers: states });
  });

  test("refuses a wrong key only when the threshold is reached, and tells everybody to come again", async () => {
    expect(await give(0)).toContain("1 of 2 keys; 1 more person has to give a key");
    expect(await give(0)).toContain("1 of 2 keys, and this one was among them; 1 more person has to give a key");
    const { code, stdout } = await shell(UNSEAL, { input: STRANGE });
    expect([code, stdout]).toEqual([1, expect.stringContaining("[share-refused]")]);
    expect(stdout).toContain("let 2 people give their keys again");
    const longer = await shell(UNSEAL, { input: Buffer.alloc(40, 9).toString("base64") });
    expect(longer.stdout).toMatch(/\[share-refused\] .*refuses this key, and keeps those of the others/);
  });

  test("forgets keys on request, and is unsealed by two people", async () => {
    await give(0);
    expect(await expectSuccess(shell(`${UNSEAL.trim()} --reset`))).toContain("0 of 2 keys");
    expect(await give(1)).toContain("1 of 2 keys");
    expect(await give(2)).toMatch(/: unsealed\n$/);
    expect(await give(0)).toMatch(/: unsealed\n$/);
    await waitUntil("it is active", async () => (await shell(STATUS)).code === 0);
  });

  test("says in one sentence if a server does not answer", async () => {
    const absent = UNSEAL.replace("https://central-1.example:8200", "https://127.0.0.1:1");
    const { code, stdout } = await shell(absent, { input: bed.central.unsealKeys[0] });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^https:\/\/127\.0\.0\.1:1: \[central-unreachable\] [^\n]*\(ECONNREFUSED\)[^\n]*\.$/m);
  });
});

describe("a central Vault with a record, whose storage is lost", () => {
  let record: Record<string, string>;

  beforeAll(async () => {
    record = await bed.central.readRecord("customer10", "main");
    // A server that joins gets its vote at once.
    await bed.central.client.send("POST", "sys/storage/raft/autopilot/configuration", {
      body: { server_stabilization_time: "1s" },
    });
    await expectSuccess(shell(POLICY, { env: asRoot() }));
    expect(await expectSuccess(shell(SAVE))).toMatch(/^central Vault: saved central-vault\.\S+, \d+ bytes/);
    expect(await expectSuccess(shell(LIST))).toMatch(/opens with 2 of 3 keys of that time\n$/);

    await Promise.all([bed.central.server.stop("SIGKILL"), server.stop("SIGKILL")]);
    bed.central.server.wipe();
    [second] = await Promise.all([bed.startServer("central-1"), bed.central.server.start(), server.start()]);
  });

  test("is restored into empty servers only by force, and with a reason", async () => {
    const checked = await shell(RESTORE.replace(/--force.*/, ""), { both: true });
    expect([checked.code, checked.stderr]).toEqual([1, expect.stringContaining("[data-lost]")]);
    const unexplained = await shell(RESTORE.replace(/--break-glass.*/, ""), { both: true });
    expect(unexplained.stderr).toContain("[usage] --force replaces data");
  });

  test("works again on new servers, once its people have come, and a tenant's instance is unsealed from the record", async () => {
    const restore = type(RESTORE, { both: true });
    let ended = false;
    void restore.ended.then(() => (ended = true));
    await waitUntil("the first server has the data", () =>
      Promise.resolve(ended || printed.includes("the central Vault has the data of the snapshot")),
    );
    expect(await shell(STATUS, { both: true })).toMatchObject({ code: 2 });
    const first = await shell(UNSEAL_RESTORED, { input: bed.central.unsealKeys[0], both: true });
    expect(first.stdout).toMatch(/1 of 2 keys/);
    await shell(UNSEAL_RESTORED, { input: bed.central.unsealKeys[1], both: true });
    await waitUntil("the second server has joined", async () => {
      const { stdout } = await shell(STATUS, { both: true });
      return ended || / sealed +0 of 2 keys/.test(stdout);
    });
    await give(1, true);
    expect(await give(2, true)).toBe(`${bed.central.server.address}: unsealed\n${second.address}: unsealed\n`);
    expect(await expectSuccess(restore.ended)).toMatch(/restored central-vault\.\S+; 2 of 2 servers unsealed/);

    expect(await expectSuccess(shell(STATUS, { both: true }))).toMatch(/^central Vault {2}healthy\n/);
    expect(await expectSuccess(shell(UNSEAL_ALL, { env: asRoot() }))).toContain("1 of 1 replicas unsealed");
    expect(await expectSuccess(shell("npx tenant-vault status", { env: asRoot() }))).toContain(
      "customer10/main  healthy",
    );
    expect(await expectSuccess(shell(VERIFY_ALL, { env: asRoot() }))).toContain("any 3 of them open the data");
    expect(await bed.central.readRecord("customer10", "main")).toMatchObject(record);
  });

  test("goes back to a snapshot while it runs, which its own keys must open", async () => {
    await bed.central.client.send("POST", "customers/data/customer10/later", { body: { data: { a: "b" } } });
    const checked = RESTORE.replace(/--force.*/, "");
    expect(await expectSuccess(shell(checked, { both: true, env: asRoot() }))).toContain("2 voters in raft");
    const { status } = await bed.central.client.send("GET", "customers/data/customer10/later", { accept: [404] });
    expect(status).toBe(404);
    expect(await expectSuccess(shell(PRUNE))).toContain("removed 0 snapshots");
  });
});

test("no key and no token was printed, by any of the commands", () => {
  for (const secret of all([...bed.central.unsealKeys, STRANGE, key.identity, bed.central.rootToken]))
    expect(printed).not.toContain(secret);
  expect(bed.journals()).toEqual([]);
});
