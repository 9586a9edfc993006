import { expect, test } from "vitest";
import { dueDrills, type DrillCandidate } from "../../../src/watch/due-drills";

const DAY = 86_400_000;
const NOW = Date.parse("2026-11-27T00:00:00Z");

function candidate(
  instance: string,
  daysAgo: number | undefined,
  { drillable = true, resting = false } = {},
): DrillCandidate {
  const time = daysAgo === undefined ? undefined : new Date(NOW - daysAgo * DAY).toISOString();
  return {
    instance,
    drillable,
    resting,
    proof: time === undefined ? undefined : { time, snapshot: "s", version: "v" },
  };
}

test.each<[string, DrillCandidate[], string[]]>([
  ["no instances", [], []],
  ["a recent proof", [candidate("a/a", 29)], []],
  ["a proof of just this age", [candidate("a/a", 30)], []],
  ["an older proof", [candidate("a/a", 31)], ["a/a"]],
  ["no proof", [candidate("a/a", undefined)], ["a/a"]],
  ["a proof of the future, from a clock that was wrong", [candidate("a/a", -400)], []],
  ["another seal, or a hold", [candidate("a/a", 31, { drillable: false })], []],
  ["a failure a moment ago", [candidate("a/a", 31, { resting: true })], []],
  ["several", [candidate("a/a", 31), candidate("b/b", 90), candidate("c/c", 40)], ["b/b", "c/c", "a/a"]],
  [
    "some without a proof",
    [candidate("a/a", 400), candidate("c/c", undefined), candidate("b/b", undefined)],
    ["b/b", "c/c", "a/a"],
  ],
  [
    "all kinds",
    [
      candidate("a/a", 1),
      candidate("b/b", 50, { resting: true }),
      candidate("c/c", 60),
      candidate("d/d", 99, { drillable: false }),
    ],
    ["c/c"],
  ],
])("of instances with %s, these are due, the oldest proof first", (_, candidates, due) => {
  expect(dueDrills(candidates, NOW, 30 * DAY)).toEqual(due);
});
