import { expect, test } from "vitest";
import { decideSeal, type SealingReplica } from "../../../../src/operations/seal/seal-decision";

const STATES = {
  unsealed: { state: "unsealed", seal: "shamir", threshold: 3 },
  sealed: { state: "sealed", seal: "shamir", threshold: 3 },
  unreachable: { state: "unreachable", reason: "ECONNREFUSED" },
  migrating: { state: "migrating", seal: "shamir", stored: "transit" },
  uninitialized: { state: "uninitialized", seal: "shamir" },
} as const;

/** Replicas by their states; `*` marks the active one, `!` one that refused. */
function replicas(...states: readonly string[]): SealingReplica[] {
  return states.map((text, index) => ({
    name: `main-${index}`,
    address: `https://main-${index}:8200`,
    status: STATES[text.replace(/[*!]/, "") as keyof typeof STATES],
    active: text.includes("*"),
    refused: text.includes("!"),
  }));
}

test.each<[readonly string[], string]>([
  [["unsealed*", "unsealed", "unsealed"], "seal main-1"],
  [["unsealed*", "sealed", "unsealed"], "seal main-2"],
  [["unsealed*", "sealed", "unreachable"], "seal main-0"],
  [["unsealed*", "migrating"], "seal main-1"],
  [["unsealed", "sealed"], "seal main-0"],
  [["unsealed*", "unsealed!"], "seal main-0"],
  [["sealed", "unsealed!", "unsealed*"], "seal main-2"],
  [["sealed", "unsealed!", "unreachable"], "restart main-1"],
  [["sealed", "unreachable", "uninitialized"], "ask-again main-1"],
  [["sealed", "sealed", "uninitialized"], "confirm "],
])("of %j the next step is %s", (states, expected) => {
  const step = decideSeal(replicas(...states));
  const named = step.do === "seal" ? [step.replica] : "replicas" in step ? step.replicas : [];
  expect(`${step.do} ${named.map(({ name }) => name).join()}`).toBe(expected);
});
