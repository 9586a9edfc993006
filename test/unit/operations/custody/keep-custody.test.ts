import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { withPendingKeys } from "../../../../src/central/pending-keys";
import { withKeys, withRootToken, type RecordFields } from "../../../../src/central/record";
import type { Instance } from "../../../../src/contract/instance";
import { Log, type LogEvent } from "../../../../src/core/log";
import { Secret } from "../../../../src/core/secret";
import { inspectCustody, keepCustody, type CustodyContext } from "../../../../src/operations/custody/keep-custody";
import { parseCustodyManifest } from "../../../../src/operations/custody/manifest";
import type { Person } from "../../../../src/operations/custody/people";
import { chooseShares } from "../../../../src/vault/shares";
import { all } from "../../../support/all";
import { MemoryTarget } from "../../../support/memory-target";
import { damage, split } from "../../../support/shamir";
import { ageKey, decryptedWith } from "../../../support/age";

const INSTANCE: Instance = {
  tenant: "customer10",
  name: "main",
  product: "openbao",
  seal: "shamir",
  secretShares: 5,
  secretThreshold: 3,
  replicas: [{ name: "main-0", address: "https://main-0.example:8200" }],
};
const NAMES = ["alice", "bob", "carol"];
const ROOT_TOKEN = "s.the-root-token";

let people: (Person & { readonly identity: string })[];
let target: MemoryTarget;
let fields: RecordFields;
let version: number;
let minute: number;
let logged: LogEvent[];

beforeAll(async () => {
  people = await Promise.all(NAMES.map(async (name) => ({ name, ...(await ageKey()) })));
});

function keys(): string[] {
  return split(Buffer.from("0123456789abcdef0123456789abcdef"), 5, 3);
}

function recorded(values: readonly string[], type: "unseal" | "recovery" = "unseal"): RecordFields {
  const made = values.map((key) => new Secret(key));
  return withRootToken(withKeys({ "of-others": "x" }, type, made), new Secret(ROOT_TOKEN));
}

beforeEach(() => {
  [target, fields, version, minute, logged] = [new MemoryTarget(), recorded(keys()), 7, 10, []];
});

function context(change: Partial<CustodyContext> = {}): CustodyContext {
  return {
    instance: INSTANCE,
    store: { path: "customer10/main", read: () => Promise.resolve({ version, fields, deleted: false, age: 0 }) },
    target,
    people,
    clock: { date: () => new Date(`2026-11-27T00:${minute++}:00.000Z`) },
    log: new Log((event) => void logged.push(event)),
    ...change,
  };
}

/** The keys that people read in their files. */
async function keysOf(custody: string, ...names: readonly string[]): Promise<Record<string, string>> {
  const texts = await Promise.all(
    names.map((name) => {
      const identity = people.find((person) => person.name === name)?.identity ?? "";
      return decryptedWith(identity, target.files.get(`${custody}.${name}.age`));
    }),
  );
  expect(texts.join("")).not.toContain(ROOT_TOKEN);
  return Object.fromEntries(
    [...texts.join("\n").matchAll(/^((?:unseal|recovery)-key-\d+): (\S+)$/gm)].map(([, name = "", key = ""]) => [
      name,
      key,
    ]),
  );
}

/** Keys of the record, without the rest of it. */
function recordKeys(): RecordFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => /-key-\d+$/.test(name)));
}

test("everybody gets some keys, all of them together all, and nobody else can read them", async () => {
  const report = await keepCustody(context());
  expect(report).toEqual({
    custody: "customer10.main.custody-7.20261127T001000000Z",
    written: true,
    recordVersion: 7,
    people: {
      alice: ["unseal-key-0", "unseal-key-3"],
      bob: ["unseal-key-1", "unseal-key-4"],
      carol: ["unseal-key-2"],
    },
  });
  expect(await keysOf(report.custody, ...NAMES)).toEqual(recordKeys());
  for (const name of NAMES) expect(Object.keys(await keysOf(report.custody, name)).sort()).toEqual(report.people[name]);
  const [, bob] = people;
  await expect(decryptedWith(bob?.identity ?? "", target.files.get(`${report.custody}.alice.age`))).rejects.toThrow();
});

test("no key and no token is in a name, a manifest, the log or the report", async () => {
  const report = await keepCustody(context());
  const seen = [...target.files.keys(), ...[...target.files.values()].map(String), JSON.stringify([logged, report])];
  for (const secret of all([...Object.values(recordKeys()), ROOT_TOKEN])) expect(seen.join()).not.toContain(secret);
});

test("the manifest says who has which keys, and the files are those that it names", async () => {
  const { custody } = await keepCustody(context());
  const manifest = parseCustodyManifest(await target.readText(`${custody}.json`));
  expect(manifest).toMatchObject({ recordVersion: 7, seal: "shamir", shares: 5, threshold: 3, keyType: "unseal" });
  expect(manifest?.people.map(({ name, size }) => [name, size])).toEqual(
    NAMES.map((name) => [name, target.files.get(`${custody}.${name}.age`)?.length]),
  );
});

