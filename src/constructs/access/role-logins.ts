import type { Construct } from "constructs";
import { firstDuplicate } from "../../core/duplicates";
import { ValidationError } from "../../core/errors";
import { checkLoginPath } from "../../core/mount-path";
import { checkValues } from "../../core/value-type";
import { APP_ROLE_LOGIN } from "../login/app-role-login";
import type { Duty } from "../../policy/people-policies";
import type { RoleLogin } from "../login/role-login";

/** A role, as far as its logins are concerned. */
interface Reached {
  readonly name: string;
  readonly login: RoleLogin | readonly RoleLogin[];
  readonly tokenTtl?: unknown;
  readonly tokenMaxTtl?: unknown;
  readonly tokenPeriod?: unknown;
  readonly tokenNumUses?: unknown;
  readonly secretIdTtl?: unknown;
  readonly secretIdNumUses?: unknown;
  readonly boundCidrs?: unknown;
}

/** A role, as far as numbers of uses are concerned. */
interface Counted {
  readonly name: string;
  readonly duty?: Duty | undefined;
  readonly tokenNumUses?: number | undefined;
  readonly secretIdNumUses?: number | undefined;
}

/**
 * The logins of a role.
 *
 * @throws ValidationError if one is none, two are the same, or a prop would have no effect in one of them.
 */
export function checkLogins(props: Reached, scope: Construct): readonly RoleLogin[] {
  const logins = asList(props.login);
  if (logins.length === 0 || !logins.every(isLogin)) checkValues(props, ["login"], APP_ROLE_LOGIN, scope);
  for (const login of logins) if (!("bind" in login)) checkLoginPath(login.path, scope);
  const twice = firstDuplicate(logins.map((login) => ("bind" in login ? login.id : "")));
  if (twice !== undefined)
    throw roleLogin(
      `The role ${props.name} has two logins ${twice === "" ? "by AppRole" : `at ${twice}`}; make another role for one of them.`,
      scope,
    );
  checkEffects(props, logins, scope);
  return logins;
}

function asList(login: Reached["login"]): readonly RoleLogin[] {
  return Array.isArray(login) ? (login as readonly RoleLogin[]) : [login as RoleLogin];
}

function isLogin(login: unknown): boolean {
  return typeof login === "object" && login !== null && ("bind" in login || "path" in login);
}

/** Tokens of people are as all tokens of their login. */
function checkEffects(props: Reached, logins: readonly RoleLogin[], scope: Construct): void {
  const hasAppRole = logins.some((login) => !("bind" in login));
  const ofSecretIds = (["secretIdTtl", "secretIdNumUses"] as const).find((name) => props[name] !== undefined);
  if (ofSecretIds !== undefined && !hasAppRole)
    throw roleLogin(`The role ${props.name} has a ${ofSecretIds}, but no AppRole; remove ${ofSecretIds}.`, scope);
  if (!logins.some((login) => "bind" in login && login.ownsTokens === true)) return;
  const field = (["tokenTtl", "tokenMaxTtl", "tokenPeriod", "tokenNumUses", "boundCidrs"] as const).find(
    (name) => props[name] !== undefined,
  );
  if (field === undefined) return;
  throw roleLogin(
    `The role ${props.name} has ${field}, which does nothing for its groups of people, whose tokens are as all tokens of their login; set ${field} there, or on another role for its other logins.`,
    scope,
  );
}

/** @throws ValidationError if a number of uses is none, or an admin could hand no first login over. */
export function checkUses(role: Counted, scope?: Construct): void {
  for (const field of ["tokenNumUses", "secretIdNumUses"] as const) {
    const uses = role[field];
    if (uses === undefined || (Number.isSafeInteger(uses) && uses > 0)) continue;
    throw roleLogin(
      `The role ${role.name} has ${field} ${String(uses)}, which is not possible; write a whole number from 1.`,
      scope,
    );
  }
  if (role.duty === undefined || role.tokenNumUses === undefined) return;
  throw roleLogin(
    `The role ${role.name} administers the instance, and a server makes no first login for a token whose uses are counted; remove tokenNumUses.`,
    scope,
  );
}

function roleLogin(message: string, scope?: Construct): ValidationError {
  return new ValidationError("role-login", message, scope);
}
