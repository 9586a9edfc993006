import { expect, test } from "vitest";
import { decideProof, type ProofView } from "../../../../src/operations/escrow/proof-decision";

const NOTHING: ProofView = { ceremony: undefined, begun: undefined, unheard: false, proven: false, groups: 1 };
const BEGUN = { nonce: "n", progress: 0, required: 3, verification: undefined, verifies: true };

test.each<[string, Partial<ProofView>, string]>([
  ["begins", {}, "begin"],
  ["shows keys", { begun: "n", ceremony: BEGUN }, "send"],
  ["shows none to a server that does not verify", { begun: "n", ceremony: { ...BEGUN, verifies: false } }, "refuse"],
  ["waits for a rotation of others", { begun: "m", ceremony: BEGUN }, "wait"],
  ["cancels what it has begun without an answer", { unheard: true, ceremony: BEGUN }, "cancel"],
  ["cancels if an answer was lost", { begun: "n", ceremony: { ...BEGUN, progress: 1 } }, "cancel"],
  ["takes new keys for a proof", { begun: "n", ceremony: { ...BEGUN, verification: "v" } }, "note-proof"],
  ["cancels after the proof", { proven: true, begun: "n", ceremony: BEGUN }, "cancel"],
  ["leaves a rotation of others alone after the proof", { proven: true, begun: "m", ceremony: BEGUN }, "judge"],
  ["judges after the proof", { proven: true, begun: "n" }, "judge"],
  ["cancels if no keys are left", { begun: "n", ceremony: BEGUN, groups: 0 }, "cancel"],
  ["stops then", { begun: "n", groups: 0 }, "stop"],
])("%s", (_, view, step) => {
  expect(decideProof({ ...NOTHING, ...view }).do).toBe(step);
});
