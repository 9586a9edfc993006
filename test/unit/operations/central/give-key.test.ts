import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { forgetKeys, giveKey, parseKey, type KeyOutcome } from "../../../../src/operations/central/give-key";
import { SimulatedCentral } from "../../../support/simulated-central";

let central: SimulatedCentral;
beforeEach(() => {
  central = new SimulatedCentral("a", "b");
  central.sealAll();
});

function give(key: string): Promise<readonly KeyOutcome[]> {
  return giveKey(clock(), central.servers, () => Promise.resolve(new Secret(key)));
}

/** A clock that moves on while somebody sleeps. @param meanwhile Happens at each sleep. */
function clock(meanwhile: () => void = () => undefined) {
  let now = 0;
  return {
    now: () => now,
    sleep: (milliseconds: number): Promise<void> => {
      now += milliseconds;
      meanwhile();
      return Promise.resolve();
    },
  };
}

/** Fails if a key is asked for. */
function nobody(): Promise<Secret> {
  return Promise.reject(new Error("a key was asked for"));
}

test("each sealed server gets the key, until the threshold opens it", async () => {
  expect(await give("key-0")).toEqual([
    { address: "https://a:8200", state: "sealed", progress: 1, threshold: 2 },
    { address: "https://b:8200", state: "sealed", progress: 1, threshold: 2 },
  ]);
  expect(await give("key-2")).toEqual([
    { address: "https://a:8200", state: "unsealed" },
    { address: "https://b:8200", state: "unsealed" },
  ]);
  expect(await giveKey(clock(), central.servers, nobody)).toMatchObject([{ state: "unsealed" }, { state: "unsealed" }]);
});

test("a key that was given before counts once, and that is told", async () => {
  await give("key-0");
  expect(await give("key-0")).toMatchObject([
    { progress: 1, repeated: true },
    { progress: 1, repeated: true },
  ]);
});

test("a wrong key that completes the threshold makes everybody give theirs again", async () => {
  await give("key-0");
  const [outcome] = await give("key-9");
  expect(outcome?.error?.code).toBe("share-refused");
  expect(outcome?.error?.message).toContain("let 2 people give their keys again");
  expect(central.server(0).received.size).toBe(0);
});

test("a key that the server refuses at once leaves the others", async () => {
  for (const { address } of central.servers) expect(address).toBeDefined();
  for (const server of central.servers) if (server.data !== undefined) server.data = { ...server.data, threshold: 3 };
  await give("key-0");
  const [outcome] = await give("short");
  expect(outcome?.error?.message).toContain("keeps those of the others");
  expect([...central.server(0).received]).toEqual(["key-0"]);
});

test("servers that are away or empty are told, and the others get the key", async () => {
  central = new SimulatedCentral("a", "b", "c", "d");
  central.sealAll();
  central.server(0).up = false;
  Object.assign(central.server(1), { data: undefined });
  central.server(2).sealType = "transit";
  expect(await give("key-0")).toMatchObject([
    { error: { code: "central-unreachable" } },
    { error: { code: "central-sealed" } },
    { error: { code: "central-sealed" } },
    { progress: 1 },
  ]);
});

describe("servers of different Vaults", () => {
  test("get no key if they tell", async () => {
    central = new SimulatedCentral("a", "b", "c");
    const [, second, third] = central.servers;
    if (second?.data !== undefined) second.data = { ...second.data, cluster: "c2" };
    if (third !== undefined) third.sealed = true;
    await expect(giveKey(clock(), central.servers, nobody)).rejects.toMatchObject({ code: "clusters-differ" });
  });

  test("get no key if they need different numbers of keys", async () => {
    const [, second] = central.servers;
    if (second?.data !== undefined) second.data = { ...second.data, threshold: 3 };
    await expect(giveKey(clock(), central.servers, nobody)).rejects.toMatchObject({ code: "clusters-differ" });
  });

  test("are told once the last key has opened one", async () => {
    const [, second] = central.servers;
    if (second?.data !== undefined) second.data = { ...second.data, cluster: "c2" };
    await give("key-0");
    expect(await give("key-1")).toMatchObject([
      { state: "unsealed" },
      { state: "unsealed", error: { code: "clusters-differ" } },
    ]);
  });
});

describe("a server that joins the others, which takes the last key and opens later,", () => {
  /** Gives the last key to such a server. */
  async function giveLast(meanwhile: () => void): Promise<KeyOutcome | undefined> {
    await give("key-0");
    const server = central.server(0);
    const joining = Object.assign(Object.create(server) as typeof server, {
      seal: {
        ...server.seal,
        give: async () => {
          server.received.clear();
          return server.seal.status();
        },
      },
    });
    const [outcome] = await giveKey(clock(meanwhile), [joining], () => Promise.resolve(new Secret("key-1")));
    return outcome;
  }

  test("is waited for", async () => {
    expect(await giveLast(() => (central.server(0).sealed = false))).toMatchObject({ state: "unsealed" });
  });

  test("was not accepted if it stays sealed", async () => {
    expect(await giveLast(() => undefined)).toMatchObject({ error: { code: "share-refused" } });
  });
});

test("a reset makes the sealed servers forget, and asks for nothing", async () => {
  await give("key-0");
  expect(await forgetKeys(central.servers)).toMatchObject([{ progress: 0 }, { progress: 0 }]);
  expect(central.server(0).received.size).toBe(0);
});

test.each([
  ["base64", randomBytes(33).toString("base64")],
  ["hexadecimal", randomBytes(33).toString("hex")],
])("a key in %s is taken, without the line end", (_, key) => {
  expect(parseKey(new Secret(`${key}\n`)).reveal()).toBe(key);
});

test.each(["", "  \n", "hvs.CAESIJ", "s.1234567890123456789012", "word", "a".repeat(4000)])(
  "%j is not sent, and not repeated in the message",
  (text) => {
    expect(() => parseKey(new Secret(text))).toThrow(/nothing was sent/);
    expect(() => parseKey(new Secret(text))).not.toThrow(/hvs|s\.123|word|aaaa/);
  },
);
