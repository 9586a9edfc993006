import { expect, test } from "vitest";
import { successorsOf, type Candidate } from "../../../../src/operations/step-down/successors";

function candidate(name: string, change: Partial<Candidate> = {}): Candidate {
  return { name, address: `https://${name}:8200`, open: true, leads: name === "a", index: 5_000, ...change };
}
const A = candidate("a");
const peers = (...ids: readonly string[]) => ["a", "b", "c"].map((id) => ({ id, voter: ids.includes(id) }));

test.each<[string, Candidate[], ReturnType<typeof peers> | undefined, string]>([
  ["all may", [A, candidate("b"), candidate("c")], peers("a", "b", "c"), "b,c"],
  ["a sealed one may not", [A, candidate("b", { open: false }), candidate("c")], peers("a", "b", "c"), "c"],
  ["one without a vote may not", [A, candidate("b"), candidate("c")], peers("a", "c"), "c"],
  ["one that lags may not", [A, candidate("b", { index: 3_999 }), candidate("c")], peers("a", "b", "c"), "c"],
  ["the only one has none", [A], [{ id: "a", voter: true }], ""],
  [
    "names of members may differ",
    [A, candidate("b")],
    [
      { id: "x", voter: true },
      { id: "y", voter: true },
    ],
    "b",
  ],
  [
    "then two votes are needed",
    [A, candidate("b")],
    [
      { id: "x", voter: true },
      { id: "y", voter: false },
    ],
    "",
  ],
  ["no raft", [candidate("a", { index: undefined }), candidate("b", { index: undefined })], undefined, "b"],
])("%s", (_, replicas, members, expected) => {
  const found = successorsOf(replicas, A, members);
  expect(found.map(({ name }) => name).join()).toBe(expected);
});
