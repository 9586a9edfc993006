import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROJECT } from "../../lab/cdktf";
import { run } from "../../lab/run";
import type { VaultServer } from "../../lab/servers/vault-server";
import { obtainVaultServer } from "../../lab/tools/vault-server";
import type { Instance } from "../../src/contract/instance";
import { ReplicaApi } from "../../src/vault/replica";
import { ageKey, decryptedWith } from "../support/age";
import { all } from "../support/all";
import { damage } from "../support/shamir";
import { staticSeal } from "./support/seals";
import { TestBed } from "./support/test-bed";

let bed: TestBed;
let instance: Instance;
let server: VaultServer;
beforeAll(async () => {
  bed = await TestBed.start();
  const started = await bed.startInstance("escrowed", 1);
  ({ instance } = started);
  [server] = started.servers as [VaultServer];
  await bed.unseal(instance);
});
afterAll(() => bed.stop());

const TARGET = "customer10/escrowed";

type Fields = Record<string, string>;

function verify(...args: readonly string[]) {
  return bed.run(["escrow", "verify", ...args], bed.environment());
}

async function write(fields: Fields): Promise<void> {
  await bed.central.client.send("POST", `customers/data/${TARGET}`, { body: { data: fields } });
}

/** Does work with another record, and writes the former one back. */
async function withRecord(change: (fields: Fields) => Fields, work: () => Promise<void>): Promise<void> {
  const fields = await bed.central.readRecord("customer10", "escrowed");
  await write(change({ ...fields }));
  try {
    await work();
  } finally {
    await write(fields);
  }
}

async function verifiedAt(): Promise<string | undefined> {
  const { body } = await bed.central.client.send("GET", `customers/metadata/${TARGET}`);
  return (body.data as { custom_metadata: Fields }).custom_metadata["escrow-verified"];
}

test("a record with every key is proven, and nothing changes in the instance", async () => {
  const { "root-token": token = "" } = await bed.central.readRecord("customer10", "escrowed");
  const root = server.client(token);
  const rotations = async () => (await root.send("GET", "sys/rotate/root/init")).body.data;
  const accessors = async () => (await root.send("LIST", "auth/token/accessors")).body.data as { keys: string[] };
  const before = [await rotations(), (await accessors()).keys.length];
  const { code, stdout, stderr, failure } = await verify(TARGET);
  expect([code, failure]).toEqual([0, ""]);
  expect(stdout).toBe(`${TARGET}: its record has all 5 unseal keys, and any 3 of them open the data\n`);
  expect([await rotations(), (await accessors()).keys.length]).toEqual(before);
  for (const secret of all(Object.values(await bed.central.readRecord("customer10", "escrowed"))))
    expect(stdout + stderr).not.toContain(secret);
  expect(await verifiedAt()).toMatch(/^\d{4}-/);
  expect((await new ReplicaApi(server.client()).status()).state).toBe("unsealed");
  // The keys of the record are those that open it.
  await server.stop("SIGKILL");
  await server.start();
  expect(await bed.run(["unseal", TARGET], bed.environment())).toMatchObject({ code: 0 });
});

test("recovery keys are proven as well", async () => {
  const settings = staticSeal(bed, "by-itself");
  const other = await bed.startInstance("by-itself", 1, { seal: "static", settings });
  await bed.unseal(other.instance);
  const { code, stdout } = await verify("customer10/by-itself", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    instance: "customer10/by-itself",
    verified: true,
    shares: 5,
    threshold: 3,
    keyType: "recovery",
  });
});

