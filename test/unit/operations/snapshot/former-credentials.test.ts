import { beforeEach, expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import type { Replica } from "../../../../src/contract/instance";
import { recallCredentials } from "../../../../src/operations/snapshot/former-credentials";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { INSTANCE, Universe } from "../../../support/simulation";

const [ACTIVE] = INSTANCE.replicas as [Replica];

let universe: Universe;
beforeEach(async () => {
  universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
});

/** Gives `plan` another secret ID, of which the instance does not know. */
function replace(times: number): Secret {
  const { credential } = universe.credentials.read("plan");
  if (credential === undefined) throw new Error("no credential");
  for (let version = 0; version < times; version++) {
    const secretId = new Secret(`later-${version}`);
    universe.credentials.write("plan", universe.credentials.read("plan"), { ...credential, secretId });
  }
  return credential.secretId;
}

test("the credential that works is written again, and the others stay as they are", async () => {
  const former = replace(3);
  const versions = universe.credentials.versions.get("apply")?.length;
  await recallCredentials(universe.start(), ACTIVE);
  expect(universe.credentials.read("plan").credential?.secretId.equals(former)).toBe(true);
  expect(universe.credentials.versions.get("apply")).toHaveLength(versions ?? 0);
  // The tokens of the tries are revoked.
  expect(universe.access.tokens.size).toBe(0);
});

test("if none works, nothing is written", async () => {
  universe.access.secretIds.clear();
  const before = universe.credentials.read("plan").version;
  await recallCredentials(universe.start(), ACTIVE);
  expect(universe.credentials.read("plan").version).toBe(before);
});
