import { afterEach, expect, test } from "vitest";
import { Secret } from "../../../src/core/secret";
import { serversOf } from "../../../src/operations/servers";
import { INSTANCE } from "../../support/simulation";
import { FakeVault } from "../../support/vault-api";

const started: FakeVault[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await each.stop();
});

async function start(...answers: Parameters<typeof FakeVault.start>): Promise<FakeVault> {
  const fake = await FakeVault.start(...answers);
  started.push(fake);
  return fake;
}

const CREDENTIAL = {
  "role-id": "r",
  "secret-id": "s",
  "secret-id-accessor": "a",
  "secret-id-expires": "2030-01-01T00:00:00Z",
};
const SEALED = { type: "shamir", initialized: true, sealed: true, t: 3, n: 5 };

test("an instance with servers of its own is asked without a login", async () => {
  const server = await start(() => ({ body: SEALED }));
  const servers = serversOf(server.client(), INSTANCE, { client: () => server.client() });
  const [replica] = INSTANCE.replicas;
  if (replica === undefined) throw new Error("no replica");
  expect((await servers.replica(replica).status()).state).toBe("sealed");
  expect([servers.namespaceLogin, server.asked]).toEqual([undefined, ["GET sys/seal-status"]]);
  await servers.end();
});

test("a namespace is asked through its parent, and its identities inside of it", async () => {
  const central = await start(() => ({
    body: {
      data: { data: CREDENTIAL, metadata: { version: 1, created_time: "", deletion_time: "", destroyed: false } },
    },
  }));
  const server = await start(({ path }) => {
    if (path === "sys/seal-status") return { body: { version: "2.7.2" } };
    return path.startsWith("auth/") ? { body: { auth: { client_token: "t" } } } : { body: { data: SEALED } };
  });
  const instance = {
    ...INSTANCE,
    tenant: "customer20",
    replicas: [{ name: "customer20.main", address: server.address }],
    sharedInstance: "shared/main",
  };
  const [replica] = instance.replicas;
  if (replica === undefined) throw new Error("no replica");
  const servers = serversOf(central.client(), instance, { client: () => server.client() });
  expect((await servers.replica(replica).status()).state).toBe("sealed");
  expect(await servers.namespaceLogin?.token()).toEqual(new Secret("t"));
  await servers.access(replica).login("tenant-vault", { roleId: "r", secretId: new Secret("s") });
  await servers.end();
  expect(server.requests.map(({ path, headers }) => [path, headers["x-vault-namespace"]])).toEqual([
    ["sys/seal-status", undefined],
    ["auth/tenant-vault/login", undefined],
    ["sys/namespaces/customer20.main/seal-status", undefined],
    ["auth/tenant-vault/login", "customer20.main"],
    ["auth/token/revoke-self", undefined],
  ]);
});