test.each<[string, (fields: Fields) => Fields, RegExp]>([
  [
    "a damaged key",
    (fields) => ({ ...fields, "unseal-key-3": damage(fields["unseal-key-3"] ?? "") }),
    /\[escrow-incomplete\] .* 4 good unseal keys of 5 \(unseal-key-3 damaged\)/,
  ],
  ["a missing key", ({ "unseal-key-1": _, ...fields }) => fields, /\[escrow-incomplete\] .* 4 good unseal keys of 5,/],
  [
    "fewer keys than the threshold",
    ({ "unseal-key-0": _a, "unseal-key-1": _b, "unseal-key-2": _c, ...fields }) => fields,
    /\[too-few-keys\] .* 2 unseal keys, and the servers want 3/,
  ],
  [
    "three damaged keys",
    (fields) =>
      Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name, /key-[012]$/.test(name) ? damage(value) : value]),
      ),
    /\[keys-refused\]/,
  ],
])("a record with %s fails", async (_, change, failure) => {
  await withRecord(change, async () => {
    expect(await verify(TARGET)).toMatchObject({ code: 1, failure: expect.stringMatching(failure) as string });
  });
  const { "root-token": token = "" } = await bed.central.readRecord("customer10", "escrowed");
  const { body } = await server.client(token).send("GET", "sys/rotate/root/init");
  expect(body.data).toMatchObject({ started: false });
});

