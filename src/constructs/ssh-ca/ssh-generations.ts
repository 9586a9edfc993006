import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import type { SecretRef } from "../../core/secret-ref";

/** A signing key that exists, which the hook imports in place of one that the instance generates. */
export interface SshImportedKey {
  /**
   * Number of the key among those of the authority. The first one, or a higher `generation` of the authority.
   *
   * @default 1
   * @changes refused: a key keeps its number; add an entry for another generation
   */
  readonly generation?: number;
  /**
   * Where the central Vault has the private key: as `ssh-keygen` saves it, without a passphrase, of Ed25519, ECDSA, or RSA from 3,072
   * bits.
   *
   * @changes refused by the hook, if the secret there is another key: import that one as another generation
   */
  readonly privateKey: SecretRef;
}

/** Which keys an SSH authority has had, and which of them still sign. */
export interface SshGenerations {
  /**
   * Number of the signing key. A higher one creates another key in a mount of its own, `<mount>-<generation>`, and the same roles
   * there. Hosts get both public keys, until oldestGeneration is raised, too.
   *
   * @default 1
   * @changes in place: a higher one adds a mount with another key; for a lower one, the plan fails or Terraform forgets the key
   */
  readonly generation?: number;
  /**
   * The oldest key that hosts still trust, and that still signs. Mounts and keys of older ones are kept without roles.
   *
   * @default 1
   * @changes in place: roles of older keys are deleted; certificates stay valid on hosts that still trust those keys
   */
  readonly oldestGeneration?: number;
  /**
   * Signing keys that exist. The hook imports them from the central Vault.
   *
   * @default - none: the instance generates each key
   * @changes refused for a generation that has its key; raise generation, and import the next key as that one
   */
  readonly importedKeys?: readonly SshImportedKey[];
}

/** The generations that sign. */
export interface GenerationRange {
  readonly oldest: number;
  readonly newest: number;
}

/** @throws ValidationError if there is no such range. */
export function generationsOf(
  { generation: newest = 1, oldestGeneration: oldest = 1 }: SshGenerations,
  scope?: Construct,
): GenerationRange {
  if (![oldest, newest].every((number) => Number.isSafeInteger(number) && number >= 1) || oldest > newest)
    throw new ValidationError(
      "ssh-generation",
      `The SSH authority has the generation ${newest} and the oldestGeneration ${oldest}; write whole numbers from 1, the oldest not above the newest.`,
      scope,
    );
  return { oldest, newest };
}

/** Path of the mount that has the key of a generation, which may be an expression. */
export function mountOfGeneration(mount: string, generation: number | string): string {
  return generation === 1 ? mount : `${mount}-${generation}`;
}

/** Paths of the mounts whose keys sign, the oldest first. */
export function signingMounts(mount: string, { oldest, newest }: GenerationRange): string[] {
  return Array.from({ length: newest - oldest + 1 }, (_, index) => mountOfGeneration(mount, oldest + index));
}
