import { expect, test } from "vitest";
import { fillEmptyCentral } from "../../../../src/operations/central/empty-central";
import type { CentralManifest } from "../../../../src/operations/snapshot/manifest";
import { archiveOf, piecesOf, snapshotFiles } from "../../../support/archive";
import { SimulatedCentral } from "../../../support/simulated-central";

const MANIFEST: CentralManifest = {
  format: 1,
  name: "central-vault.20261127T001530123Z",
  productVersion: "2.7.2",
  time: "2026-11-27T00:15:30.123Z",
  raftIndex: 7,
  size: 1,
  sha256: "a".repeat(64),
  seal: "shamir",
  shares: 3,
  threshold: 2,
};

/** A clock that moves on while somebody sleeps. */
function context(deadline = 60_000) {
  let now = 0;
  const sleep = (milliseconds: number): Promise<void> => Promise.resolve(void (now += milliseconds));
  return { clock: { now: () => now, date: () => new Date(0), sleep }, signal: new AbortController().signal, deadline };
}

test("an empty server gets the data, and then opens with the people's keys", async () => {
  const central = new SimulatedCentral("a");
  central.keep();
  const archive = archiveOf(snapshotFiles(Buffer.from(JSON.stringify(central.server(0).data))));
  central.wipe();
  await fillEmptyCentral(context(), central.server(0), MANIFEST, () => piecesOf(archive));
  expect(central.server(0).changes).toEqual(["initialize 2 of 3", "restore by force"]);
  expect(central.server(0)).toMatchObject({ sealed: true, data: { cluster: "c1", secret: "a" } });
  for (const key of ["key-1", "key-2"]) central.server(0).received.add(key);
});

test("a server that does not become active is left, and the message says how to go on", async () => {
  const central = new SimulatedCentral("a");
  central.wipe();
  const server = central.server(0);
  server.replica.leader = () => Promise.resolve(undefined);
  const filled = fillEmptyCentral(context(), server, MANIFEST, () => piecesOf(Buffer.alloc(1)));
  await expect(filled).rejects.toMatchObject({ code: "restore-unfinished" });
});