describe("a second custody", () => {
  const NAMES = ["alice", "bob", "carol"];
  let identities: Map<string, string>;
  let environment: Record<string, string>;
  let folder: string;

  beforeAll(async () => {
    identities = new Map();
    folder = join(bed.folder, "custody");
    const lines: string[] = [];
    for (const name of NAMES) {
      const { identity, recipient } = await ageKey();
      identities.set(name, identity);
      lines.push(`${name} ${recipient}\n`);
    }
    const people = join(bed.folder, "people");
    writeFileSync(people, lines.join(""));
    // What the guide names, and nothing else.
    const guide = readFileSync(join(PROJECT, "docs", "operating", "second-custody.md"), "utf8");
    const policy = all(guide.match(/^ *path "customers\/.*$/gm) ?? []).join("\n");
    const { client } = bed.central;
    await client.send("PUT", "sys/policies/acl/tenant-vault-custody", { body: { policy } });
    const { body } = await client.send("POST", "auth/token/create", {
      body: { policies: ["tenant-vault-custody"], no_default_policy: true },
    });
    const { client_token: token } = body.auth as { client_token: string };
    const custody = { TENANT_VAULT_CUSTODY: `file:${folder}`, TENANT_VAULT_CUSTODY_PEOPLE: people };
    environment = { ...bed.environment(), ...custody, VAULT_TOKEN: token };
  });

  function custody(...args: readonly string[]) {
    return bed.run(["escrow", "custody", ...args], environment);
  }

  function verifyWithCustody() {
    return bed.run(["escrow", "verify", TARGET], { ...environment, VAULT_TOKEN: bed.hookToken });
  }

  /** What people read in the newest files of the instance. */
  async function readAs(...names: readonly string[]): Promise<string> {
    const manifests = readdirSync(folder).filter((file) => /^customer10\.escrowed\.custody-.*\.json$/.test(file));
    const newest =
      manifests
        .map((file) => file.replace(/\.json$/, ""))
        .sort((one, other) => timeOf(one).localeCompare(timeOf(other)))
        .at(-1) ?? "";
    const texts = names.map((name) =>
      decryptedWith(identities.get(name) ?? "", readFileSync(join(folder, `${newest}.${name}.age`))),
    );
    return (await Promise.all(texts)).join("\n");
  }

  function timeOf(custody: string): string {
    return custody.split(".").at(-1) ?? "";
  }

  function keysIn(text: string): Fields {
    const found = text.matchAll(/^(unseal-key-\d): (\S+)$/gm);
    return Object.fromEntries([...found].map(([, name = "", key = ""]) => [name, key]));
  }

  test("is written once for every instance, and verified", async () => {
    const { code, stdout, stderr } = await custody("--all");
    expect(code, stdout + stderr).toBe(0);
    expect(stdout.match(/gave its keys to 3 people/g)).toHaveLength(2);
    const { "root-token": root = "", ...record } = await bed.central.readRecord("customer10", "escrowed");
    const text = await readAs(...NAMES);
    expect(record).toMatchObject(keysIn(text));
    expect(Object.keys(keysIn(text))).toHaveLength(5);
    const stored = readdirSync(folder).map((file) => readFileSync(join(folder, file), "latin1"));
    for (const secret of [root, ...Object.values(keysIn(text))])
      expect(stored.join() + stdout + stderr).not.toContain(secret);
    expect(text).not.toContain(root);

    const files = readdirSync(folder);
    expect((await custody("--all")).stdout.match(/3 people have its keys/g)).toHaveLength(2);
    expect(readdirSync(folder)).toEqual(files);
    expect((await verifyWithCustody()).stdout).toMatch(/; people have them as well\n$/);
  });

  test("opens the servers and brings the record back, after it was deleted for good", async () => {
    await bed.central.client.send("DELETE", `customers/metadata/${TARGET}`);
    await server.stop("SIGKILL");
    await server.start();
    const text = await readAs("alice", "carol");
    const [, command = ""] = /^bao (operator unseal .*)$/m.exec(text) ?? [];
    const [certificate = ""] = /^-----BEGIN CERTIFICATE[^]*?END CERTIFICATE-----$/m.exec(text) ?? [];
    writeFileSync(join(bed.folder, "ca.pem"), certificate);
    const { program } = await obtainVaultServer();
    const keys = Object.values(keysIn(text));
    expect(keys).toHaveLength(3);
    // Without the key, the program asks for it on a terminal.
    for (const key of keys)
      await run(program, [...command.split(" "), key], {
        cwd: bed.folder,
        env: { PATH: process.env.PATH, HOME: bed.folder },
      });
    expect((await new ReplicaApi(server.client()).status()).state).toBe("unsealed");

    await write(keysIn(await readAs(...NAMES)));
    expect(await bed.run(["unseal", TARGET], bed.environment(instance))).toMatchObject({ code: 0 });
    expect(await bed.run(["status", TARGET], bed.environment())).toMatchObject({ code: 0 });
    expect((await custody(TARGET)).stdout).toContain("3 people have its keys");
  });

  test("is outdated after a rotation, until the next run renews it", async () => {
    expect(await bed.run(["rotate-keys", TARGET], bed.environment())).toMatchObject({ code: 0 });
    const { failure } = await verifyWithCustody();
    expect(failure).toMatch(
      /\[custody-outdated\] .* is older than .*"tenant-vault escrow custody customer10\/escrowed"/,
    );
    expect((await custody(TARGET, "--prune")).stdout).toMatch(/gave its keys to 3 people, .* removed 1 former ones\n$/);
    expect(await bed.central.readRecord("customer10", "escrowed")).toMatchObject(keysIn(await readAs(...NAMES)));
  });
});

test("storage that another cluster has taken fails, and so does the whole tenant, one line per instance", async () => {
  await server.stop();
  server.wipe();
  await server.start();
  const { body } = await server.client().send("PUT", "sys/init", { body: { secret_shares: 5, secret_threshold: 3 } });
  const { keys_base64: keys } = body as { keys_base64: string[] };
  for (const key of keys.slice(0, 3)) await server.client().send("PUT", "sys/unseal", { body: { key } });

  const single = await verify(TARGET, "--timeout", "30");
  expect(single).toMatchObject({ code: 1, failure: expect.stringContaining("[identity-rehearsal]") as string });
  expect(await verify(TARGET, "--all")).toMatchObject({
    code: 1,
    failure: expect.stringContaining("[usage]") as string,
  });
  const fleet = await verify("--tenant", "customer10", "--timeout", "30");
  expect(fleet.code).toBe(1);
  expect(fleet.stdout.trim().split("\n").sort()).toEqual([
    "customer10/by-itself: its record has all 5 recovery keys, and any 3 of them open the data",
    expect.stringContaining(`${TARGET}: [identity-rehearsal]`),
  ]);
});
