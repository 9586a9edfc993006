import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";

/** Type of a key. */
export type PkiKeyType = "ec" | "rsa" | "ed25519";

/** Lengths of the keys of an authority, by their type; the first one is the default. A key of type `ed25519` has one length only. */
const AUTHORITY_BITS: Readonly<Record<PkiKeyType, readonly number[]>> = {
  ec: [384, 256, 521],
  rsa: [4096, 3072, 8192],
  ed25519: [],
};

/** Lengths of the keys that roles issue for. A role for `any` type says nothing of lengths. */
const LEAF_BITS: Readonly<Record<PkiKeyType | "any", readonly number[]>> = {
  ec: [256, 384, 521],
  rsa: [2048, 3072, 4096, 8192],
  ed25519: [],
  any: [],
};

/** The length of an authority's key; 0 if its type has one only. @throws ValidationError if the type has no such length. */
export function authorityKeyBits(keyType: PkiKeyType, keyBits: number | undefined, scope?: Construct): number {
  return checkedBits(`The authority of the PKI`, keyType, keyBits, AUTHORITY_BITS[keyType], scope);
}

/** The length of the keys of a role. @throws ValidationError if their type has no such length. */
export function roleKeyBits(
  role: string,
  keyType: PkiKeyType | "any",
  keyBits: number | undefined,
  scope?: Construct,
): number {
  return checkedBits(`The PKI role ${role}`, keyType, keyBits, LEAF_BITS[keyType], scope);
}

function checkedBits(
  subject: string,
  keyType: string,
  keyBits: number | undefined,
  allowed: readonly number[],
  scope?: Construct,
): number {
  const [first = 0] = allowed;
  if (keyBits === undefined || allowed.includes(keyBits)) return keyBits ?? first;
  const fix =
    allowed.length === 0 ? "remove keyBits" : `set keyBits to one of: ${[...allowed].sort((a, b) => a - b).join(", ")}`;
  throw new ValidationError("pki-key", `${subject} has ${keyType} keys of ${keyBits} bits; ${fix}.`, scope);
}
