import { beforeEach, describe, expect, test } from "vitest";
import { descriptionDigest } from "../../../../src/central/instance-metadata";
import { withPendingKeys } from "../../../../src/central/pending-keys";
import { recordedKeys, withKeys, type RecordFields } from "../../../../src/central/record";
import type { OperationContext } from "../../../../src/operations/context";
import { copyShares, distributeShares } from "../../../../src/operations/escrow/copy-shares";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { secretsOf } from "../../../support/secrets";
import { split } from "../../../support/shamir";
import { INSTANCE, Universe } from "../../../support/simulation";

/** A record with new keys. */
function fieldsOf(shares: number, threshold: number): RecordFields {
  const keys = split(Buffer.from("the key of the data"), shares, threshold);
  return withKeys({ "root-token": "root" }, "unseal", secretsOf(keys));
}

const described = (secretShares: number, secretThreshold: number) => ({ ...INSTANCE, secretShares, secretThreshold });

function namesOf(distributed: ReturnType<typeof distributeShares>): string[][] {
  if (typeof distributed !== "object") throw new Error(String(distributed));
  return distributed.map((copy) => Object.keys(copy).filter((name) => name.startsWith("unseal-key")));
}

describe("the keys of a record are distributed so that no group has as many as the threshold", () => {
  test.each([
    [
      4,
      3,
      2,
      [
        ["0", "2"],
        ["1", "3"],
      ],
    ],
    [
      5,
      3,
      2,
      [
        ["0", "2"],
        ["1", "3"],
      ],
    ],
    [5, 3, 3, [["0", "3"], ["1", "4"], ["2"]]],
    [3, 2, 2, [["0"], ["1"]]],
    [2, 2, 3, [["0"], ["1"], ["0"]]],
  ])("%i keys with threshold %i, %i groups", (shares, threshold, groups, wanted) => {
    const distributed = namesOf(distributeShares(fieldsOf(shares, threshold), described(shares, threshold), groups));
    expect(distributed).toEqual(wanted.map((indexes) => indexes.map((index) => `unseal-key-${index}`)));
    expect(new Set(distributed.flat()).size).toBeGreaterThanOrEqual(threshold);
  });

  test("no root token, and nothing of other programs, is in a copy", () => {
    const distributed = distributeShares(
      { ...fieldsOf(4, 3), note: "theirs" },
      described(4, 3),
      2,
    ) as readonly RecordFields[];
    expect(Object.keys(distributed[0] ?? {}).sort()).toEqual([
      "description-digest",
      "key-set",
      "unseal-key-0",
      "unseal-key-2",
    ]);
    expect(distributed[0]?.["description-digest"]).toBe(descriptionDigest(described(4, 3)));
  });

  test("nobody gets any if one key is enough, or the servers say a higher threshold than the keys have", () => {
    const alone = /^one group alone could unseal it/;
    expect(distributeShares(fieldsOf(1, 1), described(1, 1), 2)).toMatch(alone);
    expect(distributeShares(fieldsOf(5, 2), described(5, 3), 2)).toMatch(alone);
  });

  test("the copies stay while a key is missing, or a rotation is not finished", () => {
    const { "unseal-key-1": _lost, ...fields } = fieldsOf(4, 3);
    expect(distributeShares(fields, described(4, 3), 2)).toBeUndefined();
    const pending = { keys: secretsOf(["a", "b"]), threshold: 2, ceremony: "c" };
    const rotating = withPendingKeys(fieldsOf(4, 3), "unseal", pending);
    expect(distributeShares(rotating, described(4, 3), 2)).toBeUndefined();
  });

  test("an instance that initialises itself has none, and its groups know its description", () => {
    const distributed = distributeShares({}, { ...described(5, 3), selfInitializes: true }, 2);
    expect(distributed).toMatchObject([{ "key-set": expect.any(String) as string }, {}]);
  });
});

describe("the hook", () => {
  let universe: Universe;
  let copies: Map<string, RecordFields>;

  const contextOf = (groups = ["a", "b"]): OperationContext => ({
    ...universe.start(),
    shares: {
      groups: () => Promise.resolve(groups),
      keep: (group, copy) => Promise.resolve(void copies.set(group, copy)),
    },
  });

  beforeEach(() => {
    universe = new Universe(INSTANCE);
    copies = new Map();
  });

  test("gives each group its part, and says in the metadata of which keys", async () => {
    await unsealInstance(contextOf());
    const [a = {}, b = {}] = ["a", "b"].map((group) => copies.get(group));
    const { record, metadata } = universe;
    expect(a).toMatchObject({ "unseal-key-0": record["unseal-key-0"], "unseal-key-2": record["unseal-key-2"] });
    expect(b).toMatchObject({ "unseal-key-1": record["unseal-key-1"], "unseal-key-3": record["unseal-key-3"] });
    for (const copy of [a, b]) {
      expect(recordedKeys(copy, "unseal")).toHaveLength(2);
      expect(copy["key-set"]).toBe(metadata["key-set"]);
      expect(copy["description-digest"]).toBe(record["description-digest"]);
    }
    // The record stays complete.
    expect(recordedKeys(record, "unseal")).toHaveLength(5);
  });

  test("copies nothing if there are no groups", async () => {
    await unsealInstance(contextOf([]));
    expect(copies.size).toBe(0);
    expect(universe.metadata["key-set"]).toBeUndefined();
  });

  test("copies again if the keys were replaced meanwhile", async () => {
    await unsealInstance(universe.start());
    const later = withKeys(universe.record, "unseal", secretsOf(["v", "w", "x", "y", "z"]));
    const context = contextOf();
    let first = true;
    const keep: NonNullable<OperationContext["shares"]>["keep"] = (group, copy) => {
      if (first) universe.versions.push({ fields: later, at: 0, deleted: false });
      first = false;
      return Promise.resolve(void copies.set(group, copy));
    };
    await copyShares({ ...context, shares: { groups: () => Promise.resolve(["a", "b"]), keep } }, INSTANCE);
    expect(copies.get("a")).toMatchObject({ "unseal-key-0": "v", "unseal-key-2": "x" });
    expect(copies.get("b")).toMatchObject({ "unseal-key-1": "w", "unseal-key-3": "y" });
    expect(universe.metadata["key-set"]).toBe(copies.get("a")?.["key-set"]);
  });
});
