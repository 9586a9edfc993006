import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { CENTRAL_SERIES } from "../../../../src/operations/central/save-central";
import { writeManifest } from "../../../../src/operations/snapshot/content";
import { centralSnapshotName, contentFile, type CentralManifest } from "../../../../src/operations/snapshot/manifest";
import {
  expiredSnapshots,
  findInSeries,
  listSeries,
  pruneSeries,
  type Stored,
} from "../../../../src/operations/snapshot/series";
import { listSnapshots } from "../../../../src/operations/snapshot/stored-snapshots";
import { piecesOf } from "../../../support/archive";
import { MemoryTarget } from "../../../support/memory-target";

const DAY = 86_400_000;
const NOW = Date.parse("2026-12-01T00:00:00Z");

function snapshot(daysAgo: number, complete = true): Stored<CentralManifest> {
  const time = new Date(NOW - daysAgo * DAY);
  return {
    ...{ format: 1, name: centralSnapshotName(time), productVersion: "2.7.2", time: time.toISOString() },
    ...{ raftIndex: 1, size: 4, sha256: "a".repeat(64), seal: "shamir", shares: 5, threshold: 3, complete },
  };
}

let target: MemoryTarget;
beforeEach(async () => {
  target = new MemoryTarget();
  for (const { complete, ...manifest } of [snapshot(3), snapshot(1), snapshot(2, false)]) {
    await target.write(contentFile(manifest.name), piecesOf(Buffer.from(complete ? "1234" : "12")));
    await writeManifest(target, manifest);
  }
});

test("the snapshots of the central Vault are those of no instance", async () => {
  expect(await listSeries(target, CENTRAL_SERIES)).toEqual([snapshot(1), snapshot(2, false), snapshot(3)]);
  expect(await listSnapshots(target, { tenant: "central-vault", name: "main" })).toEqual([]);
});

test("the newest complete one is found, and a missing one is told with the command that lists them", async () => {
  expect(await findInSeries(target, CENTRAL_SERIES, undefined)).toEqual(snapshot(1));
  await expect(findInSeries(target, CENTRAL_SERIES, snapshot(2).name)).rejects.toThrow(
    /of the central Vault; "tenant-vault central snapshot list"/,
  );
});

test("old ones are pruned", async () => {
  const removed = await pruneSeries(target, CENTRAL_SERIES, NOW, { keep: 1, keepDays: 0 });
  expect(removed.map(({ name }) => name)).toEqual([snapshot(2).name, snapshot(3).name]);
  expect(target.files.size).toBe(2);
});

test("property: the newest complete snapshot is never removed, nor fewer than the number kept", () => {
  const snapshots = fc.uniqueArray(fc.tuple(fc.nat({ max: 400 }), fc.boolean()), { selector: ([days]) => days });
  fc.assert(
    fc.property(snapshots, fc.nat({ max: 5 }), fc.nat({ max: 50 }), (given, keep, keepDays) => {
      const listed = given
        .map(([days, complete]) => snapshot(days, complete))
        .sort((a, b) => (a.name < b.name ? 1 : -1));
      const expired = expiredSnapshots(listed, NOW, { keep, keepDays });
      const left = listed.filter((each) => !expired.includes(each) && each.complete);
      const complete = listed.filter((each) => each.complete);
      expect(left[0]).toBe(complete[0]);
      expect(left.length).toBeGreaterThanOrEqual(Math.min(complete.length, Math.max(1, keep)));
      for (const { time } of expired) expect(NOW - Date.parse(time)).toBeGreaterThan(keepDays * DAY);
    }),
  );
});
