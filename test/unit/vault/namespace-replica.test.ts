import { afterEach, describe, expect, test } from "vitest";
import { Secret } from "../../../src/core/secret";
import { NamespaceReplica } from "../../../src/vault/namespace-replica";
import { FakeVault } from "../../support/vault-api";

let server: FakeVault | undefined;
afterEach(() => server?.stop());

const status = (sealed: boolean): object => ({ data: { type: "shamir", initialized: true, sealed, t: 2, n: 3 } });

async function replica(answer: Parameters<typeof FakeVault.start>[0]): Promise<NamespaceReplica> {
  const started = (server = await FakeVault.start(answer));
  const client = started.client();
  return new NamespaceReplica(client, "customer20.main", () => Promise.resolve(client));
}

describe("the state of a namespace", () => {
  test.each([true, false])("with sealed: %s is asked of its parent", async (sealed) => {
    const asked = await replica(() => ({ body: status(sealed) }));
    expect(await asked.status()).toEqual({
      state: sealed ? "sealed" : "unsealed",
      seal: "shamir",
      threshold: 2,
      shares: 3,
    });
    expect(server?.asked).toEqual(["GET sys/namespaces/customer20.main/seal-status"]);
    expect((await asked.leader())?.isSelf).toBe(sealed ? undefined : true);
  });

  test("is uninitialized if there is none", async () => {
    const asked = await replica(() => ({
      status: 500,
      body: { errors: [`namespace "customer20.main/" doesn't exist`] },
    }));
    expect(await asked.status()).toEqual({ state: "uninitialized", seal: "shamir" });
  });

  test("is unreachable while the server is sealed, and says so", async () => {
    const asked = await replica(() => ({ status: 503, body: { errors: ["Vault is sealed"] } }));
    expect(await asked.status()).toMatchObject({
      state: "unreachable",
      reason: expect.stringContaining("the shared server is sealed") as string,
    });
  });

  test("is unreachable if the namespace has no keys of its own", async () => {
    const asked = await replica(() => ({ status: 400, body: { errors: ["namespace is not sealable"] } }));
    expect(await asked.status()).toMatchObject({
      state: "unreachable",
      reason: expect.stringContaining("not sealable") as string,
    });
  });
});

test("its creation names the numbers of its keys, and returns them with no root token", async () => {
  const created = await replica(() => ({ body: { data: { key_shares: ["0a01", "0b02", "0c03"] } } }));
  const { keyType, keys, rootToken } = await created.initialize("shamir", 3, 2);
  expect([keyType, keys.map((key) => key.reveal()), rootToken]).toEqual([
    "unseal",
    ["0a01", "0b02", "0c03"],
    undefined,
  ]);
  expect(server?.requests[0]).toMatchObject({
    method: "POST",
    path: "sys/namespaces/customer20.main",
    body: { seal: 'seal "shamir" {\n  shares = 3\n  threshold = 2\n}' },
  });
});

test("an answer without keys is none of a sealed namespace", async () => {
  const plain = await replica(() => ({ body: { data: { path: "customer20.main/" } } }));
  await expect(plain.initialize("shamir", 3, 2)).rejects.toMatchObject({ failure: "refused" });
});

test("keys, their reset and the sealing go to the parent", async () => {
  const asked = await replica(({ path }) => (path.endsWith("/seal") ? { status: 204 } : { body: status(false) }));
  expect(await asked.unseal(new Secret("0a01"))).toEqual({ sealed: false });
  await asked.resetUnseal();
  await asked.seal();
  expect(server?.requests.map(({ path, body }) => [path.split("/").at(-1), body])).toEqual([
    ["unseal", { key: "0a01" }],
    ["unseal", { reset: true }],
    ["seal", undefined],
  ]);
});

test("what is the servers' is not asked", async () => {
  const asked = await replica(() => ({ body: status(false) }));
  expect([await asked.raftPeers(), await asked.appliedIndex()]).toEqual([undefined, undefined]);
  for (const request of [asked.auditDevices, asked.stepDown, asked.removePeer, asked.join])
    await expect(request()).rejects.toMatchObject({ failure: "denied" });
  expect(server?.requests).toEqual([]);
});
