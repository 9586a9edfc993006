import { afterEach, expect, test } from "vitest";
import { Secret } from "../../../src/core/secret";
import { AccessApi } from "../../../src/vault/access";
import { FakeVault } from "../../support/vault-api";

let fake: FakeVault;
afterEach(() => fake.stop());

/** A server that gives these answers by method and path; 404 otherwise. */
async function server(answers: Readonly<Record<string, { readonly status?: number; readonly body?: object }>>) {
  fake = await FakeVault.start(({ method, path }) => answers[`${method} ${path}`] ?? { status: 404 });
  return new AccessApi(fake.client());
}

const CREDENTIAL = { roleId: "id", secretId: new Secret("secret") };

test("a login returns the token", async () => {
  const api = await server({ "POST auth/tenant-vault/login": { body: { auth: { client_token: "t" } } } });
  expect(await api.login("tenant-vault", CREDENTIAL)).toEqual(new Secret("t"));
  expect(fake.requests[0]?.body).toEqual({ role_id: "id", secret_id: "secret" });
});

test.each([400, 403, 404])("a login that is refused with %i returns nothing", async (status) => {
  const api = await server({ "POST auth/tenant-vault/login": { status } });
  expect(await api.login("tenant-vault", CREDENTIAL)).toBeUndefined();
});

test("a login that a server cannot answer fails, which time may heal", async () => {
  const api = await server({ "POST auth/tenant-vault/login": { status: 503 } });
  await expect(api.login("tenant-vault", CREDENTIAL)).rejects.toMatchObject({
    code: "replica-sealed",
    retryable: true,
  });
});

test("mounts are told by path, type, version and longest lifetime", async () => {
  const api = await server({
    "GET sys/mounts": { body: { data: { "kv/": { type: "kv", options: { version: "2" }, config: {} } } } },
    "GET sys/auth": { body: { data: { "tenant-vault/": { type: "approle", config: { max_lease_ttl: 60 } } } } },
  });
  expect(await api.engines()).toEqual([{ path: "kv", type: "kv", version: "2", maxTtl: 0 }]);
  expect(await api.logins()).toEqual([{ path: "tenant-vault", type: "approle", version: undefined, maxTtl: 60 }]);
});

test("a login that another run has enabled meanwhile is enabled", async () => {
  const errors = ["path is already in use at tenant-vault/"];
  const api = await server({ "POST sys/auth/tenant-vault": { status: 400, body: { errors } } });
  await expect(api.enableAppRole("tenant-vault", 60)).resolves.toBeUndefined();
});

test("a login that cannot be enabled fails with the server's words", async () => {
  const api = await server({ "POST sys/auth/tenant-vault": { status: 400, body: { errors: ["no such type"] } } });
  await expect(api.enableAppRole("tenant-vault", 60)).rejects.toMatchObject({
    failure: "refused",
    message: 'sys/auth/tenant-vault: 400 ["no such type"]',
  });
});

test("something that is no Vault is not taken for one without mounts", async () => {
  const api = await server({ "GET sys/mounts": { body: { hello: "world" } } });
  await expect(api.engines()).rejects.toMatchObject({ code: "replica-refused" });
});

test("policies and roles that do not exist are undefined", async () => {
  const api = await server({});
  expect(await api.readPolicy("tenant-vault-plan")).toBeUndefined();
  expect(await api.readRole("tenant-vault", "plan")).toBeUndefined();
  expect(await api.accessors("tenant-vault", "plan")).toEqual([]);
  expect(await api.secretIdCreated("tenant-vault", "plan", "a")).toBeUndefined();
});

test("a secret ID that is gone has no time, also if Vault puts its error where data are", async () => {
  const body = { data: { error: 'failed to find accessor entry for secret_id_accessor: "a"' } };
  const path = "auth/tenant-vault/role/plan/secret-id-accessor/lookup";
  const api = await server({ [`POST ${path}`]: { status: 404, body } });
  expect(await api.secretIdCreated("tenant-vault", "plan", "a")).toBeUndefined();
});

