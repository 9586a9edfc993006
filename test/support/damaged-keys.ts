import { randomBytes } from "node:crypto";
import { recordedKeys, withKeys } from "../../src/central/record";
import { Secret } from "../../src/core/secret";
import { damage, split } from "./shamir";
import type { Universe } from "./simulation";

/** Puts five keys with threshold 3 to use. The record has three good ones: one is missing, and one is damaged. */
export function useKeysOfWhichThreeAreGood(universe: Universe): readonly Secret[] {
  const keys = split(randomBytes(32), 5, 3);
  universe.useKeys({ keys: keys.map((key) => new Secret(key)), threshold: 3 });
  const { "unseal-key-1": _missing, ...fields } = withKeys(
    universe.record,
    "unseal",
    keys.map((key, index) => new Secret(index === 0 ? damage(key) : key)),
  );
  universe.versions.push({ fields, at: 0, deleted: false });
  return recordedKeys(fields, "unseal");
}
