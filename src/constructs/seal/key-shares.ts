import { ValidationError } from "../../core/errors";

/** How Shamir's secret sharing splits a key: the unseal key, or with a seal that unseals by itself the recovery key. */
export interface KeyShares {
  /**
   * Into how many keys.
   *
   * @default 5
   */
  readonly secretShares?: number;
  /**
   * How many of them are needed.
   *
   * @default 3
   */
  readonly secretThreshold?: number;
}

/** The most that Vault deals; https://developer.hashicorp.com/vault/api-docs/system/init */
const MOST_SHARES = 255;

/** @throws ValidationError when Vault would not split a key so. */
export function checkShares({ secretShares = 5, secretThreshold = 3 }: KeyShares): Required<KeyShares> {
  if (!Number.isInteger(secretShares) || secretShares < 1 || secretShares > MOST_SHARES) {
    throw new ValidationError(
      "secret-shares",
      `secretShares ${secretShares} is not possible; give a whole number from 1 to ${MOST_SHARES}.`,
    );
  }
  if (!Number.isInteger(secretThreshold) || secretThreshold < 1 || secretThreshold > secretShares) {
    throw new ValidationError(
      "secret-threshold",
      `secretThreshold ${secretThreshold} is not possible with ${secretShares} secretShares; give a whole number from 1 to ${secretShares}.`,
    );
  }
  if (secretThreshold === 1 && secretShares > 1) {
    throw new ValidationError(
      "secret-threshold",
      "secretThreshold 1 with several secretShares is refused by Vault; raise the threshold to 2, or lower secretShares to 1.",
    );
  }
  return { secretShares, secretThreshold };
}
