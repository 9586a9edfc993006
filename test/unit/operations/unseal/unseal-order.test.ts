import { expect, test } from "vitest";
import { nextToUnseal } from "../../../../src/operations/unseal/unseal-order";
import type { SeenReplica } from "../../../../src/operations/seen";

const REPLICAS: readonly SeenReplica[] = ["main-0", "main-1", "main-2"].map((name) => ({
  name,
  address: `https://${name}:8200`,
  status: { state: "sealed", seal: "shamir", threshold: 3 },
}));

test.each<[string, { active: boolean; outsiders: string[]; late: boolean }, number, string[]]>([
  ["all of them while one is active", { active: true, outsiders: [], late: false }, 0, ["main-0", "main-1", "main-2"]],
  ["no former member", { active: true, outsiders: ["main-2"], late: false }, 0, ["main-0", "main-1"]],
  [
    "a majority of the first ones while none is active",
    { active: false, outsiders: [], late: false },
    0,
    ["main-0", "main-1"],
  ],
  ["none of the last ones yet", { active: false, outsiders: [], late: false }, 2, []],
  ["one of the last ones if that was not enough", { active: false, outsiders: [], late: true }, 2, ["main-2"]],
])("keys go to %s", (_, raft, unsealed, expected) => {
  expect(nextToUnseal(REPLICAS.slice(unsealed), REPLICAS, raft).map(({ name }) => name)).toEqual(expected);
});
