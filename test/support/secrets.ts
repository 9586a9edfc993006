import { expect } from "vitest";
import { Secret } from "../../src/core/secret";
import type { InitAnswer, KeyType } from "../../src/vault/keys";

// The values are private, so without this tester all secrets would be equal.
expect.addEqualityTesters([
  (one: unknown, other: unknown) => {
    if (!(one instanceof Secret) && !(other instanceof Secret)) return undefined;
    return one instanceof Secret && other instanceof Secret && one.equals(other);
  },
]);

/** Creates an answer of an initialisation from plain texts. */
export function answerOf(rootToken: string, keys: readonly string[], keyType: KeyType = "unseal"): InitAnswer {
  return { rootToken: new Secret(rootToken), keyType, keys: secretsOf(keys) };
}

/** Creates secrets from plain texts. */
export function secretsOf(texts: readonly string[]): Secret[] {
  return texts.map((text) => new Secret(text));
}
