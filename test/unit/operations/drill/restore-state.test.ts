import { expect, test } from "vitest";
import { proofMetadata } from "../../../../src/operations/drill/restore-proof";
import { restoreStateOf } from "../../../../src/operations/drill/restore-state";

test.each<[string, Record<string, string>, boolean]>([
  ["Shamir's seal", { seal: "shamir" }, true],
  ["another seal", { seal: "transit" }, false],
  ["no description", {}, false],
  ["no servers any more", { seal: "shamir", retired: "true" }, false],
  ["its data in memory", { seal: "shamir", volatile: "true" }, false],
  ["the servers of another instance", { seal: "shamir", "shared-instance": "customer10/main" }, false],
  ["a hold", { seal: "shamir", held: "incident 42" }, false],
])("an instance with %s", (_, metadata, drillable) => {
  expect(restoreStateOf(metadata)).toEqual({ drillable, proof: undefined });
});

test("the proof is told whatever the seal is", () => {
  const proof = { time: "2026-11-27T00:15:30.123Z", snapshot: "s", version: "2.7.2" };
  expect(restoreStateOf({ seal: "transit", ...proofMetadata(proof) })).toEqual({ drillable: false, proof });
});
