import { expect } from "vitest";
import { Secret } from "../../src/core/secret";
import type { InitAnswer, KeyType } from "../../src/vault/keys";

// Without this all secrets would be equal: their values are private.
expect.addEqualityTesters([
  (one: unknown, other: unknown) => {
    if (!(one instanceof Secret) && !(other instanceof Secret)) return undefined;
    return one instanceof Secret && other instanceof Secret && one.equals(other);
  },
]);

/** An answer of an initialisation, from plain texts. */
export function answerOf(rootToken: string, keys: readonly string[], keyType: KeyType = "unseal"): InitAnswer {
  return { rootToken: new Secret(rootToken), keyType, keys: secretsOf(keys) };
}

/** Secrets, from plain texts. */
export function secretsOf(texts: readonly string[]): Secret[] {
  return texts.map((text) => new Secret(text));
}