describe("a second run", () => {
  let first: string;
  beforeEach(async () => {
    first = (await keepCustody(context())).custody;
  });

  test.each<[string, () => Partial<CustodyContext>]>([
    ["the same", () => ({})],
    [
      "another version of the record with the same keys",
      () => {
        version = 9;
        fields = { ...fields, "of-others": "y" };
        return {};
      },
    ],
  ])("with %s writes nothing", async (_, change) => {
    const files = [...target.files];
    const changed = context(change());
    expect(await keepCustody(changed)).toMatchObject({ custody: first, written: false, recordVersion: 7 });
    expect([...target.files]).toEqual(files);
    expect(await inspectCustody(changed)).toMatchObject({ state: "current" });
  });

  test.each<[string, () => Partial<CustodyContext> | Promise<Partial<CustodyContext>>]>([
    [
      "rotated keys",
      () => {
        version = 9;
        fields = recorded(keys());
        return {};
      },
    ],
    ["one person more", async () => ({ people: [...people, { name: "dora", ...(await ageKey()) }] })],
    [
      "another key of a person",
      async () => {
        const [, ...others] = people;
        return { people: [{ name: "alice", ...(await ageKey()) }, ...others] };
      },
    ],
    ["another threshold", () => ({ instance: { ...INSTANCE, secretThreshold: 4 } })],
    [
      "another address",
      () => ({ instance: { ...INSTANCE, replicas: [{ name: "main-0", address: "https://new.example:8200" }] } }),
    ],
  ])("with %s writes new files, and keeps the former ones", async (_, change) => {
    const files = [...target.files];
    const changed = context(await change());
    expect(await inspectCustody(changed)).toEqual({ state: "outdated" });
    const { custody, written } = await keepCustody(changed);
    expect([written, custody === first]).toEqual([true, false]);
    expect([...target.files].slice(0, files.length)).toEqual(files);
    expect(await inspectCustody(changed)).toMatchObject({ state: "current" });
  });

  test("replaces a custody of which a file is lost or cut off", async () => {
    target.files.set(`${first}.bob.age`, Buffer.from("x"));
    expect(await inspectCustody(context())).toEqual({ state: "missing" });
    expect(await keepCustody(context())).toMatchObject({ written: true });
  });
});

test.each(
  [0, 1, 2, 3].flatMap((write) => (["crash-before", "crash-after"] as const).map((fault) => ({ write, fault }))),
)("a run that dies at write $write, $fault, leaves nothing that counts but is not complete", async (crash) => {
  target.crash = crash;
  await expect(keepCustody(context())).rejects.toThrow();
  const finished = crash.write === 3 && crash.fault === "crash-after";
  expect((await inspectCustody(context())).state).toBe(finished ? "current" : "missing");
  const { custody, written } = await keepCustody(context());
  expect(written).toBe(!finished);
  expect(await keysOf(custody, ...NAMES)).toEqual(recordKeys());
});

test("recovery keys are given as well", async () => {
  fields = recorded(keys(), "recovery");
  const { custody } = await keepCustody(context({ instance: { ...INSTANCE, seal: "transit" } }));
  expect(await keysOf(custody, ...NAMES)).toEqual(recordKeys());
});

test("two people of three open the data", async () => {
  const { custody } = await keepCustody(context());
  const two = Object.values(await keysOf(custody, "bob", "carol")).map((key) => new Secret(key));
  expect(chooseShares(two, 3)).toHaveLength(3);
});

test.each<[string, () => Partial<CustodyContext>, string, RegExp]>([
  ["no keys", () => ({ store: recordOf({}) }), "not-initialized", /has no keys yet/],
  [
    "a missing key",
    () => ({ store: recordOf(recorded(keys().slice(1))) }),
    "escrow-incomplete",
    /customers\/customer10\/main holds 4 keys of 5,/,
  ],
  [
    "a damaged key",
    () => ({ store: recordOf(recorded(keys().map((key, index) => (index === 3 ? damage(key) : key)))) }),
    "escrow-incomplete",
    /has keys that do not belong together/,
  ],
  [
    "a key twice",
    () => {
      const [first = "", ...others] = keys();
      return { store: recordOf(recorded([first, first, ...others.slice(1)])) };
    },
    "escrow-incomplete",
    /has keys that do not belong together/,
  ],
  [
    "an interrupted rotation",
    () => ({
      store: recordOf(
        withPendingKeys(fields, "unseal", { keys: [new Secret("new")], threshold: 1, ceremony: "nonce" }),
      ),
    }),
    "rotation-unfinished",
    /rotate-keys customer10\/main/,
  ],
  ["too few people", () => ({ people: people.slice(1) }), "custody-people", /at least 3 people/],
])("%s is refused, and nothing is written", async (_, change, code, message) => {
  await expect(keepCustody(context(change()))).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
  });
  expect(target.files.size).toBe(0);
});

function recordOf(found: RecordFields): CustodyContext["store"] {
  return {
    path: "customer10/main",
    read: () => Promise.resolve({ version: 7, fields: found, deleted: false, age: 0 }),
  };
}
