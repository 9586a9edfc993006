import { expect, test } from "vitest";
import { proofMetadata, proofOf, refuseProven } from "../../../../src/operations/drill/restore-proof";

const PROOF = { time: "2026-11-27T00:15:30.123Z", snapshot: "customer10.main.20261127T001530123Z", version: "2.7.2" };

test("a proof is read as it is written, beside the metadata of others", () => {
  expect(proofOf({ product: "openbao", ...proofMetadata(PROOF) })).toEqual(PROOF);
});

test("no time, and none that is valid, are no proof", () => {
  expect(proofOf({})).toBeUndefined();
  expect(proofOf({ ...proofMetadata(PROOF), "restore-proven-at": "soon" })).toBeUndefined();
});

test.each([
  ["customer10.main.20261127T001530123Z", "the proven one"],
  ["customer10.main.20261126T001530123Z", "an older one, because the proven one is gone"],
])("%s is refused, because it is %s", (name) => {
  expect(() => refuseProven("customer10/main", proofMetadata(PROOF), { name })).toThrow(
    /^customer10\/main has no snapshot since customer10\.main\.20261127T001530123Z, which is proven already; check the job that takes snapshots\.$/,
  );
});

test("a newer snapshot is not refused, and neither is the first", () => {
  const name = "customer10.main.20261128T001530123Z";
  expect(() => refuseProven("customer10/main", proofMetadata(PROOF), { name })).not.toThrow();
  expect(() => refuseProven("customer10/main", {}, { name: PROOF.snapshot })).not.toThrow();
});

test("the proof that a former standby has of another instance refuses none of its own", () => {
  const name = "customer10.a-standby.20261101T001530123Z";
  expect(() => refuseProven("customer10/a-standby", proofMetadata(PROOF), { name })).not.toThrow();
});
