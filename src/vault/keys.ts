import type { Secret } from "../core/secret";

/** Answer to an initialisation. A server gives it only once. */
export interface InitAnswer {
  /** Undefined for a namespace, which gets none at its creation. */
  readonly rootToken?: Secret | undefined;
  readonly keyType: KeyType;
  /** As the server returned them: base64, or hexadecimal for a namespace. */
  readonly keys: readonly Secret[];
}

/**
 * Purpose of the keys. Unseal keys open the seal "shamir". Servers with another seal unseal themselves; their recovery keys
 * generate a new root token.
 */
export type KeyType = "unseal" | "recovery";

/** Returns the type of the keys that belong to a seal. */
export function keyTypeOf(seal: string): KeyType {
  return seal === "shamir" ? "unseal" : "recovery";
}

/** Returns the other type of keys. */
export function otherKeyType(type: KeyType): KeyType {
  return type === "unseal" ? "recovery" : "unseal";
}
