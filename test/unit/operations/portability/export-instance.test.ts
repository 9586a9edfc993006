import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { BundleReader } from "../../../../src/operations/portability/bundle-reader";
import { exportInstance } from "../../../../src/operations/portability/export-instance";
import { ReplicaError } from "../../../../src/vault/errors";
import { ageKey } from "../../../support/age";
import { instanceWith } from "../../../support/data-context";
import { MemoryContent, mountsOf } from "../../../support/memory-content";

const folder = mkdtempSync(join(tmpdir(), "tenant-vault-export-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SECRETS = Array.from({ length: 2500 }, (_, n) => [`kv/${String(n).padStart(5, "0")}`, { n }] as const);

function data(): MemoryContent {
  return new MemoryContent({
    ...mountsOf({ kv: { type: "kv" }, pki: { type: "pki" } }),
    "sys/policies/acl/a": { policy: "a" },
    ...Object.fromEntries(SECRETS),
  });
}

test("a cut connection does not end the export, and nothing is read twice but one part", async () => {
  const api = data();
  const { context, universe } = await instanceWith(api);
  let reads = 0;
  api.onRequest = (path) => {
    if (!/^kv\/\d/.test(path)) return;
    if (++reads === 1800) throw new ReplicaError("unreachable", "cut off");
  };
  const key = await ageKey();
  const file = join(folder, "a.bundle");
  const report = await exportInstance(context, file, [key.recipient]);
  expect(report).toMatchObject({ records: SECRETS.length + 3 });
  expect(report.stays).toContain("pki: private keys of the CAs, and what they issued");
  expect(reads).toBeGreaterThan(SECRETS.length);
  expect(reads).toBeLessThan(SECRETS.length + 1100);
  expect(universe.events.map(({ message }) => message)).toContain("continues an export that was interrupted");
  const reader = await BundleReader.open(file, [new Secret(key.identity)]);
  const found: string[] = [];
  for await (const record of reader.records()) if (record.kind === "secret") found.push(`kv/${record.path}`);
  await reader.close();
  expect(found).toEqual(SECRETS.map(([path]) => path));
  expect(universe.locks.at(-1)?.entry).toBeUndefined();
});

test("a refused request ends it, and the run after goes on", async () => {
  const api = data();
  const { context } = await instanceWith(api);
  api.onRequest = (path) => {
    if (path === "kv/02400") throw new ReplicaError("denied", "permission denied", 403);
  };
  const key = await ageKey();
  const run = () => exportInstance(context, join(folder, "b.bundle"), [key.recipient]);
  await expect(run()).rejects.toMatchObject({ code: "replica-denied" });
  const seen: string[] = [];
  api.onRequest = (path) => void seen.push(path);
  expect(await run()).toMatchObject({ records: SECRETS.length + 3 });
  expect(seen).not.toContain("kv/00001");
});
