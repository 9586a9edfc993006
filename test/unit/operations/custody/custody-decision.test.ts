import { expect, test } from "vitest";
import { decideCustody, type StoredCustody } from "../../../../src/operations/custody/custody-decision";

const NOW = "b".repeat(64);
const BEFORE = "a".repeat(64);

function stored(digest: string, minute: number, complete = true): StoredCustody {
  return {
    format: 1,
    name: `customer10.main.custody-7.2026112700${minute}00000Z`,
    tenant: "customer10",
    instance: "main",
    time: `2026-11-27T00:${minute}:00.000Z`,
    recordVersion: 7,
    seal: "shamir",
    keyType: "unseal",
    shares: 5,
    threshold: 3,
    people: [],
    digest,
    complete,
  };
}

test.each<[string, readonly StoredCustody[], object]>([
  ["nothing", [], { state: "missing" }],
  ["only what an interrupted run left", [stored(NOW, 10, false)], { state: "missing" }],
  ["the same", [stored(NOW, 10)], { state: "current", custody: stored(NOW, 10) }],
  ["something else", [stored(BEFORE, 10)], { state: "outdated" }],
  ["the same as the newest", [stored(BEFORE, 10), stored(NOW, 11)], { state: "current", custody: stored(NOW, 11) }],
  // The record has former keys again, for example after a restore.
  ["the same before something else", [stored(NOW, 10), stored(BEFORE, 11)], { state: "outdated" }],
  ["the same, and then a lost file", [stored(BEFORE, 10), stored(NOW, 11, false)], { state: "outdated" }],
])("a target with %s", (_, found, state) => {
  expect(decideCustody(found, NOW)).toEqual(state);
  expect(decideCustody([...found].reverse(), NOW)).toEqual(state);
});
