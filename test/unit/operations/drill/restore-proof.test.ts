import { expect, test } from "vitest";
import { proofMetadata, proofOf } from "../../../../src/operations/drill/restore-proof";

const PROOF = { time: "2026-11-27T00:15:30.123Z", snapshot: "customer10.main.20261127T001530123Z", version: "2.7.2" };

test("a proof is read as it is written, beside the metadata of others", () => {
  expect(proofOf({ product: "openbao", ...proofMetadata(PROOF) })).toEqual(PROOF);
});

test("no time, and none that is valid, are no proof", () => {
  expect(proofOf({})).toBeUndefined();
  expect(proofOf({ ...proofMetadata(PROOF), "restore-proven-at": "soon" })).toBeUndefined();
});
