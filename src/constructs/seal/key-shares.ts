import { ValidationError } from "../../core/errors";

/** How Shamir's secret sharing splits the unseal key, or the recovery key if the seal unseals by itself. */
export interface KeyShares {
  /**
   * Number of keys.
   *
   * @default 5
   * @changes needs rotate-keys: the servers keep the keys that they have until then; the hook and status report the difference
   */
  readonly secretShares?: number;
  /**
   * Number of keys that are needed together.
   *
   * @default 3
   * @changes needs rotate-keys: the servers keep the threshold that they have until then; the hook and status report the difference
   */
  readonly secretThreshold?: number;
}

/** The maximum of Vault; https://developer.hashicorp.com/vault/api-docs/system/init */
const MOST_SHARES = 255;

/** Validates the numbers of keys. @throws ValidationError if Vault would refuse them. */
export function checkShares({ secretShares = 5, secretThreshold = 3 }: KeyShares): Required<KeyShares> {
  if (!Number.isInteger(secretShares) || secretShares < 1 || secretShares > MOST_SHARES) {
    throw new ValidationError(
      "secret-shares",
      `secretShares ${secretShares} is not possible; write a whole number from 1 to ${MOST_SHARES}.`,
    );
  }
  if (!Number.isInteger(secretThreshold) || secretThreshold < 1 || secretThreshold > secretShares) {
    throw new ValidationError(
      "secret-threshold",
      `secretThreshold ${secretThreshold} is not possible with ${secretShares} secretShares; write a whole number from 1 to ${secretShares}.`,
    );
  }
  if (secretThreshold === 1 && secretShares > 1) {
    throw new ValidationError(
      "secret-threshold",
      "Vault refuses secretThreshold 1 with several secretShares; raise the threshold to 2, or lower secretShares to 1.",
    );
  }
  return { secretShares, secretThreshold };
}
