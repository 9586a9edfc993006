import type { Construct } from "constructs";
import { Duration, shorter } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import type { UsersProps } from "./users-props";

const TTL = Duration.hours(720);
const MAX_TTL = Duration.hours(8760);
const PERIOD = Duration.hours(168);

/** Lifetimes of the tokens of people. */
export interface PeopleTokens {
  readonly ttl: Duration;
  readonly maxTtl: Duration;
  readonly period: Duration;
}

/**
 * Lifetimes with defaults. A server refuses an account whose lifetime exceeds its maximum.
 *
 * @throws ValidationError if a lifetime or a period exceeds the maximum.
 */
export function peopleTokens(
  { tokenTtl, tokenMaxTtl = MAX_TTL, tokenPeriod }: Pick<UsersProps, "tokenTtl" | "tokenMaxTtl" | "tokenPeriod">,
  scope?: Construct,
): PeopleTokens {
  for (const [field, duration] of Object.entries({ tokenTtl, tokenPeriod })) {
    if (duration?.isLongerThan(tokenMaxTtl) !== true) continue;
    throw new ValidationError(
      "token-ttl",
      `People have a ${field} of ${duration.toString()}, longer than their tokenMaxTtl of ${tokenMaxTtl.toString()}; reduce ${field}.`,
      scope,
    );
  }
  return {
    ttl: tokenTtl ?? shorter(TTL, tokenMaxTtl),
    maxTtl: tokenMaxTtl,
    // A deployed account keeps the default. The maximum ends its tokens.
    period: tokenPeriod ?? PERIOD,
  };
}
