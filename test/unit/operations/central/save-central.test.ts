import { expect, test } from "vitest";
import { systemClock } from "../../../../src/core/clock";
import { Log } from "../../../../src/core/log";
import { Secret } from "../../../../src/core/secret";
import { CENTRAL_SERIES, saveCentral } from "../../../../src/operations/central/save-central";
import { openSnapshot } from "../../../../src/operations/snapshot/open-snapshot";
import { listSeries } from "../../../../src/operations/snapshot/series";
import { ageKey } from "../../../support/age";
import { collect } from "../../../support/archive";
import { MemoryTarget } from "../../../support/memory-target";
import { SimulatedCentral } from "../../../support/simulated-central";

const CONTEXT = { clock: systemClock, log: new Log(() => undefined) };

test("the active server's snapshot is kept, encrypted, with the number of the people's keys", async () => {
  const { identity, recipient } = await ageKey();
  const central = new SimulatedCentral("a", "b");
  central.server(0).up = false;
  central.keep();
  const target = new MemoryTarget();
  const manifest = await saveCentral(CONTEXT, central.servers, target, [recipient]);
  expect(manifest).toMatchObject({ productVersion: "2.7.2", seal: "shamir", shares: 3, threshold: 2, raftIndex: 7 });
  expect(await listSeries(target, CENTRAL_SERIES)).toEqual([{ ...manifest, complete: true }]);
  const plain = await collect(openSnapshot(target, manifest, [new Secret(identity)]));
  expect(central.find(plain)).toMatchObject({ secret: "a" });
});

test("a token that the server refuses is told, and nothing counts as a snapshot", async () => {
  const { recipient } = await ageKey();
  const central = new SimulatedCentral("a");
  central.server(0).token = "other";
  const target = new MemoryTarget();
  await expect(saveCentral(CONTEXT, central.servers, target, [recipient])).rejects.toMatchObject({
    code: "central-denied",
  });
  expect(target.files.size).toBe(0);
});
