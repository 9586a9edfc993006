import { beforeEach, describe, expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { ReplicaError } from "../../../../src/vault/errors";
import {
  disableUser,
  enableUser,
  giveSecondFactor,
  inviteUser,
  listUsers,
  removeUser,
  resetUser,
  type Users,
} from "../../../../src/operations/users/manage-users";

let calls: string[];
beforeEach(() => (calls = []));

const WRAPPED = { token: new Secret("s.wrapping"), expires: new Date(0) };

/** A server with alice, who needs a second factor, and dave who administers something. It notes what changes it. */
function server(mayInvite: readonly string[] = ["users"]): Users {
  const note = (call: string): Promise<void> => {
    calls.push(call);
    return Promise.resolve();
  };
  return {
    login: "userpass",
    names: () => Promise.resolve(["dave", "alice"]),
    exists: (user) => Promise.resolve(["alice", "dave"].includes(user)),
    person: (name) =>
      Promise.resolve(
        name === "user-alice"
          ? { id: "1", disabled: false, groups: ["a", "b"] }
          : { id: "2", disabled: true, groups: ["a"] },
      ),
    enforcement: (name) =>
      Promise.resolve(name === "tenant-vault-mfa-userpass" ? { method: "m", groups: ["b"] } : undefined),
    makeSecondFactor: (method, person) => {
      calls.push(`second factor ${method} ${person}`);
      return Promise.resolve(WRAPPED);
    },
    setDisabled: (name, value) => note(`${value ? "disable" : "enable"} ${name}`),
    setPasswordHash: (user) => note(`take the password of ${user}`),
    revokeLogins: (user) => note(`revoke ${user}`),
    revokeTokens: (role) => note(`void ${role.replace("tenant-vault-first-login-", "")}`),
    lockedOut: () => Promise.resolve([{ accessor: "a", user: "alice" }]),
    unlock: ({ accessor, user }) => note(`unlock ${accessor} ${user}`),
    makeLogin: (role, user) => {
      const people = user === "dave" ? "admins" : "users";
      if (!role.endsWith(`${people}-${user}`)) return Promise.resolve("unknown");
      if (!mayInvite.includes(people)) return Promise.resolve("denied");
      calls.push(`invite ${user}`);
      return Promise.resolve(WRAPPED);
    },
  };
}

test("users are listed by name", async () => {
  expect(await listUsers(server())).toEqual([
    { name: "alice", disabled: false, lockedOut: true, needsSecondFactor: true },
    { name: "dave", disabled: true, lockedOut: false, needsSecondFactor: false },
  ]);
});

const VOIDED = ["void users-alice", "void admins-alice"];

test("a login that is handed over voids former ones", async () => {
  await inviteUser(server(), "alice", 60);
  expect(calls).toEqual([...VOIDED, "invite alice"]);
});

test("a reset takes password and tokens away once the login is made", async () => {
  await resetUser(server(), "alice", 60);
  expect(calls).toEqual([...VOIDED, "invite alice", "take the password of alice", "revoke alice"]);
});

test("whoever may not hand a login over locks nobody out", async () => {
  await expect(resetUser(server(), "dave", 60)).rejects.toThrow(/may not manage "dave"; users take one/);
  expect(calls).toEqual(["void users-dave", "void admins-dave"]);
  await resetUser(server(["admins"]), "dave", 60);
  expect(calls).toContain("invite dave");
});

test("a refusal says who may manage a person with a duty", async () => {
  const denied = (): Promise<void> => Promise.reject(new ReplicaError("denied", "403", 403));
  const api: Users = { ...server(), setDisabled: denied, setPasswordHash: denied };
  for (const change of [disableUser(api, "dave"), enableUser(api, "dave"), resetUser(api, "alice", 60)])
    await expect(change).rejects.toMatchObject({ code: "user-not-allowed" });
  const broken: Users = { ...server(), setDisabled: () => Promise.reject(new ReplicaError("sealed", "503", 503)) };
  await expect(disableUser(broken, "alice")).rejects.toMatchObject({ code: "replica-sealed" });
});

test("disable ends everything that a user has, and enable ends a lock", async () => {
  expect(await disableUser(server(), "alice")).toEqual({ user: "alice", disabled: true });
  expect(calls).toEqual(["disable user-alice", ...VOIDED, "revoke alice"]);
  calls = [];
  expect(await enableUser(server(), "alice")).toEqual({ user: "alice", disabled: false });
  expect(calls).toEqual(["enable user-alice", "unlock a alice"]);
});

test("remove leaves no password either", async () => {
  await removeUser(server(), "alice");
  expect(calls).toEqual(["disable user-alice", ...VOIDED, "revoke alice", "take the password of alice"]);
});

test.each([
  ["mallory", server()],
  ["alice", { ...server(), person: () => Promise.resolve(undefined) }],
])("%s, whose account or entity is missing, is unknown", async (user, api) => {
  for (const operation of [inviteUser, resetUser, giveSecondFactor])
    await expect(operation(api, user, 60)).rejects.toMatchObject({ code: "user-unknown" });
  for (const operation of [disableUser, enableUser, removeUser])
    await expect(operation(api, user)).rejects.toMatchObject({ code: "user-unknown" });
  expect(calls).toEqual([]);
});

test("a user without a role for first logins needs a deployment", async () => {
  const api: Users = { ...server(), makeLogin: () => Promise.resolve("unknown") };
  await expect(inviteUser(api, "alice", 60)).rejects.toThrow(/has no role for first logins; deploy the layer config/);
});

describe("a second factor", () => {
  test("is handed over by the method of the login, for the person alone", async () => {
    expect(await giveSecondFactor(server(), "alice", 60)).toBe(WRAPPED);
    expect(calls).toEqual(["second factor m 1"]);
  });

  test("needs a tenant file that has them, and an admin of the person", async () => {
    await expect(giveSecondFactor({ ...server(), login: "people" }, "alice", 60)).rejects.toMatchObject({
      code: "user-mfa",
      message: expect.stringContaining('The login "people" has no second factors') as string,
    });
    const denied = (): Promise<never> => Promise.reject(new ReplicaError("denied", "403", 403));
    await expect(giveSecondFactor({ ...server(), makeSecondFactor: denied }, "dave", 60)).rejects.toMatchObject({
      code: "user-not-allowed",
    });
  });

  test("is needed by nobody whom no list names", async () => {
    const none: Users = { ...server(), enforcement: () => Promise.resolve(undefined) };
    expect((await listUsers(none)).map(({ needsSecondFactor }) => needsSecondFactor)).toEqual([false, false]);
  });
});
