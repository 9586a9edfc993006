import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { LoginUse } from "../../contract/guide";
import type { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import type { IAppRoleLogin } from "./app-role-login";
import type { Duty } from "../../policy/people-policies";

/** What a role gives the tokens of each of its logins. */
export interface RoleToken {
  /** Name of the role. */
  readonly roleName: string;
  /** Policies of the tokens: that of the role, and no other. */
  readonly tokenPolicies: string[];
  /** Lifetime of a token, seconds. */
  readonly tokenTtl: number;
  /** Maximum lifetime, seconds. */
  readonly tokenMaxTtl: number;
  /** Period of a token, seconds; undefined if a token expires at its maximum lifetime. */
  readonly tokenPeriod: number | undefined;
  /** Number of requests that a token may make; undefined for any number. */
  readonly tokenNumUses: number | undefined;
  /** CIDRs from which clients may log in and use tokens. */
  readonly tokenBoundCidrs: string[] | undefined;
  /** What the role is for, if it administers the instance. @default - it does not */
  readonly duty?: Duty;
  readonly provider: TerraformProvider | undefined;
}

/**
 * A login by which a role is reached, with what a client presents there. A login construct makes it.
 *
 * @changes as the props of the login say
 */
export interface IRoleLogin {
  /** Name that no other login of the same role has. */
  readonly id: string;
  /**
   * Longest lifetime of its tokens.
   *
   * @default - 32 days, which is the server's own limit
   */
  readonly maxTtl?: Duration;
  /** Whether its tokens have lifetimes and networks of their own, which a role cannot change. @default false */
  readonly ownsTokens?: boolean;
  /** How clients log in, for the guide of the instance. Without it, the guide tells people to ask. */
  use?(): LoginUse;
  /** Lets the role be reached. */
  bind(scope: Construct, token: RoleToken): void;
}

/** A login by which a role is reached. */
export type RoleLogin = IAppRoleLogin | IRoleLogin;

/**
 * Claims, subjects and the like that a client must present.
 *
 * @throws ValidationError if one would also allow others: an empty one, or one with `*`, which looks like a pattern and is none.
 * A comma would be read as several values.
 */
export function checkClaims(
  login: string,
  claims: Readonly<Record<string, string | undefined>>,
  scope?: Construct,
): Record<string, string> {
  const given = Object.entries(claims).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  for (const [name, value] of given) {
    if (/^[^\s*,][^*,]*$/.test(value)) continue;
    throw new ValidationError(
      "login-claim",
      `The ${login} binds ${name} to ${JSON.stringify(value)}, which is empty or contains "*" or a comma; write the one value that clients must have.`,
      scope,
    );
  }
  if (given.length === 0)
    throw new ValidationError(
      "login-claim",
      `The ${login} binds nothing, so every client of its issuer could log in; name what a client must present.`,
      scope,
    );
  return Object.fromEntries(given);
}

/** @throws ValidationError unless it is a number of a project or repository: without it, others could log in. */
export function checkNumber(login: string, name: string, value: unknown, scope?: Construct): string {
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return String(value);
  throw new ValidationError(
    "login-claim",
    `The ${login} has no valid ${name}, so other projects could log in; write the number that the platform shows.`,
    scope,
  );
}
