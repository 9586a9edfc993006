import { afterEach, beforeEach, expect, test } from "vitest";
import { Secret } from "../../../src/core/secret";
import { SealApi } from "../../../src/vault/seal";
import { FakeVault } from "../../support/vault-api";

const BODY = { type: "shamir", initialized: true, sealed: true, t: 3, n: 5, progress: 1, version: "2.7.2" };
let vault: FakeVault;
let status: number;
let body: object;
beforeEach(async () => {
  [status, body] = [200, BODY];
  vault = await FakeVault.start(() => ({ status, body }));
});
afterEach(() => vault.stop());

function api(): SealApi {
  return new SealApi(vault.client());
}

test("the status tells how many keys a server has, and needs", async () => {
  const expected = { seal: "shamir", initialized: true, sealed: true, threshold: 3, shares: 5, progress: 1 };
  expect(await api().status()).toEqual({ ...expected, version: "2.7.2", cluster: undefined });
  body = { ...BODY, sealed: false, cluster_id: "c" };
  expect(await api().status()).toMatchObject({ sealed: false, cluster: "c" });
});

test("a key is sent in the body, and the answer is the new status", async () => {
  body = { ...BODY, progress: 2 };
  expect(await api().give(new Secret("k"))).toMatchObject({ progress: 2 });
  expect(vault.requests).toMatchObject([{ method: "PUT", path: "sys/unseal", body: { key: "k" } }]);
});

test("a key that a server refuses is told, and another failure is not taken for that", async () => {
  [status, body] = [400, { errors: ["invalid key"] }];
  expect(await api().give(new Secret("k"))).toBe("refused");
  status = 500;
  await expect(api().give(new Secret("k"))).rejects.toMatchObject({ failure: "refused", status: 500 });
});

test("a reset sends no key", async () => {
  body = { ...BODY, progress: 0 };
  expect(await api().reset()).toMatchObject({ progress: 0 });
  expect(vault.requests).toMatchObject([{ path: "sys/unseal", body: { reset: true } }]);
});

test("another program at the address is not taken for a server", async () => {
  body = { ok: true };
  for (const asked of [api().status(), api().give(new Secret("k")), api().reset()])
    await expect(asked).rejects.toMatchObject({ failure: "refused" });
});
