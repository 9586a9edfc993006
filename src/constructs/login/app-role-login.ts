import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { checkDurations, Duration } from "../../core/duration";
import { checkLoginPath } from "../../core/mount-path";
import type { ValueType } from "../../core/value-type";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { AuthBackend } from "../../terraform/providers/vault";
import { Lockout, type LoginLockout } from "./lockout";

/** A login method for programs, by role ID and secret ID. */
export interface IAppRoleLogin {
  /**
   * Path of the auth mount, without `auth/`.
   *
   * @changes replaces its roles and moves the login: programs need new role IDs and secret IDs
   */
  readonly path: string;
  /**
   * Longest lifetime of its tokens and secret IDs.
   *
   * @default - 32 days, which is the server's own limit
   * @changes in place: tokens that exist keep their lifetime
   */
  readonly maxTtl?: Duration;
}

/** The limit of a server whose configuration does not set another. */
export const DEFAULT_MAX_TTL = Duration.days(32);

/**
 * The limit that a mount needs for its longest lifetime: without it, the server would shorten the lifetime without a word.
 *
 * @returns undefined if the server's own limit is enough.
 */
export function ownLimit(longest: Duration): Duration | undefined {
  return longest.isLongerThan(DEFAULT_MAX_TTL) ? longest : undefined;
}

/** Properties of an {@link AppRoleLogin}. */
export interface AppRoleLoginProps {
  /**
   * Path of the auth mount, without `auth/`.
   *
   * @default "approle"
   * @changes replaces the roles: programs need the new path, and new role IDs and secret IDs
   */
  readonly path?: string;
  /**
   * Description of the mount.
   *
   * @default - no description
   * @changes in place
   */
  readonly description?: string;
  /**
   * Longest lifetime of its tokens and secret IDs. The server shortens longer ones without an error.
   *
   * @default - 32 days, which is the server's own limit
   * @changes in place: for tokens and secret IDs that are created afterwards; removing it keeps the former limit
   */
  readonly maxTtl?: Duration;
  /**
   * When failed logins lock a role ID out.
   *
   * @default - after 5 failed logins, for 15 minutes, as the server has it by itself
   * @changes in place: who is locked out stays so for the former duration; removed, the former limits stay
   */
  readonly lockout?: LoginLockout;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
}

/** Enables the AppRole login method; https://developer.hashicorp.com/vault/docs/auth/approle */
export class AppRoleLogin extends Construct implements IAppRoleLogin {
  readonly path: string;
  readonly maxTtl?: Duration;

  constructor(scope: Construct, id: string, props: AppRoleLoginProps = {}) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkDurations(props, ["maxTtl"], this);
    const backend = new AuthBackend(this, "Resource", {
      type: "approle",
      path: checkLoginPath(props.path ?? "approle", this),
      description: props.description,
      tune: props.maxTtl === undefined ? undefined : [{ maxLeaseTtl: props.maxTtl.toString() }],
      provider: props.provider,
    });
    if (props.lockout !== undefined) new Lockout(this, backend.path, props.lockout, props.provider);
    this.maxTtl = props.maxTtl;
    this.path = backend.path;
  }
}

/** A login method, for checks at run time. */
export const APP_ROLE_LOGIN: ValueType = {
  name: "AppRoleLogin",
  member: "path",
  example: 'new AppRoleLogin(stack, "Login")',
  required: true,
};
