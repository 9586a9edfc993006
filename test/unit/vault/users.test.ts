import { afterEach, expect, test } from "vitest";
import { UserApi } from "../../../src/vault/users";
import { FakeVault } from "../../support/vault-api";

let fake: FakeVault;
afterEach(() => fake.stop());

/** A server that gives these answers by method and path; 404 otherwise. */
async function server(answers: Readonly<Record<string, { readonly status?: number; readonly body?: object }>>) {
  fake = await FakeVault.start(({ method, path }) => answers[`${method} ${path}`] ?? { status: 404 });
  return new UserApi(fake.client(), "people");
}

const ROLE = "auth/token/create/first";

test("an instance without users has none", async () => {
  const api = await server({});
  expect(await api.names()).toEqual([]);
  expect(await api.exists("alice")).toBe(false);
  expect(await api.person("user-alice")).toBeUndefined();
  expect(await api.enforcement("mfa")).toBeUndefined();
});

test("a login is made wrapped, for one user", async () => {
  const wrap_info = { token: "s.wrapping", ttl: 60, creation_time: "2027-01-01T00:00:00.5Z" };
  const api = await server({ [`POST ${ROLE}`]: { body: { wrap_info } } });
  const login = await api.makeLogin("first", "alice", 60);
  expect(login).toMatchObject({ expires: new Date("2027-01-01T00:01:00.5Z") });
  expect(JSON.stringify(Object.keys(login))).not.toContain("s.wrapping");
  expect(fake.requests[0]).toMatchObject({ body: { entity_alias: "alice" } });
  expect(fake.requests[0]?.headers["x-vault-wrap-ttl"]).toBe("60s");
});

test.each([
  [403, [], "denied"],
  [400, ["unknown role first"], "unknown"],
])("a login that is refused with %i %j is %s", async (status, errors, outcome) => {
  const api = await server({ [`POST ${ROLE}`]: { status, body: { errors } } });
  expect(await api.makeLogin("first", "alice", 60)).toBe(outcome);
});

test("a login that cannot be made fails with the server's words", async () => {
  const api = await server({ [`POST ${ROLE}`]: { status: 400, body: { errors: ["invalid 'entity_alias' value"] } } });
  await expect(api.makeLogin("first", "alice", 60)).rejects.toThrow("invalid 'entity_alias' value");
});

test("users who are locked out are those of all mounts", async () => {
  const mounts = [
    { mount_accessor: "a", alias_identifiers: ["alice", "bob"] },
    { mount_accessor: "b", alias_identifiers: ["alice"] },
  ];
  const api = await server({
    "GET sys/locked-users": { body: { data: { by_namespace: [{ mount_accessors: mounts }] } } },
  });
  expect(await api.lockedOut()).toEqual([
    { accessor: "a", user: "alice" },
    { accessor: "a", user: "bob" },
    { accessor: "b", user: "alice" },
  ]);
});

test("tokens are revoked however the name was written, and those of others are not", async () => {
  const revoked = (name: string): string => `POST sys/leases/revoke-prefix/auth/people/login/${name}`;
  const api = await server({
    "GET sys/leases/lookup/auth/people/login/?list=true": {
      body: { data: { keys: ["alice/", "ALICE/", "Alice2/", "bob/"] } },
    },
    [revoked("alice")]: { status: 204 },
    [revoked("ALICE")]: { status: 204 },
  });
  await api.revokeLogins("alice");
  expect(fake.requests.slice(1).map(({ method, path }) => `${method} ${path}`)).toEqual([
    revoked("alice"),
    revoked("ALICE"),
  ]);
});

test("tokens of a user who never logged in are none", async () => {
  const api = await server({ "POST sys/leases/revoke-prefix/auth/people/login/alice": { status: 204 } });
  await api.revokeLogins("alice");
  expect(fake.requests).toHaveLength(2);
});

test("a person is known with its groups, of which a server may tell none", async () => {
  const person = { id: "1", disabled: false };
  const api = await server({
    "GET identity/entity/name/user-alice": { body: { data: { ...person, direct_group_ids: ["a"] } } },
    "GET identity/entity/name/user-bob": { body: { data: { ...person, direct_group_ids: null } } },
  });
  expect(await api.person("user-alice")).toEqual({ ...person, groups: ["a"] });
  expect(await api.person("user-bob")).toEqual({ ...person, groups: [] });
});

test("an enforcement names a method and groups; one that may not be seen is none", async () => {
  const data = { mfa_method_ids: ["m"], identity_group_ids: ["a", "b"] };
  const api = await server({
    "GET identity/mfa/login-enforcement/mfa": { body: { data } },
    "GET identity/mfa/login-enforcement/hidden": { status: 403 },
  });
  expect(await api.enforcement("mfa")).toEqual({ method: "m", groups: ["a", "b"] });
  expect(await api.enforcement("hidden")).toBeUndefined();
});

test("a second factor is made wrapped, once the former one is destroyed", async () => {
  const wrap_info = { token: "s.wrapping", ttl: 60, creation_time: "2027-01-01T00:00:00Z" };
  const api = await server({
    "POST identity/mfa/method/totp/admin-destroy": { status: 204 },
    "POST identity/mfa/method/totp/admin-generate": { body: { wrap_info } },
  });
  expect(await api.makeSecondFactor("m", "1", 60)).toMatchObject({ expires: new Date("2027-01-01T00:01:00Z") });
  const body = { method_id: "m", entity_id: "1" };
  expect(fake.requests).toMatchObject([
    { path: "identity/mfa/method/totp/admin-destroy", body },
    { path: "identity/mfa/method/totp/admin-generate", body },
  ]);
  expect(fake.requests.map(({ headers }) => headers["x-vault-wrap-ttl"])).toEqual([undefined, "60s"]);
});
