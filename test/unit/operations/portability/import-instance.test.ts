import { expect, test } from "vitest";
import { importBundle } from "../../../../src/operations/portability/import-instance";
import type { BundleRecord } from "../../../../src/operations/portability/records";
import { ReplicaError } from "../../../../src/vault/errors";
import { instanceWith } from "../../../support/data-context";
import { MemoryContent, mountsOf } from "../../../support/memory-content";

const KEEP = { overwrite: false, dryRun: false };
const SECRETS = Array.from({ length: 300 }, (_, n): BundleRecord => ({
  ...{ kind: "secret", mount: "old", path: String(n), versions: [{ data: { n } }] },
}));

function bundle(...records: BundleRecord[]) {
  return {
    async *records() {
      for (const record of records) yield await Promise.resolve(record);
    },
  };
}

test("a cut connection does not end the import, which goes on where it was", async () => {
  const api = new MemoryContent(mountsOf({ old: { type: "kv" } }));
  const { context, universe } = await instanceWith(api);
  let requests = 0;
  api.onRequest = (path) => {
    if (path.startsWith("old/") && ++requests === 400) throw new ReplicaError("unreachable", "cut off");
  };
  const report = await importBundle(context, bundle(...SECRETS), KEEP);
  expect(report.written + report.equal).toBe(300);
  expect(requests).toBeLessThan(700);
  expect(universe.locks.at(-1)?.entry).toBeUndefined();
});

test("what the server refuses is listed, and the others are written", async () => {
  const api = new MemoryContent(mountsOf({ old: { type: "kv" } }));
  const { context } = await instanceWith(api);
  api.onRequest = (path) => {
    if (path === "old/3") throw new ReplicaError("refused", "old/3: 500 no database", 500);
    if (path === "old/4") throw new ReplicaError("conflict", "check-and-set", 400);
  };
  const report = await importBundle(context, bundle(...SECRETS.slice(0, 6)), KEEP);
  expect(report).toMatchObject({
    written: 4,
    conflicts: ["old/4"],
    refused: [{ name: "old/3", reason: "old/3: 500 no database" }],
  });
});

test("nothing is written below a mount of another type", async () => {
  const api = new MemoryContent(mountsOf({ old: { type: "pki" } }));
  const { context } = await instanceWith(api);
  const mount: BundleRecord = { kind: "mount", path: "sys/mounts/old", settings: { type: "kv" } };
  const report = await importBundle(context, bundle(mount, ...SECRETS.slice(0, 2)), { ...KEEP, overwrite: true });
  expect(report.conflicts).toEqual(["sys/mounts/old", "old/0", "old/1"]);
});

test("what a new mount has by itself is no conflict", async () => {
  const api = new MemoryContent({ ...mountsOf({}), "pki/config/crl": { expiry: "72h" } });
  const { context } = await instanceWith(api);
  const mount: BundleRecord = { kind: "mount", path: "sys/mounts/pki", settings: { type: "pki" } };
  const object: BundleRecord = { kind: "object", path: "pki/config/crl", data: { expiry: "1h" } };
  expect(await importBundle(context, bundle(mount, object), KEEP)).toMatchObject({ written: 2, conflicts: [] });
});

test("a dry run writes nothing", async () => {
  const api = new MemoryContent(mountsOf({ old: { type: "kv" } }));
  const { context } = await instanceWith(api);
  const before = { ...api.objects };
  const read: BundleRecord = { kind: "public", path: "ssh/config/ca", data: {} };
  const report = await importBundle(context, bundle(read, ...SECRETS), { overwrite: true, dryRun: true });
  expect(report).toMatchObject({ written: 300, public: ["ssh/config/ca"] });
  expect(Object.keys(api.objects)).toEqual([...Object.keys(before), "sys/policies/acl/tenant-vault-import"]);
});
