import { expect, test } from "vitest";
import { decideGeneration, type GenerationView } from "../../../../src/operations/root-token/generation-decision";

const NOTHING: GenerationView = {
  ceremony: undefined,
  begun: undefined,
  unheard: false,
  refused: [],
  pending: false,
  announced: true,
  made: false,
  lost: false,
  delivered: false,
};
const BEGUN = { nonce: "n", progress: 0, required: 3, verification: undefined };

test.each<[string, Partial<GenerationView>, object]>([
  ["announces before it begins", { announced: false }, { do: "announce" }],
  ["begins", {}, { do: "begin" }],
  ["shows the record's keys", { begun: "n", ceremony: BEGUN }, { do: "send", set: "current" }],
  [
    "shows the keys of a rotation if the others are refused",
    { begun: "n", ceremony: BEGUN, refused: ["current"], pending: true },
    { do: "send", set: "pending" },
  ],
  ["stops if the only keys are refused", { begun: "n", ceremony: BEGUN, refused: ["current"] }, { do: "stop" }],
  ["cancels what it has begun without an answer", { unheard: true, ceremony: BEGUN }, { do: "cancel" }],
  ["cancels if an answer was lost", { begun: "n", ceremony: { ...BEGUN, progress: 1 } }, { do: "cancel" }],
  [
    "waits for a ceremony of others",
    { begun: "m", ceremony: BEGUN },
    { do: "wait", reason: "somebody else makes a root token" },
  ],
  ["revokes lost tokens before it gives its own", { made: true, lost: true }, { do: "revoke-lost" }],
  ["gives its token", { made: true }, { do: "deliver" }],
  ["settles once somebody has it", { made: true, delivered: true }, { do: "settle" }],
])("%s", (_, view, step) => {
  expect(decideGeneration({ ...NOTHING, ...view })).toEqual(step);
});
