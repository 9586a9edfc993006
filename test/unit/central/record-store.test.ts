import { afterEach, describe, expect, test } from "vitest";
import { listRecords, RecordStore } from "../../../src/central/record-store";
import type { VaultClient } from "../../../src/vault/client";
import { FakeVault, type VaultRequestSeen } from "../../support/vault-api";

const METADATA = { version: 7, created_time: "2026-01-01T00:00:00Z", deletion_time: "", destroyed: false };
/** By which a version is a minute old, if the server does not tell its own time. */
const LATER = { now: () => 0, date: () => new Date("2026-01-01T00:01:00Z"), sleep: () => Promise.resolve() };

let central: FakeVault | undefined;
afterEach(() => central?.stop());

async function storeOf(answer: (request: VaultRequestSeen) => { status?: number; body?: object }) {
  const started = (central = await FakeVault.start(answer));
  return { started, store: new RecordStore(started.client(), "customer10", "main", LATER) };
}

describe("a record", () => {
  test("is read with its version, and its age by the central Vault's clock", async () => {
    const body = { data: { data: { "unseal-key-0": "a" }, metadata: METADATA } };
    const { store } = await storeOf(() => ({ body }));
    const { age, ...seen } = await store.read();
    expect(seen).toEqual({ version: 7, fields: { "unseal-key-0": "a" }, deleted: false });
    expect(age).toBeGreaterThan(0);
  });

  test.each([
    ["deleted", { deletion_time: "2026-01-01T00:00:00Z" }],
    ["destroyed", { destroyed: true }],
  ])("whose newest version is %s has no fields", async (_, metadata) => {
    const { store } = await storeOf(() => ({
      status: 404,
      body: { data: { data: null, metadata: { ...METADATA, ...metadata } } },
    }));
    expect(await store.read()).toMatchObject({ version: 7, fields: {}, deleted: true });
  });

  test("H8: whose newest version is to be deleted later is there, and tells when", async () => {
    const expires = "2999-01-01T00:00:00Z";
    const body = { data: { data: { note: "x" }, metadata: { ...METADATA, deletion_time: expires } } };
    const { store } = await storeOf(() => ({ body }));
    expect(await store.read()).toMatchObject({ fields: { note: "x" }, deleted: false, expires });
  });

  test("that was never written is told from a mount that is missing", async () => {
    const { store } = await storeOf(() => ({ status: 404, body: { errors: [] } }));
    expect(await store.read()).toEqual({ version: 0, fields: {}, deleted: false, age: 0 });
    await central?.stop();

    const { store: missing } = await storeOf(() => ({ status: 404, body: { errors: ["no handler for route"] } }));
    await expect(missing.read()).rejects.toMatchObject({ code: "central-missing" });
  });

  test("is written with check-and-set, and a version is deleted recoverably", async () => {
    const { store, started } = await storeOf(() => ({ body: { data: { ...METADATA, version: 8 } } }));
    expect(await store.write({ note: "x" }, 7)).toBe(8);
    await store.delete(8);
    expect(started.requests).toMatchObject([
      { method: "POST", path: "customers/data/customer10/main", body: { data: { note: "x" }, options: { cas: 7 } } },
      { method: "POST", path: "customers/delete/customer10/main", body: { versions: [8] } },
    ]);
  });

  test("keeps metadata of others: a patch, or a first write where there is nothing to patch", async () => {
    const { store, started } = await storeOf(({ method }) =>
      // As Vault and OpenBao answer.
      method === "PATCH" ? { status: 404, text: "" } : { status: 204 },
    );
    await store.patchMetadata({ product: "openbao", seal: null });
    expect(started.asked).toEqual([
      "PATCH customers/metadata/customer10/main",
      "POST customers/metadata/customer10/main",
    ]);
    expect(started.requests[0]?.headers["content-type"]).toBe("application/merge-patch+json");
    expect(await store.readMetadata()).toEqual({});
  });
});

test.each([
  ["the larger of both settings", { max_versions: 3 }, { status: 200, max_versions: 7 }, 7],
  ["the setting of the record", { max_versions: 8 }, { status: 200, max_versions: 7 }, 8],
  ["ten without a setting", {}, { status: 200 }, 10],
  ["the record's, if the mount's may not be read", { max_versions: 4, oldest_version: 3 }, { status: 403 }, 4],
  ["as many as are left", { current_version: 9, oldest_version: 7 }, { status: 403 }, 3],
  ["an unknown number, if none was dropped", { current_version: 9, oldest_version: 0 }, { status: 403 }, undefined],
  [
    "an unknown number, if the first was dropped",
    { current_version: 2, oldest_version: 1 },
    { status: 403 },
    undefined,
  ],
])("a record keeps %s", async (_, own, { status, ...config }, expected) => {
  const { store } = await storeOf(({ path }) =>
    path.endsWith("/config") ? { status, ...(status === 200 && { body: { data: config } }) } : { body: { data: own } },
  );
  expect(await store.keptVersions()).toBe(expected);
});

test("records are listed folder by folder; a folder that is not there is empty", async () => {
  const asked: string[] = [];
  const send = (method: string, path: string) => {
    asked.push(`${method} ${path}`);
    return Promise.resolve({ status: 200, body: { data: path.endsWith("/none/") ? null : { keys: ["customer10/"] } } });
  };
  const client = { send } as unknown as VaultClient;
  expect(await listRecords(client, "")).toEqual(["customer10/"]);
  expect(await listRecords(client, "none/")).toEqual([]);
  expect(asked).toEqual(["LIST customers/metadata/", "LIST customers/metadata/none/"]);
});
