import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/core/clock";
import { ShareCopies, ShareGroupRecord } from "../../../src/central/share-copies";
import { FakeVault } from "../../support/vault-api";

const COPY = { "unseal-key-0": "k", "key-set": "new", "description-digest": "d" };
const VERSION = { version: 3, created_time: "", deletion_time: "", destroyed: false };

let vault: FakeVault;
/** Secrets and metadata by path. */
let stored: Record<string, object>;
/** What writes really write. @default - what they are told */
let written: object | undefined;

beforeEach(async () => {
  stored = {};
  written = undefined;
  vault = await FakeVault.start(({ method, path, body }) => {
    if (method === "POST") {
      const { data } = body as { data: object };
      stored[path] = { data: written ?? data, metadata: VERSION };
    }
    const found = stored[path];
    return found === undefined ? { status: 404, body: { errors: [] } } : { body: { data: found } };
  });
});
afterEach(() => vault.stop());

const writes = (): string[] => vault.asked.filter((asked) => !asked.startsWith("GET"));

describe("the copies", () => {
  const copies = (): ShareCopies => new ShareCopies(vault.client(), "customer10/main");

  test("go to the groups that the central Vault declares", async () => {
    expect(await copies().groups()).toEqual([]);
    stored["shares/metadata/groups"] = { custom_metadata: { groups: "a b" } };
    expect(await copies().groups()).toEqual(["a", "b"]);
  });

  test("go nowhere if the token may not see the groups", async () => {
    await vault.stop();
    vault = await FakeVault.start(() => ({ status: 403, body: { errors: ["permission denied"] } }));
    expect(await copies().groups()).toEqual([]);
  });

  test("are written with check-and-set, and not again while they are the same", async () => {
    await copies().keep("a", COPY);
    await copies().keep("a", COPY);
    expect(writes()).toEqual(["POST shares/data/a/customer10/main"]);
    expect(vault.requests.find(({ method }) => method === "POST")?.body).toEqual({ data: COPY, options: { cas: 0 } });
  });

  test("are read back", async () => {
    written = { other: "x" };
    await expect(copies().keep("a", COPY)).rejects.toMatchObject({ code: "central-conflict" });
  });

  test("are destroyed in every group", async () => {
    stored["shares/metadata/?list=true"] = { keys: ["a/", "former/", "groups"] };
    stored["shares/metadata/"] = { keys: ["a/", "former/", "groups"] };
    stored["shares/metadata/a/customer10/main"] = {};
    stored["shares/metadata/former/customer10/main"] = {};
    await copies().destroy();
    expect(writes().filter((asked) => asked.startsWith("DELETE"))).toEqual([
      "DELETE shares/metadata/a/customer10/main",
      "DELETE shares/metadata/former/customer10/main",
    ]);
  });
});

describe("the record as a group sees it", () => {
  const record = (): ShareGroupRecord => new ShareGroupRecord(vault.client(), "a", "customer10", "main", systemClock);
  const versions = (newest: object): object => ({ current_version: 7, versions: { 7: { ...VERSION, ...newest } } });

  beforeEach(() => {
    stored["customers/metadata/customer10/main"] = { ...versions({}), custom_metadata: { "key-set": "new" } };
    stored["shares/data/a/customer10/main"] = { data: COPY, metadata: VERSION };
  });

  test("has the shares and the digest of the description; the keys are not asked for", async () => {
    expect(await record().read()).toEqual({
      version: 3,
      fields: { "unseal-key-0": "k", "description-digest": "d" },
      deleted: false,
      age: 0,
    });
    expect(await record().readMetadata()).toEqual({ "key-set": "new" });
    expect(vault.asked.filter((asked) => asked.includes("customers/data"))).toEqual([]);
  });

  test("has none that were never copied, and none of former keys", async () => {
    stored["customers/metadata/customer10/main"] = { ...versions({}), custom_metadata: { "key-set": "newer" } };
    await expect(record().read()).rejects.toMatchObject({ code: "shares-outdated" });
    delete stored["shares/data/a/customer10/main"];
    await expect(record().read()).rejects.toMatchObject({ code: "shares-missing" });
  });

  test.each([
    ["deleted", { deletion_time: "2020-01-01T00:00:00Z" }, true],
    ["destroyed", { destroyed: true }, true],
    ["to be deleted later", { deletion_time: "2999-01-01T00:00:00Z" }, false],
  ])("is that of a record that is %s", async (_, newest, deleted) => {
    stored["customers/metadata/customer10/main"] = { ...versions(newest), custom_metadata: { "key-set": "new" } };
    expect(await record().read()).toMatchObject({ deleted });
  });

  test("is empty if nothing was ever written", async () => {
    stored = {};
    expect(await record().read()).toEqual({ version: 0, fields: {}, deleted: false, age: 0 });
  });
});
