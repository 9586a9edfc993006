import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Log, type LogEvent } from "../../../../src/core/log";
import { Secret } from "../../../../src/core/secret";
import {
  restoreCentral,
  situationOf,
  type CentralRestore,
  type CentralRestoreReport,
} from "../../../../src/operations/central/restore-central";
import { saveCentral } from "../../../../src/operations/central/save-central";
import { observeServers } from "../../../../src/operations/central/server-states";
import { contentFile, type CentralManifest } from "../../../../src/operations/snapshot/manifest";
import { ageKey, type AgeKey } from "../../../support/age";
import { MemoryTarget } from "../../../support/memory-target";
import { SimulatedCentral } from "../../../support/simulated-central";

let key: AgeKey;
let central: SimulatedCentral;
let target: MemoryTarget;
let manifest: CentralManifest;
let events: LogEvent[];
/** What happens while the command waits; called at each pause. */
let meanwhile: () => void;
beforeAll(async () => {
  key = await ageKey();
});
beforeEach(async () => {
  central = new SimulatedCentral("a", "b");
  target = new MemoryTarget();
  events = [];
  meanwhile = () => undefined;
  central.keep();
  manifest = await saveCentral(run(), central.servers, target, [key.recipient]);
  const [first] = central.servers;
  if (first?.data !== undefined) first.data.secret = "later";
});

function run() {
  let now = 0;
  const sleep = (milliseconds: number): Promise<void> => {
    now += milliseconds;
    meanwhile();
    return Promise.resolve();
  };
  const clock = { now: () => now, date: () => new Date(0), sleep };
  const log = new Log((event) => events.push(event));
  return { clock, log, signal: new AbortController().signal, holds: new Set<string>(), deadline: 100_000 };
}

function restore(forced?: string): Promise<CentralRestoreReport> {
  const wanted: CentralRestore = { manifest, identities: [new Secret(key.identity)], forced };
  return restoreCentral(run(), central.servers, target, wanted);
}

function secrets(): (string | undefined)[] {
  return central.servers.map(({ data }) => data?.secret);
}

describe("a running central Vault", () => {
  test("gets the data of the snapshot at the endpoint that checks its seal", async () => {
    expect(await restore()).toEqual({ leader: "https://a:8200", voters: 2, blank: false });
    expect(secrets()).toEqual(["a", "a"]);
    expect(central.server(0).changes).toEqual(["restore", "step down"]);
  });

  test("is told if its keys are others, and goes back to the former ones only by force, with its people", async () => {
    for (const server of central.servers)
      if (server.data !== undefined) server.data = { ...server.data, keys: ["n-0", "n-1", "n-2"] };
    const [first, second] = central.servers;
    if (first !== undefined && second !== undefined) second.data = first.data;
    await expect(restore()).rejects.toMatchObject({ code: "snapshot-keys" });
    expect(secrets()).toEqual(["later", "later"]);
    meanwhile = () =>
      Promise.all(
        central.servers.map(async ({ seal }) =>
          seal.give(new Secret("key-0")).then(() => seal.give(new Secret("key-1"))),
        ),
      ).then(() => undefined) as unknown as undefined;
    expect(await restore("ticket 42")).toMatchObject({ blank: false });
    expect(secrets()).toEqual(["a", "a"]);
    expect(events).toContainEqual(
      expect.objectContaining({ fields: { snapshot: manifest.name, reason: "ticket 42" } }),
    );
  });

  test("is left as it is if the snapshot is damaged", async () => {
    const file = contentFile(manifest.name);
    const bytes = Buffer.from(target.files.get(file) ?? "");
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
    target.files.set(file, bytes);
    await expect(restore()).rejects.toMatchObject({ code: "snapshot-damaged" });
    expect(central.server(0).changes).toEqual([]);
  });

  test("is proven without its token, if the restored data do not know it", async () => {
    const logIn = central.server(0).logIn.bind(central.server(0));
    let asked = 0;
    central.server(0).logIn = () => (asked++ === 0 ? logIn() : Promise.resolve(new Secret("unknown")));
    expect(await restore()).toMatchObject({ voters: undefined });
  });
});

describe("empty servers", () => {
  beforeEach(() => central.wipe());

  test("are refused without a reason", async () => {
    await expect(restore()).rejects.toMatchObject({ code: "data-lost" });
    expect(central.server(0).changes).toEqual([]);
  });

  test("get the data, join, and are proven once people have unsealed each", async () => {
    central.server(0).token = undefined;
    meanwhile = () => {
      for (const server of central.servers.filter(({ data }) => data?.cluster === "c1")) {
        for (const each of ["key-0", "key-2"]) void server.seal.give(new Secret(each));
      }
    };
    expect(await restore("lost")).toEqual({ leader: "https://a:8200", voters: undefined, blank: true });
    expect(secrets()).toEqual(["a", "a"]);
    expect(central.server(1).changes).toEqual(["join https://a:8200"]);
  });

  test("wait for people only as long as they may, and the message says how to go on", async () => {
    await expect(restore("lost")).rejects.toThrow(/https:\/\/a:8200 is sealed, 0 of 2 keys.*central unseal/);
  });
});

test("servers that are away, or sealed, are neither empty nor running", async () => {
  central.server(1).sealed = true;
  expect(() => situationOf([], true)).not.toThrow();
  const states = await observeServers(central.servers);
  expect(() => situationOf(states, true)).toThrow(/https:\/\/b:8200 is sealed/);
  central.server(1).up = false;
  const away = await observeServers(central.servers);
  expect(() => situationOf(away, true)).toThrow(/https:\/\/b:8200 does not answer/);
});
