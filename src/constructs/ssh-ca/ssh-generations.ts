import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";

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
