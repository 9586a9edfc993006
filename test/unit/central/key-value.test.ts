import { afterEach, describe, expect, test } from "vitest";
import { readSecret } from "../../../src/central/key-value";
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
});