test("writes go where they belong", async () => {
  fake = await FakeVault.start(() => ({
    body: {
      data: { policy: "text", role_id: "id", secret_id: "s", secret_id_accessor: "a", secret_id_ttl: 60, keys: ["a"] },
    },
  }));
  const api = new AccessApi(fake.client());

  await api.enableAppRole("tenant-vault", 60);
  await api.tuneLogin("tenant-vault", 60);
  await api.writePolicy("p", "text");
  expect(await api.readPolicy("p")).toBe("text");
  await api.writeRole("tenant-vault", "plan", { token_ttl: 60 });
  expect(await api.roleId("tenant-vault", "plan")).toBe("id");
  expect(await api.drawSecretId("tenant-vault", "plan")).toEqual({ secretId: new Secret("s"), accessor: "a", ttl: 60 });
  expect(await api.accessors("tenant-vault", "plan")).toEqual(["a"]);
  await api.destroySecretId("tenant-vault", "plan", "a");
  await api.logOut();

  expect(fake.asked).toEqual([
    "POST sys/auth/tenant-vault",
    "POST sys/auth/tenant-vault/tune",
    "PUT sys/policies/acl/p",
    "GET sys/policies/acl/p",
    "POST auth/tenant-vault/role/plan",
    "GET auth/tenant-vault/role/plan/role-id",
    "POST auth/tenant-vault/role/plan/secret-id",
    "GET auth/tenant-vault/role/plan/secret-id?list=true",
    "POST auth/tenant-vault/role/plan/secret-id-accessor/destroy",
    "POST auth/token/revoke-self",
  ]);
});

test.each([
  [200, true],
  [403, false],
])("a path that answers %i is allowed: %s", async (status, allowed) => {
  const api = await server({ "GET sys/mounts": { status } });
  expect(await api.isAllowed("sys/mounts")).toBe(allowed);
});

test.each([
  ["OpenBao", { data: { started: true, nonce: "n", progress: 1, required: 3, verification_nonce: "" } }],
  ["Vault", { started: true, nonce: "n", progress: 1, required: 3 }],
])("a ceremony that was begun is seen in the answer of %s", async (_product, body) => {
  const api = await server({ "GET sys/rotate/root/init": { body } });
  expect(await api.ceremony("sys/rotate/root/init")).toEqual({
    nonce: "n",
    progress: 1,
    required: 3,
    verification: undefined,
  });
});

test("a ceremony is begun and cancelled, unless another has begun one", async () => {
  const api = await server({
    "PUT free": { body: { nonce: "n", otp: "" } },
    "GET free": { body: { started: true, nonce: "n" } },
    "DELETE free": { status: 204 },
    "GET idle": { body: { started: false } },
    "PUT taken": { status: 400 },
  });
  expect(await api.beginCeremony("free", {})).toEqual({ nonce: "n", otp: undefined });
  await api.cancelCeremony("free");
  expect(fake.requests.at(-1)).toMatchObject({ method: "DELETE", body: { nonce: "n" } });
  await api.cancelCeremony("idle");
  expect(fake.requests.at(-1)).toMatchObject({ method: "GET", path: "idle" });
  expect(await api.beginCeremony("taken", {})).toBeUndefined();
});

test.each([
  [400, ["invalid key"], "refused"],
  [500, ["1 error occurred: * root generation aborted: unable to authenticate"], "refused"],
  [500, ["given key has already been provided during this generation operation"], "refused"],
])("keys that the server refuses with %i are told", async (status, errors, expected) => {
  const api = await server({ "PUT sys/generate-root-token/update": { status, body: { errors } } });
  expect(await api.sendKey("sys/generate-root-token/update", "n", new Secret("k"))).toBe(expected);
});

test("another failure with 500 is no refusal of the keys, and may heal", async () => {
  const api = await server({ "PUT sys/generate-root-token/update": { status: 500, body: { errors: ["no leader"] } } });
  await expect(api.sendKey("sys/generate-root-token/update", "n", new Secret("k"))).rejects.toMatchObject({
    code: "replica-refused",
    retryable: true,
  });
});

test("a token is told by its accessor, and one that does not work by nothing", async () => {
  const data = { accessor: "a", policies: ["root"], path: "auth/token/root", creation_time: 60 };
  const api = await server({
    "GET auth/token/lookup-self": { status: 403 },
    "POST auth/token/lookup-accessor": { body: { data } },
  });
  expect(await api.lookUp()).toBeUndefined();
  expect(await api.lookUpAccessor("a")).toEqual({
    accessor: "a",
    policies: ["root"],
    path: "auth/token/root",
    created: new Date(60_000),
  });
});

test.each<[string, (api: AccessApi) => Promise<unknown>, object]>([
  ["GET sys/policies/acl/p", (api) => api.readPolicy("p"), { data: { policy: 1 } }],
  ["GET auth/m/role/r", (api) => api.readRole("m", "r"), { data: "x" }],
  ["GET auth/m/role/r/role-id", (api) => api.roleId("m", "r"), {}],
  ["GET auth/m/role/r/secret-id?list=true", (api) => api.accessors("m", "r"), { data: { keys: "x" } }],
  ["POST auth/m/role/r/secret-id-accessor/lookup", (api) => api.secretIdCreated("m", "r", "a"), { data: "x" }],
])("what %s answers is not taken for something else", async (request, ask, body) => {
  await expect(ask(await server({ [request]: { body } }))).rejects.toMatchObject({ code: "replica-refused" });
});
