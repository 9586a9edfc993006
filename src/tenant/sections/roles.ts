import { z } from "zod";
import { checkPolicyName, checkTokenTtls, longestTtl } from "../../constructs/access/access-role";
import type { AccessRoleProps } from "../../constructs/access/access-role-props";
import {
  checkRawOfDuty,
  checkRawStatement,
  RAW_CAPABILITIES,
  type RawCapability,
  type RawStatement,
} from "../../constructs/access/raw-statement";
import { checkUses } from "../../constructs/access/role-logins";
import { DEFAULT_MAX_TTL, type AppRoleLoginProps } from "../../constructs/login/app-role-login";
import type { Duration } from "../../core/duration";
import { checkLoginPath } from "../../core/mount-path";
import { grantSchemas, type EngineGrants } from "../engines";
import { boolean, choice, distinct, list, map, name, uniquelyNamed, validatedBy, whole } from "../builders";
import { cidrs, duration, label, lockout, path } from "../fields";
import { shape, type InFile } from "../in-file";
import { DUTIES, type Duty } from "../../policy/people-policies";
import { roleLogin, type RoleLoginSpec } from "./role-login";

/** A program or a group of people. It may do what is listed here, and nothing else. */
export interface RoleSpec extends InFile<Omit<AccessRoleProps, "login" | "provider">>, EngineGrants {
  /**
   * By which logins the role is reached.
   *
   * @default - AppRole
   * @changes in place: a removed login does not reach the role any more; tokens that exist stay valid until they expire
   */
  readonly login?: RoleLoginSpec;
  /**
   * Duty of an admin, whose policy the role has: `users`, `security`, `servers` or `privileged-access`.
   *
   * @default - none: the role may do what is granted to it
   * @changes in place: tokens that exist have the other rights at once
   */
  readonly duty?: Duty;
  /**
   * Token roles, by whose names the role may create tokens.
   *
   * @default - none
   * @changes in place: tokens that exist have the other rights at once
   */
  readonly createTokens?: readonly string[];
  /**
   * Roles whose secret IDs the role may create, find and destroy. It gets them wrapped, and can log in as these roles.
   *
   * @default - none
   * @changes in place: tokens that exist have the other rights at once
   */
  readonly rotateSecretIds?: readonly string[];
}

/** The login method of the roles. */
export type AppRoleSpec = InFile<Omit<AppRoleLoginProps, "provider" | "maxTtl">>;

/** A statement in the words of the product. */
export type RawStatementSpec = InFile<RawStatement>;

const parameters = map(name("ttl"), list(z.union([boolean, z.string()]), '"1h"'));

const rawStatement = validatedBy(
  shape<RawStatementSpec>()({
    path: name("pki/certs"),
    capabilities: list(choice(...(RAW_CAPABILITIES as [RawCapability, ...RawCapability[]])), '"list"'),
    reason: name("the inventory lists certificates"),
    allowedParameters: parameters.optional(),
    deniedParameters: parameters.optional(),
    requiredParameters: distinct(name("ttl"), '"ttl"').optional(),
    minWrappingTtl: duration.optional(),
    maxWrappingTtl: duration.optional(),
    expiration: name("2027-01-31T00:00:00Z").optional(),
  }),
  (statement) => checkRawStatement(statement),
);

/** The section of the roles. */
export const roles = uniquelyNamed(
  validatedBy(
    shape<RoleSpec>()({
      name: validatedBy(label, checkPolicyName),
      tokenTtl: duration.optional(),
      tokenMaxTtl: duration.optional(),
      tokenPeriod: duration.optional(),
      tokenNumUses: whole("number of requests", 1).optional(),
      secretIdTtl: duration.optional(),
      secretIdNumUses: whole("number of logins", 1).optional(),
      boundCidrs: cidrs.optional(),
      rawStatements: list(rawStatement, '{ path: "pki/certs", capabilities: ["list"], reason: "..." }').optional(),
      login: roleLogin.optional(),
      duty: choice(...DUTIES).optional(),
      createTokens: distinct(name("ci"), '"ci"').optional(),
      rotateSecretIds: distinct(name("web"), '"web"').optional(),
      ...grantSchemas,
    }),
    (role) => {
      checkTokenTtls(role);
      checkUses(role);
      checkRawOfDuty(role);
    },
  ),
);

/** Whether programs reach a role by AppRole, as they do if it names no login. */
export function hasAppRole({ login }: { readonly login?: RoleLoginSpec | undefined }): boolean {
  return login === undefined || login.appRole === true;
}

/** The limit of a login whose roles have longer lifetimes than a server allows by itself; undefined if none has. */
export function loginMaxTtl(specs: readonly Parameters<typeof longestTtl>[0][]): Duration | undefined {
  return specs
    .map(longestTtl)
    .reduce<Duration | undefined>(
      (longest, ttl) => (ttl.isLongerThan(longest ?? DEFAULT_MAX_TTL) ? ttl : longest),
      undefined,
    );
}

/** The section of the login method. */
export const appRole = shape<AppRoleSpec>()({
  path: validatedBy(path, (value) => checkLoginPath(value)).optional(),
  description: name("Programs of customer10").optional(),
  lockout: lockout.optional(),
});
