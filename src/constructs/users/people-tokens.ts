import type { Construct } from "constructs";
import { Duration, shorter } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { DEFAULT_MAX_TTL as SERVER_MAX_TTL } from "../login/app-role-login";
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

/** Lifetimes of what people get, without defaults. */
type Given = Pick<UsersProps, "tokenTtl" | "tokenMaxTtl" | "tokenPeriod" | "firstLoginTtl">;

/**
 * Lifetimes with defaults. A server refuses an account whose lifetime exceeds its maximum.
 *
 * @throws ValidationError if a lifetime or a period exceeds the maximum, or a first login the limit of the server.
 */
export function peopleTokens(
  { tokenTtl, tokenMaxTtl = MAX_TTL, tokenPeriod, firstLoginTtl }: Given,
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
  // The mount of tokens keeps the limit of the server.
  if (firstLoginTtl?.isLongerThan(SERVER_MAX_TTL) === true)
    throw new ValidationError(
      "token-ttl",
      `People have a firstLoginTtl of ${firstLoginTtl.toString()}, longer than the server's own limit of ${SERVER_MAX_TTL.toString()}; reduce firstLoginTtl.`,
      scope,
    );
  return {
    ttl: tokenTtl ?? shorter(TTL, tokenMaxTtl),
    maxTtl: tokenMaxTtl,
    // A deployed account keeps the default. The maximum ends its tokens.
    period: tokenPeriod ?? PERIOD,
  };
}
