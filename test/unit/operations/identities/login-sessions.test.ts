import { expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import type { OperationContext } from "../../../../src/operations/context";
import { LoginSessions } from "../../../../src/operations/identities/login-sessions";
import { ReplicaError } from "../../../../src/vault/errors";

const REPLICA = { name: "main-0", address: "https://main:8200" };
const credential = (secret: string) => ({ roleId: "r", secretId: new Secret(secret) });

/** A server that gives a token for every secret ID but "wrong". */
function server({ failsToEnd = false } = {}) {
  const asked: string[] = [];
  const access = (_replica: unknown, token?: Secret) => ({
    login: (_mount: string, { secretId }: { secretId: Secret }) => {
      asked.push(`login ${secretId.reveal()}`);
      return Promise.resolve(secretId.reveal() === "wrong" ? undefined : new Secret(`token-${secretId.reveal()}`));
    },
    logOut: () => {
      asked.push(`end ${token?.reveal() ?? ""}`);
      return failsToEnd ? Promise.reject(new ReplicaError("unreachable", "gone")) : Promise.resolve();
    },
  });
  return { asked, sessions: new LoginSessions({ access: access as unknown as OperationContext["access"] }) };
}

test("a credential logs in once, and another one of the same role ends the former token", async () => {
  const { asked, sessions } = server();
  expect(await sessions.logIn(REPLICA, "apply", credential("one"))).toBe(true);
  expect(await sessions.logIn(REPLICA, "apply", credential("one"))).toBe(true);
  expect(await sessions.logIn(REPLICA, "apply", credential("two"))).toBe(true);
  expect(asked).toEqual(["login one", "login two", "end token-one"]);
  expect(sessions.token("apply")?.reveal()).toBe("token-two");
});

test("a credential that is refused, and one that does not exist, leave what there was", async () => {
  const { sessions } = server();
  await sessions.logIn(REPLICA, "namespace-customer20.main", credential("one"));
  expect(await sessions.logIn(REPLICA, "namespace-customer20.main", credential("wrong"))).toBe(false);
  expect(await sessions.logIn(REPLICA, "plan", undefined)).toBe(false);
  expect(sessions.token("namespace-customer20.main")?.reveal()).toBe("token-one");
  expect(sessions.token("plan")).toBeUndefined();
});

test("all tokens are revoked at the end, even if a server is gone", async () => {
  const { asked, sessions } = server({ failsToEnd: true });
  await sessions.logIn(REPLICA, "apply", credential("one"));
  await sessions.logIn(REPLICA, "plan", credential("two"));
  await sessions.endAll();
  expect(asked.slice(2)).toEqual(["end token-one", "end token-two"]);
  expect(sessions.token("apply")).toBeUndefined();
});
