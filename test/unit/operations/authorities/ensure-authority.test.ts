import { expect, test } from "vitest";
import type { AuthorityDescription } from "../../../../src/contract/authorities";
import { Secret } from "../../../../src/core/secret";
import { ensureAuthority } from "../../../../src/operations/authorities/ensure-authority";
import { ReplicaError } from "../../../../src/vault/errors";
import { instanceWith } from "../../../support/data-context";
import { running } from "../../../support/explored-worlds";
import { madeAuthority } from "../../../support/made-authority";
import { MemoryContent } from "../../../support/memory-content";
import { EXPORTED, simulatedAuthority, simulatedKey } from "../../../support/simulated-authorities";
import type { Universe } from "../../../support/simulation";

const IMPORTED: AuthorityDescription = {
  ...EXPORTED,
  issuer: "imported-1",
  source: { type: "imported", bundle: { mount: "operator", path: "ca", field: "bundle" } },
};

/** A world in which a person has written a bundle. */
async function withBundle(bundle: string): Promise<Universe> {
  const universe = await running();
  universe.authorities.bundles.set("operator/ca#bundle", new Secret(bundle));
  return universe;
}

function ensure(universe: Universe, authority: AuthorityDescription) {
  return ensureAuthority(universe.start(), authority, simulatedKey);
}

function issuer(universe: Universe, mount = "pki") {
  const [path = ""] = Object.keys(universe.content.objects).filter((each) => each.startsWith(`${mount}/issuer/`));
  return universe.content.objects[path];
}

test("an exported CA: its key is in the central Vault first, then its certificate; another run changes nothing", async () => {
  const universe = await running();
  expect(await ensure(universe, EXPORTED)).toEqual({
    mount: "pki",
    issuer: "exported-1",
    steps: ["generate-key", "certify", "keep-certificate"],
  });
  const { key, certificate } = universe.authorities.read("exported-1");
  expect(certificate).toBe(issuer(universe)?.certificate);
  expect(await ensure(universe, EXPORTED)).toMatchObject({ steps: [] });
  expect(universe.authorities.read("exported-1").key?.equals(key ?? new Secret(""))).toBe(true);
  expect(JSON.stringify(universe.events)).not.toContain("PRIVATE KEY");
});

test("the same CA comes back into a mount that was created again, with its name", async () => {
  const universe = await running();
  await ensure(universe, EXPORTED);
  const former = issuer(universe);
  for (const path of Object.keys(universe.content.objects)) Reflect.deleteProperty(universe.content.objects, path);
  expect(await ensure(universe, EXPORTED)).toMatchObject({ steps: ["import", "name"] });
  expect(issuer(universe)).toMatchObject({ certificate: former?.certificate, issuer_name: "exported-1" });
});

test("an imported CA comes from the bundle of a person, which is not written", async () => {
  const { key, certificate } = simulatedAuthority(1);
  const universe = await withBundle(key + certificate);
  expect(await ensure(universe, IMPORTED)).toMatchObject({ steps: ["import", "name"] });
  expect(issuer(universe)).toMatchObject({ certificate, issuer_name: "imported-1" });
  expect(universe.authorities.parts.size).toBe(0);
});

test.each([
  ["", /operator\/ca in the central Vault has no private key; .*, and deploy again\.$/],
  [simulatedAuthority(0).key, /has no certificate of its private key/],
])("a bundle that is no CA is refused before the instance gets it (%#)", async (bundle, message) => {
  const universe = await withBundle(bundle);
  await expect(ensure(universe, IMPORTED)).rejects.toMatchObject({
    code: "authority-bundle",
    message: expect.stringMatching(message) as string,
  });
  expect(issuer(universe)).toBeUndefined();
});

test("without a bundle the error says where it belongs", async () => {
  await expect(ensure(await running(), IMPORTED)).rejects.toMatchObject({
    code: "authority-bundle",
    message: expect.stringContaining("The field bundle of operator/ca in the central Vault is empty") as string,
  });
});

test("an issuer whose key the central Vault lost, and one that is another CA, end the run", async () => {
  const universe = await running();
  await ensure(universe, EXPORTED);
  universe.authorities.parts.delete("exported-1/key");
  await expect(ensure(universe, EXPORTED)).rejects.toMatchObject({
    code: "authority-conflict",
    message: expect.stringContaining("restore authorities/customer10/main/exported-1/key") as string,
  });
  const stranger = madeAuthority("Stranger");
  universe.authorities.parts.set("exported-1/key", stranger.key);
  universe.authorities.parts.set("exported-1/certificate", stranger.certificate);
  await expect(ensure(universe, EXPORTED)).rejects.toMatchObject({ code: "authority-conflict" });
  universe.authorities.parts.delete("exported-1/certificate");
  await expect(ensure(universe, EXPORTED)).rejects.toMatchObject({ code: "authority-conflict" });
  expect(universe.authorities.parts.has("exported-1/certificate")).toBe(false);
});

test("without the right to import, the error names the layers to deploy", async () => {
  const api = new MemoryContent();
  api.onRequest = (path) => {
    if (path === "pki/keys/import") throw new ReplicaError("denied", "403", 403);
  };
  const { context, tokens } = await instanceWith(api);
  await expect(ensureAuthority(context, EXPORTED, simulatedKey)).rejects.toMatchObject({
    code: "authority-denied",
    message: expect.stringMatching(/mount pki yet; deploy the stack customer10-vault, and then/) as string,
  });
  expect(tokens).not.toContain("root-0");
});
