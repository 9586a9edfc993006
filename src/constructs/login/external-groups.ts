import { Lazy, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { LoginUse } from "../../contract/guide";
import { ValidationError } from "../../core/errors";
import { logicalId } from "../../terraform/logical-id";
import { IdentityGroupAlias, VaultIdentityGroup } from "../../terraform/providers/vault";
import { takeName } from "../../terraform/unique-names";
import { checkClaims, type IRoleLogin, type RoleToken } from "./role-login";

/** The group in the instance. A group of users has no dot in its name. */
function nameOf(mount: string, group: string): string {
  return `${mount}.${group}`.replace(/[^\w.-]+/g, "-");
}

/** What tells a group from others of its login. Terraform's address has less of a name than the instance. */
export function groupKey(mount: string, group: string): string {
  return logicalId([nameOf(mount, group).toLowerCase()]);
}

/** Properties of {@link ExternalGroups}. */
export interface ExternalGroupsProps {
  /** Path of the auth mount, without `auth/`. */
  readonly mount: string;
  /** Accessor of the auth mount. */
  readonly accessor: string;
  /** How the members of a group log in. */
  readonly use: (group: string) => LoginUse;
  /** What to do about a role with a duty, for its message. */
  readonly insteadForDuty: string;
  readonly provider: TerraformProvider | undefined;
}

/**
 * Groups of another provider of identities. Who logs in is a member of those that the provider tells, and of no others any more: the
 * server writes the members at each login, and Terraform never does.
 */
export class ExternalGroups extends Construct {
  private readonly policies = new Map<string, string[]>();
  private readonly names = new Map<string, string>();

  constructor(
    scope: Construct,
    private readonly props: ExternalGroupsProps,
  ) {
    super(scope, "Groups");
  }

  /** The groups that roles name, sorted. It is complete once all roles are there. */
  get groups(): string[] {
    return [...this.policies.keys()].sort();
  }

  /** The login of the members of a group. */
  group(group: string): IRoleLogin {
    const { mount, use } = this.props;
    checkClaims(`login ${mount}`, { group }, this);
    return {
      id: `${mount} group ${group}`,
      ownsTokens: true,
      use: () => use(group),
      bind: (_scope, token) => this.assign(group, token),
    };
  }

  private assign(group: string, { roleName, tokenPolicies, duty }: RoleToken): void {
    if (duty !== undefined)
      throw new ValidationError(
        "admin-duties",
        `The role ${roleName} has a duty, whose tokens must be short; ${this.props.insteadForDuty}.`,
        this,
      );
    const policies = this.policies.get(group) ?? this.create(group);
    policies.push(...tokenPolicies);
  }

  private create(group: string): string[] {
    const { mount, accessor, provider } = this.props;
    const name = nameOf(mount, group);
    const key = groupKey(mount, group);
    const other = this.names.get(key);
    if (other !== undefined)
      throw new ValidationError(
        "group-name",
        `The groups ${JSON.stringify(other)} and ${JSON.stringify(group)} of the login ${mount} differ in case, punctuation or letters other than a to z alone, so they would have one name in the instance or one address in Terraform; name one of them, or rename it at the provider of identities.`,
        this,
      );
    this.names.set(key, group);
    const policies: string[] = [];
    this.policies.set(group, policies);
    takeName(this, "group", { name, provider });
    const made = new VaultIdentityGroup(this, `Group-${name}`, {
      name,
      type: "external",
      policies: Lazy.listValue({ produce: () => policies }),
      provider,
    });
    new IdentityGroupAlias(this, `Alias-${name}`, {
      name: group,
      mountAccessor: accessor,
      canonicalId: made.id,
      provider,
    });
    return policies;
  }
}
