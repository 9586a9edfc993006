import { describe, expect, test } from "vitest";
import { IDENTITIES, identityPolicyName, type Identity } from "../../../../src/contract/identities";
import { rehearse } from "../../../../src/operations/identities/rehearsal";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { Crash, INSTANCE, Universe } from "../../../support/simulation";

async function rehearsal(
  identity: Identity,
  change: (universe: Universe) => void = () => undefined,
): Promise<Universe> {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  change(universe);
  const { credential } = universe.credentials.read(identity);
  if (credential === undefined) throw new Crash();
  const context = universe.start();
  const [replica] = INSTANCE.replicas;
  if (replica === undefined) throw new Crash();
  await rehearse(context, (token) => context.access(replica, token), identity, credential);
  return universe;
}

describe.each(IDENTITIES)("%s", (identity) => {
  test("works, and its token is revoked", async () => {
    const { access } = await rehearsal(identity);
    expect(access.tokens.size).toBe(0);
    expect(access.ceremonies.size).toBe(0);
  });

  test("fails if it may not do what it is for", async () => {
    const policy = 'path "auth/token/lookup-self" {\n  capabilities = ["read"]\n}\n';
    await expect(
      rehearsal(identity, ({ access }) => access.policies.set(identityPolicyName(identity), policy)),
    ).rejects.toMatchObject({ code: "identity-rehearsal", message: expect.stringContaining("may not read") as string });
  });

  test("fails if it may do everything", async () => {
    const policy = 'path "*" {\n  capabilities = ["read", "update", "delete"]\n}\n';
    await expect(
      rehearsal(identity, ({ access }) => access.policies.set(identityPolicyName(identity), policy)),
    ).rejects.toMatchObject({ code: "identity-rehearsal", message: expect.stringContaining("may read") as string });
  });

  test("fails if it cannot log in", async () => {
    await expect(rehearsal(identity, ({ access }) => access.secretIds.clear())).rejects.toMatchObject({
      code: "identity-rehearsal",
      message: expect.stringContaining("cannot log in") as string,
    });
  });
});

test("ceremony leaves what others have begun alone", async () => {
  const { access } = await rehearsal("ceremony", (universe) => {
    universe.access.ceremonies.add("sys/generate-root-token/attempt");
  });
  expect([...access.ceremonies]).toEqual(["sys/generate-root-token/attempt"]);
});
