import { expect, test } from "vitest";
import {
  centralSnapshotName,
  contentFile,
  isCentralSnapshotName,
  isSnapshotName,
  manifestFile,
  manifestText,
  parseCentralManifest,
  parseManifest,
  snapshotName,
  type Manifest,
} from "../../../../src/operations/snapshot/manifest";

const INSTANCE = { tenant: "customer10", name: "main" };
const NAME = snapshotName(INSTANCE, new Date("2026-11-27T00:15:30.123Z"));
const MANIFEST: Manifest = {
  format: 1,
  name: NAME,
  tenant: "customer10",
  instance: "main",
  product: "openbao",
  productVersion: "2.7.2",
  time: "2026-11-27T00:15:30.123Z",
  raftIndex: 120,
  size: 1000,
  sha256: "a".repeat(64),
  recordVersion: 4,
  keysFingerprint: "0123456789abcdef",
  seal: "shamir",
  shares: 5,
  threshold: 3,
};

test("the name tells tenant, instance and time, and no other instance has it", () => {
  expect(NAME).toBe("customer10.main.20261127T001530123Z");
  expect([contentFile(NAME), manifestFile(NAME)]).toEqual([`${NAME}.age`, `${NAME}.json`]);
  expect(isSnapshotName(NAME, INSTANCE)).toBe(true);
  for (const name of ["mai", "main2"]) expect(isSnapshotName(NAME, { ...INSTANCE, name })).toBe(false);
  for (const text of ["../x", `${NAME}.age`, "customer10.main.now"]) expect(isSnapshotName(text, INSTANCE)).toBe(false);
});

test("a manifest is read as it is written", () => {
  expect(parseManifest(manifestText(MANIFEST))).toEqual(MANIFEST);
});

test.each([
  ["", undefined],
  ["no JSON", "{"],
  ["another format", { ...MANIFEST, format: 2 }],
  ["no checksum", { ...MANIFEST, sha256: "" }],
  ["no version", { ...MANIFEST, recordVersion: "4" }],
])("%s is no manifest", (_, value) => {
  expect(parseManifest(typeof value === "string" ? value : JSON.stringify(value ?? null))).toBeUndefined();
});

test("a snapshot of the central Vault has a name and a manifest of its own", () => {
  const name = centralSnapshotName(new Date("2026-11-27T00:15:30.123Z"));
  expect(name).toBe("central-vault.20261127T001530123Z");
  expect([isCentralSnapshotName(name), isCentralSnapshotName(NAME)]).toEqual([true, false]);
  expect(isSnapshotName(name, { tenant: "central-vault", name: "main" })).toBe(false);
  const { tenant: _tenant, instance: _instance, product: _product, ...others } = MANIFEST;
  const { recordVersion: _version, keysFingerprint: _keys, ...rest } = others;
  expect(parseCentralManifest(manifestText({ ...rest, name }))).toEqual({ ...rest, name });
  expect(parseManifest(manifestText({ ...rest, name }))).toBeUndefined();
  expect(parseCentralManifest("{")).toBeUndefined();
});
