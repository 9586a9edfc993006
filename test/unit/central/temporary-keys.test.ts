import { afterEach, expect, test } from "vitest";
import { TemporaryKeyStore } from "../../../src/central/temporary-keys";
import { Secret } from "../../../src/core/secret";
import { FakeVault } from "../../support/vault-api";

let vault: FakeVault | undefined;
afterEach(() => vault?.stop());

/** A central Vault that keeps one secret. */
async function start(): Promise<{ store: TemporaryKeyStore; vault: FakeVault }> {
  let stored: object | undefined;
  const started = (vault = await FakeVault.start(({ method, body }) => {
    if (method === "POST") stored = (body as { data: object }).data;
    if (stored === undefined) return { status: 404, body: { errors: [] } };
    const metadata = { version: 1, created_time: "2026-01-01T00:00:00Z", deletion_time: "", destroyed: false };
    return { body: { data: { data: stored, metadata } } };
  }));
  return { store: new TemporaryKeyStore(started.client(), "customer10/main"), vault: started };
}

test("temporary keys are kept beside the credentials of the instance, and never in its record", async () => {
  const { store, vault: central } = await start();
  expect(await store.read()).toBeUndefined();
  const announced = { snapshot: "s", keys: [], rootToken: undefined };
  await store.write(announced);
  expect(await store.read()).toEqual(announced);
  const keys = { snapshot: "s", keys: [new Secret("k0"), new Secret("k1")], rootToken: new Secret("t") };
  await store.write(keys);
  const read = await store.read();
  expect([read?.keys.map((key) => key.reveal()), read?.rootToken?.reveal()]).toEqual([["k0", "k1"], "t"]);
  await store.write(undefined);
  expect(await store.read()).toBeUndefined();
  expect(new Set(central.requests.map(({ path }) => path))).toEqual(new Set(["access/data/customer10/main/restore"]));
});
