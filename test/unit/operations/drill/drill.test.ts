import { expect, test } from "vitest";
import { drill } from "../../../../src/operations/drill/drill";
import { saveSnapshot } from "../../../../src/operations/snapshot/save-snapshot";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { ageKey } from "../../../support/age";
import { MemoryTarget } from "../../../support/memory-target";
import { INSTANCE, Universe } from "../../../support/simulation";

// test/integration/drill.test.ts proves snapshots with real servers.
test.each([
  ["with another seal", { seal: "transit" }, "drill-unsupported"],
  ["whose keys are gone", { keysFingerprint: "0123456789abcdef" }, "snapshot-keys"],
])("no server is started for a snapshot %s, and no proof is written", async (_, other, code) => {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  const target = new MemoryTarget();
  const { recipient } = await ageKey();
  const manifest = { ...(await saveSnapshot(universe.start(), target, [recipient])), ...other };
  const options = { manifest, identities: [], program: "/missing", isolation: [] };
  await expect(drill(universe.start(), target, options)).rejects.toMatchObject({ code });
  expect(Object.keys(universe.metadata).filter((name) => name.startsWith("restore-"))).toEqual([]);
});
