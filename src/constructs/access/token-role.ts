import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { IDENTITY_POLICY_PREFIX } from "../../contract/identities";
import { boundAddresses } from "../../core/cidr";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { goDuration } from "../../core/go-duration";
import type { IGrantee } from "../../policy/grantee";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { TokenAuthBackendRole } from "../../terraform/providers/vault";
import { DEFAULT_MAX_TTL as SERVER_MAX_TTL } from "../login/app-role-login";
import type { AccessRole } from "./access-role";
import { checkRoleName } from "./roles";

/** Properties of a {@link TokenRole}. */
export interface TokenRoleProps {
  /**
   * Name of the token role.
   *
   * @changes replaces the token role: programs request tokens by the new name; tokens that exist stay valid until they expire
   */
  readonly name: string;
  /**
   * Roles whose policies the tokens may have, and by default have. A role with a duty of an admin is refused.
   *
   * @changes in place: tokens that exist keep their policies
   */
  readonly roles: readonly AccessRole[];
  /**
   * Kind of the tokens. The server stores service tokens, which can be revoked. A batch token is not stored, so it can neither be revoked nor
   * renewed.
   *
   * @default "service"
   * @changes in place: for tokens that are created afterwards
   */
  readonly type?: "service" | "batch";
  /**
   * Maximum lifetime of a token, and its lifetime unless a shorter one is requested. Who requests a batch token must request this lifetime
   * exactly.
   *
   * @default - 4 hours; with a period, as long as the token is renewed
   * @changes in place: tokens that exist keep their maximum
   */
  readonly maxTtl?: Duration;
  /**
   * Time within which a token must be renewed each time. Such a token is periodic.
   *
   * @default - none: a token expires at {@link maxTtl}
   * @changes in place: tokens that exist get the new period when they are renewed
   */
  readonly period?: Duration;
  /**
   * Whether a token stays valid after the token that requested it has expired or was revoked. A batch token always does.
   *
   * @default - false; true for batch tokens
   * @changes in place: tokens that exist keep their parent
   */
  readonly orphan?: boolean;
  /**
   * Whether a token can be renewed up to {@link maxTtl}.
   *
   * @default - true; false for batch tokens
   * @changes in place: for tokens that are created afterwards
   */
  readonly renewable?: boolean;
  /**
   * CIDRs, IPv4 or IPv6, from which a token may be used.
   *
   * @default - none: from anywhere
   * @changes in place: tokens that exist keep their networks
   */
  readonly boundCidrs?: readonly string[];
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
}

/** What the checks of a token role need. */
type CheckedTokenRole = Pick<TokenRoleProps, "name" | "type" | "maxTtl" | "period" | "orphan" | "renewable">;

const DEFAULT_MAX_TTL = Duration.hours(4);

/**
 * A way to create tokens with the policies of some roles and no others; https://developer.hashicorp.com/vault/docs/concepts/tokens. Who is
 * granted to create tokens needs none of these policies.
 */
export class TokenRole extends Construct {
  readonly name: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TokenRoleProps,
  ) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkDurations(props, ["maxTtl", "period"], this);
    checkTokenRole(props, this);
    checkTokenRolePolicies(props, this);
    const { name, roles, type = "service", period, boundCidrs, provider } = props;
    const isBatch = type === "batch";
    this.name = name;
    new TokenAuthBackendRole(this, "Resource", {
      roleName: name,
      tokenType: type,
      allowedPolicies: roles.map((role) => role.name).sort(),
      orphan: props.orphan ?? isBatch,
      renewable: props.renewable ?? !isBatch,
      tokenPeriod: period?.toSeconds(),
      // The server refuses it for batch tokens, so the grant limits these.
      tokenExplicitMaxTtl: isBatch ? undefined : maxTtlOf(props)?.toSeconds(),
      tokenBoundCidrs: boundCidrs && boundAddresses(boundCidrs),
      provider,
    });
  }

  /** Allows the grantee to create tokens by this role. */
  grantCreate(grantee: IGrantee): void {
    const { name, type } = this.props;
    const ttl = type === "batch" ? maxTtlOf(this.props) : undefined;
    grantee.grant({
      path: `auth/token/create/${name}`,
      capabilities: ["create", "update"],
      reason: `create tokens by the token role ${name}`,
      ...(ttl === undefined
        ? {}
        : { requiredParameters: ["ttl"], allowedParameters: { ttl: spellings(ttl), "*": [] } }),
    });
  }
}

/** The maximum that the file names, or the default. A periodic token has none by itself. */
function maxTtlOf({ maxTtl, period }: CheckedTokenRole): Duration | undefined {
  return maxTtl ?? (period === undefined ? DEFAULT_MAX_TTL : undefined);
}

/** Texts by which clients request a lifetime: the last one is that of the product's command. */
function spellings(ttl: Duration): string[] {
  const seconds = ttl.toSeconds();
  return [...new Set([ttl.toString(), String(seconds), `${seconds}s`, goDuration(ttl)])];
}

/** @throws ValidationError if the server would refuse the role, or a setting contradicts another one. */
export function checkTokenRole(role: CheckedTokenRole, scope?: Construct): void {
  const { name, type, maxTtl, period, orphan, renewable } = role;
  checkRoleName("token", name, scope);
  if (name.startsWith(IDENTITY_POLICY_PREFIX))
    throw failure(`has a name as this package gives those of first logins; choose another name`, role, scope);
  const isBatch = type === "batch";
  if (isBatch && period !== undefined)
    throw failure("gives batch tokens, which cannot be periodic; remove period, or use the type service", role, scope);
  if (isBatch && renewable === true)
    throw failure(
      "gives batch tokens, which cannot be renewed; remove renewable, or use the type service",
      role,
      scope,
    );
  if (isBatch && orphan === false)
    throw failure("gives batch tokens, which have no parent; remove orphan, or use the type service", role, scope);
  if (period !== undefined && renewable === false)
    throw failure("gives periodic tokens, which must be renewed; remove renewable, or period", role, scope);
  if (maxTtl !== undefined && period?.isLongerThan(maxTtl) === true)
    throw failure(
      `has a period of ${period.toString()}, longer than its maxTtl of ${maxTtl.toString()}; reduce period`,
      role,
      scope,
    );
  const limit = SERVER_MAX_TTL.toString();
  if (period?.isLongerThan(SERVER_MAX_TTL) === true)
    throw failure(
      `has a period of ${period.toString()}, longer than the server's own limit of ${limit}; reduce it`,
      role,
      scope,
    );
  if (period === undefined && maxTtl?.isLongerThan(SERVER_MAX_TTL) === true)
    throw failure(
      `has a maxTtl of ${maxTtl.toString()}, longer than the server's own limit of ${limit}; reduce it, or add a period`,
      role,
      scope,
    );
}

/** @throws ValidationError if tokens could have the policies of who requests them, or those of an admin. */
export function checkTokenRolePolicies(
  role: { readonly name: string; readonly roles: readonly Pick<AccessRole, "name" | "duty">[] },
  scope?: Construct,
): void {
  if (role.roles.length === 0)
    throw failure("names no roles, so its tokens could have any policy of who requests them; name one", role, scope);
  const admin = role.roles.find(({ duty }) => duty !== undefined);
  if (admin === undefined) return;
  throw failure(
    `gives the policy of the admin ${admin.name}, which only the logins of that role may give; remove it from roles`,
    role,
    scope,
  );
}

function failure(problem: string, { name }: { readonly name: string }, scope?: Construct): ValidationError {
  return new ValidationError("token-role", `The token role ${name} ${problem}.`, scope);
}
