import { ValidationError } from "../../core/errors";
import type { SshSecretBackendRoleConfig } from "../../terraform/providers/vault";

/** Types and lengths that are strong enough to be signed. A hardware key counts as the same type. */
const LENGTHS = {
  "ecdsa-256": ["ecdsa", 256],
  "ecdsa-384": ["ecdsa", 384],
  "ecdsa-521": ["ecdsa", 521],
  // It has one length.
  ed25519: ["ed25519", 0],
  "rsa-3072": ["rsa", 3072],
  "rsa-4096": ["rsa", 4096],
  "rsa-8192": ["rsa", 8192],
} as const;

/** Type and length of a key. */
export type SshKeyKind = keyof typeof LENGTHS;

/** All that there are. */
export const SSH_KEY_KINDS = Object.keys(LENGTHS) as [SshKeyKind, ...SshKeyKind[]];

/** Argument of a role that signs keys of these kinds. @throws ValidationError if it could sign none. */
export function allowedUserKeyConfig(
  role: string,
  kinds: readonly SshKeyKind[] = SSH_KEY_KINDS,
): SshSecretBackendRoleConfig["allowedUserKeyConfig"] {
  const unknown = kinds.find((kind) => !SSH_KEY_KINDS.includes(kind));
  if (unknown !== undefined || kinds.length === 0)
    throw new ValidationError(
      "ssh-keys",
      `The SSH role ${role} has ${unknown === undefined ? "no allowedKeys" : `${JSON.stringify(unknown)} in allowedKeys`}; write some of ${SSH_KEY_KINDS.join(", ")}.`,
    );
  const chosen = SSH_KEY_KINDS.filter((kind) => kinds.includes(kind)).map((kind) => LENGTHS[kind]);
  return [...new Set(chosen.map(([type]) => type))].map((type) => ({
    type,
    lengths: chosen.filter(([each]) => each === type).map(([, length]) => length),
  }));
}
