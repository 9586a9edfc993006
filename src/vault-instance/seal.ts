import { ValidationError } from "../core/errors";

/** How Shamir's secret sharing splits the key. */
export interface ShamirSealProps {
  /**
   * Into how many unseal keys.
   *
   * @default 5
   */
  readonly secretShares?: number;
  /**
   * How many of them unseal.
   *
   * @default 3
   */
  readonly secretThreshold?: number;
}

/** The most that Vault deals; https://developer.hashicorp.com/vault/api-docs/system/init */
const MOST_SHARES = 255;

/** What protects an instance's data while it is not running. */
export class Seal {
  /** Unseal keys that the hook keeps in the central Vault. */
  static shamir({ secretShares = 5, secretThreshold = 3 }: ShamirSealProps = {}): Seal {
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
    return new Seal(secretShares, secretThreshold);
  }

  private constructor(
    readonly secretShares: number,
    readonly secretThreshold: number,
  ) {
    Object.freeze(this);
  }
}
