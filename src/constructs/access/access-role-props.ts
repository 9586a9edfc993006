import type { TerraformProvider } from "cdktf";
import type { Duration } from "../../core/duration";
import type { RoleLogin } from "../login/role-login";
import type { RawStatement } from "./raw-statement";

/** Properties of an {@link AccessRole}. */
export interface AccessRoleProps {
  /**
   * Name of the role and of its policy.
   *
   * @changes replaces the role and its policy: role ID and secret IDs are new; tokens that exist lose their permissions
   */
  readonly name: string;
  /**
   * Login method of the role, or several: an AppRole, jobs of a platform, pods, certificates, a group of people.
   *
   * @changes replaces the role: role ID and secret IDs are new; tokens that exist stay valid until they expire
   */
  readonly login: RoleLogin | readonly RoleLogin[];
  /**
   * Lifetime of a token. Clients can renew it up to {@link tokenMaxTtl}.
   *
   * @default - 1 hour, or {@link tokenMaxTtl} if that is shorter
   * @changes in place: tokens that exist keep their lifetime until they are renewed
   */
  readonly tokenTtl?: Duration;
  /**
   * Maximum lifetime of a token.
   *
   * @default - the longer of 4 hours and {@link tokenTtl}
   * @changes in place: tokens that exist keep their maximum until they are renewed
   */
  readonly tokenMaxTtl?: Duration;
  /**
   * Time within which a token must be renewed. Then it has no maximum lifetime, for programs that never stop, such as operators of
   * Kubernetes.
   *
   * @default - none: tokens expire at {@link tokenMaxTtl}
   * @changes in place: tokens that exist keep their lifetimes until they are renewed
   */
  readonly tokenPeriod?: Duration;
  /**
   * Number of requests that a token may make, renewals too. A server makes no other token for a counted one.
   *
   * @default - any number
   * @changes in place: tokens that exist keep their number
   */
  readonly tokenNumUses?: number;
  /**
   * Lifetime of a secret ID. Request a new one before it expires.
   *
   * @default - 30 days
   * @changes in place: secret IDs that exist keep their lifetime
   */
  readonly secretIdTtl?: Duration;
  /**
   * Number of logins for which a secret ID may be used.
   *
   * @default - any number
   * @changes in place: secret IDs that exist keep their number
   */
  readonly secretIdNumUses?: number;
  /**
   * CIDRs from which clients may log in and use tokens.
   *
   * @default - none: from anywhere
   * @changes in place: tokens that exist keep their networks; new tokens are bound to the new ones
   */
  readonly boundCidrs?: readonly string[];
  /**
   * Statements in the words of the product, for what no grant offers. A role with a duty has none.
   *
   * @default - none
   * @changes in place: tokens that exist have the other rights at once
   */
  readonly rawStatements?: readonly RawStatement[];
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes needs a new construct: Terraform looks for the role in the new instance and leaves it in the former one
   */
  readonly provider?: TerraformProvider;
}
