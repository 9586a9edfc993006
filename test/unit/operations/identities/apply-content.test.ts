import { expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { contentAsApply } from "../../../../src/operations/identities/apply-content";

const ACTIVE = { name: "main-0", address: "https://main-0:8200" };

/** @param token Of a login that works. */
function asApply(token?: Secret) {
  const context = {
    content: (replica: unknown, given: Secret) => [replica, given.reveal()],
    credentials: { read: () => Promise.resolve({ credential: undefined }) },
    store: { path: "customer10/main" },
  };
  const sessions = { logIn: () => Promise.resolve(token !== undefined), token: () => token };
  return contentAsApply(context as never, sessions, ACTIVE);
}

test("the data of the active server, with the token of apply", async () => {
  expect(await asApply(new Secret("apply"))).toEqual([ACTIVE, "apply"]);
});

test("without a login that works, the error says what repairs it", async () => {
  await expect(asApply()).rejects.toMatchObject({
    code: "identity-rehearsal",
    message: expect.stringContaining('run "tenant-vault unseal customer10/main"') as string,
  });
});
