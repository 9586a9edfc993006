import { expect, test } from "vitest";
import { revokeRootToken } from "../../../../src/operations/identities/root-token";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { INSTANCE, Universe } from "../../../support/simulation";

async function revoke(universe: Universe): Promise<void> {
  const context = universe.start();
  const [replica] = INSTANCE.replicas;
  if (replica === undefined) throw new Error("no replica");
  const { credential } = universe.credentials.read("ceremony");
  await revokeRootToken(context, (token) => context.access(replica, token), credential);
}

async function established(): Promise<Universe> {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  return universe;
}

test("revokes the token, and then removes it from the record", async () => {
  const universe = await established();
  await revoke(universe);
  expect(universe.access.rootIsRevoked).toBe(true);
  expect(universe.record).not.toHaveProperty("root-token");
});

test("a token that is revoked already is removed from the record", async () => {
  const universe = await established();
  universe.access.revokeRoot();
  await revoke(universe);
  expect(universe.record).not.toHaveProperty("root-token");
});

test.each([
  ["has no credential", (universe: Universe) => universe.credentials.versions.delete("ceremony")],
  ["cannot begin a ceremony", (universe: Universe) => universe.access.ceremonies.add("sys/rotate/root/init")],
  ["does not log in", (universe: Universe) => universe.access.secretIds.clear()],
])("is refused if ceremony %s", async (_case, change) => {
  const universe = await established();
  change(universe);
  await expect(revoke(universe)).rejects.toMatchObject({ code: "identity-rehearsal" });
  expect(universe.access.rootIsRevoked).toBe(false);
  expect(universe.record).toHaveProperty("root-token");
});

test("another token in the field of the root token is not revoked, and stays", async () => {
  const universe = await established();
  const { fields = {} } = universe.versions.at(-1) ?? {};
  universe.access.tokens.set("s.other", ["app"]);
  universe.versions.push({ fields: { ...fields, "root-token": "s.other" }, at: 0, deleted: false });
  await expect(revoke(universe)).rejects.toThrow(
    "The field root-token of customers/customer10/main is kept, because its token has the policies app and is not a root token; write the root token there, or remove the field.",
  );
  expect(universe.access.tokens.has("s.other")).toBe(true);
  expect(universe.record).toHaveProperty("root-token", "s.other");
});
