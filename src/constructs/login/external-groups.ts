import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { IDENTITY_POLICY_PREFIX } from "../../contract/identities";
import { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import {
  IdentityGroupAlias,
  JwtAuthBackendRole,
  VaultIdentityGroup,
  type JwtAuthBackend,
} from "../../terraform/providers/vault";
import type { OidcLoginProps } from "./oidc-login-props";
import { checkClaims, type IRoleLogin, type RoleToken } from "./role-login";

/** Role at which people of all external groups log in. No {@link AccessRole} has such a name. */
export const EXTERNAL_GROUPS_ROLE = `${IDENTITY_POLICY_PREFIX}groups`;

/** Lifetime of the tokens of people in external groups, unless the login says otherwise. */
export const GROUP_TOKEN_TTL = Duration.hours(1);
const MAX_TTL = Duration.hours(4);

/** Properties of {@link ExternalGroups}. */
export interface ExternalGroupsProps {
  readonly mount: string;
  readonly backend: JwtAuthBackend;
  readonly login: Pick<
    OidcLoginProps,
    "clientId" | "redirectUris" | "scopes" | "groupsClaim" | "tokenTtl" | "tokenMaxTtl" | "provider"
  >;
}

/**
 * Groups of another provider of identities. Who logs in is a member of those that the claim names, and of no others any more: the
 * server writes the members at each login, and Terraform never does.
 */
export class ExternalGroups extends Construct {
  private readonly policies = new Map<string, string[]>();
  private readonly names = new Map<string, string>();
  /** Lifetimes of tokens, seconds. */
  private readonly tokens: { readonly ttl: number; readonly maxTtl: number };

  constructor(
    scope: Construct,
    private readonly props: ExternalGroupsProps,
  ) {
    super(scope, "Groups");
    const { backend, login } = props;
    const { tokenTtl = GROUP_TOKEN_TTL, groupsClaim = "groups" } = login;
    const { tokenMaxTtl = tokenTtl.isLongerThan(MAX_TTL) ? tokenTtl : MAX_TTL } = login;
    this.tokens = { ttl: tokenTtl.toSeconds(), maxTtl: tokenMaxTtl.toSeconds() };
    new JwtAuthBackendRole(this, "Role", {
      backend: backend.path,
      roleName: EXTERNAL_GROUPS_ROLE,
      roleType: "oidc",
      userClaim: "sub",
      groupsClaim,
      boundAudiences: [login.clientId],
      // Who is in none of the groups is refused. The provider makes a list of values that commas separate.
      boundClaims: { [groupsClaim]: Lazy.stringValue({ produce: () => [...this.policies.keys()].sort().join(",") }) },
      allowedRedirectUris: [...login.redirectUris],
      oidcScopes: login.scopes && [...login.scopes],
      tokenTtl: this.tokens.ttl,
      tokenMaxTtl: this.tokens.maxTtl,
      provider: login.provider,
    });
  }

  /** The login of the members of a group. */
  group(group: string): IRoleLogin {
    const { mount, login } = this.props;
    checkClaims(`login ${mount}`, { group }, this);
    const { redirectUris } = login;
    return {
      id: `${mount} group ${group}`,
      ownsTokens: true,
      use: () => ({ kind: "oidc", path: mount, group, redirectUris, tokens: this.tokens }),
      bind: (_scope, token) => this.assign(group, token),
    };
  }

  private assign(group: string, { roleName, tokenPolicies, duty }: RoleToken): void {
    if (duty !== undefined)
      throw new ValidationError(
        "admin-duties",
        `The role ${roleName} has a duty, whose tokens must be short; reach it by oidc instead of oidcGroups.`,
        this,
      );
    const policies = this.policies.get(group) ?? this.create(group);
    policies.push(...tokenPolicies);
  }

  private create(group: string): string[] {
    const { mount, backend, login } = this.props;
    // A group of users has no dot in its name.
    const name = `${mount}.${group}`.replace(/[^\w.-]+/g, "-");
    const other = this.names.get(name.toLowerCase());
    if (other !== undefined)
      throw new ValidationError(
        "group-name",
        `The groups ${JSON.stringify(other)} and ${JSON.stringify(group)} of the login ${mount} would have one name in the instance, ${name}; rename one at the provider of identities.`,
        this,
      );
    this.names.set(name.toLowerCase(), group);
    const policies: string[] = [];
    this.policies.set(group, policies);
    const { provider } = login;
    const made = new VaultIdentityGroup(this, `Group-${name}`, {
      name,
      type: "external",
      policies: Lazy.listValue({ produce: () => policies }),
      provider,
    });
    new IdentityGroupAlias(this, `Alias-${name}`, {
      name: group,
      mountAccessor: backend.accessor,
      canonicalId: made.id,
      provider,
    });
    return policies;
  }
}
