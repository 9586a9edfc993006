import { afterEach, describe, expect, test } from "vitest";
import { readSecret, writeSecret } from "../../../src/central/key-value";
import { FakeVault } from "../../support/vault-api";

const METADATA = { version: 3, created_time: "2026-01-01T00:00:00Z", deletion_time: "", destroyed: false };

let vault: FakeVault | undefined;
afterEach(() => vault?.stop());

async function read(status: number, body: object) {
  vault = await FakeVault.start(() => ({ status, body }));
  return readSecret(vault.client(), "access", "customer10/main/plan");
}

describe("a secret of the central Vault", () => {
  test("has its fields and its version", async () => {
    const seen = await read(200, { data: { data: { field: "a" }, metadata: METADATA } });
    expect(seen).toMatchObject({ data: { field: "a" }, metadata: METADATA });
    expect(vault?.asked).toEqual(["GET access/data/customer10/main/plan"]);
  });

  test("that is deleted has a version and no fields", async () => {
    const seen = await read(404, { data: { data: null, metadata: METADATA } });
    expect(seen).toMatchObject({ data: undefined, metadata: METADATA });
  });

  test("that was never written has neither", async () => {
    expect(await read(404, { errors: [] })).toMatchObject({ data: undefined, metadata: undefined });
  });

  test("in a mount that is missing is told from that", async () => {
    await expect(read(404, { errors: ["no handler for route"] })).rejects.toMatchObject({
      code: "central-missing",
      message: expect.stringContaining(
        'has nothing at access/data/customer10/main/plan; deploy the stack "central" first, and check VAULT_NAMESPACE.',
      ) as string,
    });
  });

  test("in a mount of KV version 1 is told from what version 2 has", async () => {
    await expect(read(200, { data: { field: "a" } })).rejects.toMatchObject({
      code: "central-refused",
      message: expect.stringContaining("is not an answer of KV version 2; check that VAULT_ADDR") as string,
    });
  });

  test("is read in an earlier version", async () => {
    vault = await FakeVault.start(() => ({ body: { data: { data: { field: "a" }, metadata: METADATA } } }));
    expect(await readSecret(vault.client(), "access", "a/b/plan", 3)).toMatchObject({ data: { field: "a" } });
    expect(vault.asked).toEqual(["GET access/data/a/b/plan?version=3"]);
  });
});

describe("a secret that is written", () => {
  test("names the version before, and gets the next one", async () => {
    vault = await FakeVault.start(() => ({ body: { data: { ...METADATA, version: 4 } } }));
    expect(await writeSecret(vault.client(), "access", "a/b/plan", { field: "a" }, 3)).toBe(4);
    expect(vault.requests).toMatchObject([
      { method: "POST", path: "access/data/a/b/plan", body: { data: { field: "a" }, options: { cas: 3 } } },
    ]);
  });

  test("into a mount of KV version 1 is a failure", async () => {
    vault = await FakeVault.start(() => ({ status: 204 }));
    await expect(writeSecret(vault.client(), "access", "a/b/plan", {}, 0)).rejects.toMatchObject({
      code: "central-refused",
    });
  });
});
