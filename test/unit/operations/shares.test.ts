import { expect, test } from "vitest";
import { differingShares, sharesOfState } from "../../../src/operations/shares";
import type { ReplicaState } from "../../../src/vault/replica-state";

const DESCRIBED = { tenant: "customer10", name: "main", secretShares: 5, secretThreshold: 3 };
const WANTED = { ...DESCRIBED, wantedShares: { shares: 7, threshold: 4 } };

test.each<[string, Parameters<typeof differingShares>, RegExp | undefined]>([
  ["are as described", [DESCRIBED, { shares: 5, threshold: 3 }], undefined],
  ["have another number", [DESCRIBED, { shares: 7, threshold: 3 }], /have 7 keys with threshold 3, .* 5 keys/],
  ["have another threshold", [DESCRIBED, { shares: 5, threshold: 2 }], /have 5 keys with threshold 2/],
  [
    "are as the record says, and others are wanted",
    [WANTED, { shares: 5, threshold: 3 }],
    /asks for 7 keys .* 4; rotate the keys with "tenant-vault rotate-keys customer10\/main", or set secretShares to 5 and secretThreshold to 3$/,
  ],
  ["have what is wanted", [WANTED, { shares: 7, threshold: 4 }], undefined],
])("C4: KeyShares.secretThreshold: servers that %s", (_, [instance, found], difference) => {
  if (difference === undefined) expect(differingShares(instance, found)).toBeUndefined();
  else expect(differingShares(instance, found)).toMatch(difference);
});

test.each<[ReplicaState, object | undefined]>([
  [
    { state: "sealed", seal: "shamir", threshold: 3, shares: 5 },
    { shares: 5, threshold: 3 },
  ],
  [
    { state: "unsealed", seal: "shamir", threshold: 3, shares: 5 },
    { shares: 5, threshold: 3 },
  ],
  [{ state: "unsealed", seal: "shamir", threshold: 3 }, undefined],
  [{ state: "unsealed", seal: "transit", threshold: 0, shares: 0 }, undefined],
  [{ state: "uninitialized", seal: "shamir" }, undefined],
  [{ state: "unreachable", reason: "ECONNREFUSED" }, undefined],
])("C4: the keys of %j", (status, shares) => {
  expect(sharesOfState(status)).toEqual(shares);
});
