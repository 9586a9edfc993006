import type { TerraformProvider } from "cdktf";
import type { Duration } from "../../core/duration";
import type { LoginLockout } from "../login/lockout";
import type { LoginMfa } from "./totp-mfa";

/** A person who logs in by password. */
export interface UserProps {
  /**
   * Name of the user, in lower case as the server stores it.
   *
   * @changes replaces the user: it chooses a password again, and tokens of the former user are refused at once
   */
  readonly name: string;
  /**
   * Groups of the user. The roles that name a group say what its users may do.
   *
   * @default - none: the user may change its own password
   * @changes in place: tokens that exist have the rights of the new groups at once; who gets or loses a duty chooses a password again, and former tokens are refused
   */
  readonly groups?: readonly string[];
  /**
   * CIDRs from which the user may log in and use tokens.
   *
   * @default - those of all users
   * @changes in place: tokens that exist keep their networks
   */
  readonly boundCidrs?: readonly string[];
  /**
   * What policies and SSH roles may name by `{{identity.entity.metadata.<key>}}`, such as `{ unix: "alice" }`. A path is to mean one thing,
   * so values have letters, digits, `_`, `.`, `@` and `-` alone; https://developer.hashicorp.com/vault/docs/concepts/identity.
   *
   * @default - none
   * @changes in place: tokens that exist have the other rights at once
   */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Properties of {@link Users}. */
export interface UsersProps {
  /**
   * The users. Terraform knows no password of them: `tenant-vault user add` hands a first login over, at which the user chooses one.
   *
   * @changes in place: a removed user cannot log in, and its tokens are refused at once
   */
  readonly users: readonly UserProps[];
  /**
   * Metadata of groups by their names, such as `{ developers: { app: "shop" } }`. The paths of grants name it by
   * `{{identity.groups.names.<group>.metadata.<key>}}`, which has a value for the members of the group alone. Values are as those of a
   * user's metadata.
   *
   * @default - none
   * @changes in place: tokens that exist have the other rights at once
   */
  readonly groupMetadata?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * Path of the auth mount, without `auth/`.
   *
   * @default "userpass"
   * @changes replaces the users: they log in at the new path, and choose passwords again
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
   * Lifetime of a token if {@link tokenPeriod} is longer or a token is not renewed. For people in a group with a duty, at most 1 hour.
   *
   * @default - 720 hours, or {@link tokenMaxTtl} if that is shorter
   * @changes in place: tokens that exist keep their lifetime
   */
  readonly tokenTtl?: Duration;
  /**
   * Maximum lifetime of a token, also with renewals. For people in a group with a duty, at most 8 hours.
   *
   * @default - 8760 hours
   * @changes in place: tokens that exist keep their maximum
   */
  readonly tokenMaxTtl?: Duration;
  /**
   * Time within which a token must be renewed each time, at most {@link tokenMaxTtl}. Tokens of people in a group with a duty have none.
   *
   * @default - 168 hours
   * @changes in place: tokens that exist keep their period until they are renewed
   */
  readonly tokenPeriod?: Duration;
  /**
   * Number of requests that a token may make. Tokens of people in a group with a duty have no limit, because a server makes no other
   * token for a counted one.
   *
   * @default 700
   * @changes in place: tokens that exist keep their number
   */
  readonly tokenNumUses?: number;
  /**
   * CIDRs, IPv4 or IPv6, from which users may log in and use tokens.
   *
   * @default - none: from anywhere
   * @changes in place: tokens that exist keep their networks
   */
  readonly boundCidrs?: readonly string[];
  /**
   * When failed logins lock a user out.
   *
   * @default - after 5 failed logins, for 15 minutes, as the server has it by itself
   * @changes in place: who is locked out stays so for the former duration; removed, the former limits stay
   */
  readonly lockout?: LoginLockout;
  /**
   * A second factor. Hand one over to each person by `tenant-vault user mfa` before it is required: without one, nobody logs in who needs it.
   *
   * @default - none: a password is enough
   * @changes in place: people need a code from their next login on; removed, all second factors are gone
   */
  readonly mfa?: LoginMfa;
  /**
   * Whether the login page of the instance offers the login. Everybody who reaches the instance then knows its path.
   *
   * @default "unauth": it offers it
   * @changes in place
   */
  readonly listingVisibility?: "unauth" | "hidden";
  /**
   * Time within which a user must choose a first password. `--valid` of `tenant-vault user add` can shorten it, and not extend it.
   *
   * @default - 72 hours
   * @changes in place: first logins that were handed over keep their time
   */
  readonly firstLoginTtl?: Duration;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
}
