import { afterAll, beforeAll, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import type { Instance } from "../../src/contract/instance";
import { ReplicaApi } from "../../src/vault/replica";
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
