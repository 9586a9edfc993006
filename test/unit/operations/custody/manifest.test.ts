import { expect, test } from "vitest";
import {
  custodyName,
  custodyOfFile,
  parseCustodyManifest,
  personFile,
  type CustodyManifest,
} from "../../../../src/operations/custody/manifest";
import { manifestFile, manifestText } from "../../../../src/operations/snapshot/manifest";
import { isSnapshotName } from "../../../../src/operations/snapshot/manifest";

const MAIN = { tenant: "customer10", name: "main" };
const NAME = custodyName(MAIN, 12, new Date("2026-11-27T00:15:30.123Z"));
const MANIFEST: CustodyManifest = {
  format: 1,
  name: NAME,
  tenant: "customer10",
  instance: "main",
  time: "2026-11-27T00:15:30.123Z",
  recordVersion: 12,
  seal: "shamir",
  keyType: "unseal",
  shares: 5,
  threshold: 3,
  people: [{ name: "alice", recipient: "age1alice", keys: ["unseal-key-0"], size: 900, sha256: "0".repeat(64) }],
  digest: "a".repeat(64),
};

test("names files by instance, version of the record and time, and no snapshot is named so", () => {
  expect(NAME).toBe("customer10.main.custody-12.20261127T001530123Z");
  expect(personFile(NAME, "alice")).toBe(`${NAME}.alice.age`);
  expect(manifestFile(NAME)).toBe(`${NAME}.json`);
  expect(isSnapshotName(NAME, MAIN)).toBe(false);
});

test.each([
  [`${NAME}.json`, NAME],
  [`${NAME}.alice-2.age`, NAME],
  [`${NAME}.age`, undefined],
  [`${NAME}.alice.age.old`, undefined],
  [NAME.replace("main", "other") + ".json", undefined],
  ["customer10.main.20261127T001530123Z.json", undefined],
])("the file %s belongs to %s", (file, name) => {
  expect(custodyOfFile(file, MAIN)).toBe(name);
});

test("is read as it was written", () => {
  expect(parseCustodyManifest(manifestText(MANIFEST))).toEqual(MANIFEST);
});

test.each(["", "{", "{}", JSON.stringify({ ...MANIFEST, format: 2 }), JSON.stringify({ ...MANIFEST, digest: "x" })])(
  "%j is not a manifest",
  (text) => {
    expect(parseCustodyManifest(text)).toBeUndefined();
  },
);
