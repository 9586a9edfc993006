import type { Secret } from "../core/secret";

/** What a server answers once, when it is initialised. */
export interface InitAnswer {
  readonly rootToken: Secret;
  readonly keyType: KeyType;
  /** Base64, as Vault returned them. */
  readonly keys: readonly Secret[];
}

/** What the keys are good for: those of the seal "shamir" unseal; those of the others, which unseal by themselves, make a new root token. */
export type KeyType = "unseal" | "recovery";

/** Which keys an instance has whose servers are sealed like that. */
export function keyTypeOf(seal: string): KeyType {
  return seal === "shamir" ? "unseal" : "recovery";
}

/** The other type of keys. */
export function otherKeyType(type: KeyType): KeyType {
  return type === "unseal" ? "recovery" : "unseal";
}
