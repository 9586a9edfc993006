import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileTarget } from "../../../../src/operations/snapshot/file-target";
import { contentFile, manifestFile, manifestText, snapshotName } from "../../../../src/operations/snapshot/manifest";
import {
  findSnapshot,
  listSnapshots,
  pruneSnapshots,
  type StoredSnapshot,
} from "../../../../src/operations/snapshot/stored-snapshots";
import { piecesOf } from "../../../support/archive";

const INSTANCE = { tenant: "customer10", name: "main" };
const DAY = 86_400_000;
const NOW = Date.parse("2026-12-01T00:00:00Z");

function snapshot(daysAgo: number, complete = true, name = "main"): StoredSnapshot {
  const time = new Date(NOW - daysAgo * DAY);
  return {
    format: 1,
    name: snapshotName({ tenant: "customer10", name }, time),
    tenant: "customer10",
    instance: name,
    product: "openbao",
    productVersion: "2.7.2",
    time: time.toISOString(),
    raftIndex: 1,
    size: 4,
    sha256: "a".repeat(64),
    recordVersion: 1,
    seal: "shamir",
    shares: 5,
    threshold: 3,
    complete,
  };
}

let folder: string;
let target: FileTarget;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-stored-"));
  target = new FileTarget(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function store({ complete, ...manifest }: StoredSnapshot): Promise<void> {
  await target.write(contentFile(manifest.name), piecesOf(Buffer.from(complete ? "1234" : "12")));
  await target.write(manifestFile(manifest.name), piecesOf(Buffer.from(manifestText(manifest))));
}

test("snapshots of one instance are listed by their manifests, the newest first", async () => {
  for (const each of [snapshot(3), snapshot(1), snapshot(2, false), snapshot(1, true, "other")]) await store(each);
  await target.write("notes.json", piecesOf(Buffer.from("{}")));
  // Its manifest is missing, because the run that wrote it was killed.
  await target.write(contentFile(snapshot(0).name), piecesOf(Buffer.from("1234")));
  await target.write(manifestFile(snapshot(5).name), piecesOf(Buffer.from("damaged")));
  expect(await listSnapshots(target, INSTANCE)).toEqual([snapshot(1), snapshot(2, false), snapshot(3)]);
});

test("the newest complete snapshot is found, or the named one", async () => {
  for (const each of [snapshot(0, false), snapshot(1), snapshot(2)]) await store(each);
  expect(await findSnapshot(target, INSTANCE, undefined)).toEqual(snapshot(1));
  expect(await findSnapshot(target, INSTANCE, snapshot(2).name)).toEqual(snapshot(2));
  for (const name of [snapshot(0).name, "../x", snapshot(9).name]) {
    await expect(findSnapshot(target, INSTANCE, name)).rejects.toMatchObject({ code: "snapshot-missing" });
  }
});

test("pruning removes what is old and beyond the number, and nothing that it does not know", async () => {
  for (const each of [0, 1, 2, 3, 9].map((days) => snapshot(days))) await store(each);
  await store(snapshot(8, true, "other"));
  await target.write("customer10.main.notes", piecesOf(Buffer.from("keep")));
  const removed = await pruneSnapshots(target, INSTANCE, NOW, { keep: 2, keepDays: 2.5 });
  expect(removed.map(({ time }) => time)).toEqual([snapshot(3).time, snapshot(9).time]);
  const kept = [snapshot(0), snapshot(1), snapshot(2), snapshot(8, true, "other")].flatMap(({ name }) => [
    contentFile(name),
    manifestFile(name),
  ]);
  expect(readdirSync(folder).sort()).toEqual([...kept, "customer10.main.notes"].sort());
});
