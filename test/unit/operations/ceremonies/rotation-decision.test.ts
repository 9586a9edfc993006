import { expect, test } from "vitest";
import {
  decideRotation,
  type RotationStep,
  type RotationView,
} from "../../../../src/operations/ceremonies/rotation-decision";

const NOTHING: RotationView = {
  pending: undefined,
  ceremony: undefined,
  begun: undefined,
  unheard: false,
  refused: [],
  inUse: false,
};
const BEGUN = { nonce: "n", progress: 0, required: 3, verification: undefined, verifies: true };
const MADE = { ...BEGUN, verification: "v" };

test.each<[string, Partial<RotationView>, RotationStep]>([
  ["begins", {}, { do: "begin" }],
  ["adopts the pending keys that are in use", { begun: "n", inUse: true }, { do: "adopt" }],
  ["cancels first what has proven them", { begun: "n", ceremony: BEGUN, inUse: true }, { do: "cancel" }],
  ["adopts them beside a ceremony of others", { begun: "m", ceremony: BEGUN, inUse: true }, { do: "adopt" }],
  ["shows the record's keys", { begun: "n", ceremony: BEGUN }, { do: "send", set: "current" }],
  [
    "shows none to a server that does not verify",
    { begun: "n", ceremony: { ...BEGUN, verifies: false } },
    { do: "refuse" },
  ],
  ["verifies the keys that the record has", { begun: "n", pending: "n", ceremony: MADE }, { do: "verify", nonce: "v" }],
  ["cancels if the new keys were lost", { begun: "n", ceremony: MADE }, { do: "cancel" }],
  [
    "cancels if the record has those of another rotation",
    { begun: "n", pending: "m", ceremony: MADE },
    { do: "cancel" },
  ],
  ["cancels if an answer was lost", { begun: "n", ceremony: { ...BEGUN, progress: 1 } }, { do: "cancel" }],
  ["cancels what it has begun without an answer", { unheard: true, ceremony: BEGUN }, { do: "cancel" }],
  [
    "waits for a rotation of others",
    { begun: "m", ceremony: BEGUN },
    { do: "wait", reason: "somebody else has begun a rotation of keys" },
  ],
  [
    "shows the pending keys if the former ones are refused",
    { begun: "n", pending: "m", ceremony: BEGUN, refused: ["current"] },
    { do: "send", set: "pending" },
  ],
  [
    "stops if both are refused",
    { begun: "n", pending: "m", ceremony: BEGUN, refused: ["current", "pending"] },
    { do: "stop" },
  ],
  ["stops if the only ones are refused", { begun: "n", ceremony: BEGUN, refused: ["current"] }, { do: "stop" }],
  ["adopts keys that are in use", { pending: "n", inUse: true }, { do: "adopt" }],
])("%s", (_, view, step) => {
  expect(decideRotation({ ...NOTHING, ...view })).toEqual(step);
});
