import { Lazy, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import type { IAppRoleLogin } from "../login/app-role-login";
import { ApproleAuthBackendRole, Policy } from "../../terraform/providers/vault";
import type { IGrantee } from "../../policy/grantee";
import { PolicyDocument, type PolicyStatement } from "../../policy/policy-document";

/** Properties of an {@link AccessRole}. */
export interface AccessRoleProps {
  /** Name of the role and of its policy. */
  readonly name: string;
  /** The login method of the role. */
  readonly login: IAppRoleLogin;
  /**
   * How long a token is valid. It can be renewed until {@link tokenMaxTtl}.
   *
   * @default - 1 hour
   */
  readonly tokenTtl?: Duration;
  /**
   * How long a token can be renewed.
   *
   * @default - 4 hours, or {@link tokenTtl} if that is longer
   */
  readonly tokenMaxTtl?: Duration;
  /**
   * How long a secret ID is valid. An operator generates a new one before it expires.
   *
   * @default - 30 days
   */
  readonly secretIdTtl?: Duration;
  /**
   * Networks from which the role logs in and uses its tokens, as CIDRs.
   *
   * @default - any network
   */
  readonly boundCidrs?: readonly string[];
  /** @default - the stack's Vault provider */
  readonly provider?: TerraformProvider;
}

/**
 * A program or a group that uses an instance: an AppRole and the policy of its tokens. It may do what is granted to it, and
 * nothing else. Its secret ID is not created here, because Terraform's state would hold it. An operator generates it.
 */
export class AccessRole extends Construct implements IGrantee {
  readonly name: string;
  /** ID of the role. It is not secret: a program logs in with it and a secret ID. */
  readonly roleId: string;
  private readonly policy = new PolicyDocument();

  constructor(scope: Construct, id: string, props: AccessRoleProps) {
    super(scope, id);
    this.name = checkRoleName(props.name);
    const { tokenTtl, tokenMaxTtl } = checkTokenTtls(props, this);
    const cidrs = props.boundCidrs === undefined ? undefined : [...props.boundCidrs];
    const policy = new Policy(this, "Policy", {
      name: props.name,
      policy: Lazy.stringValue({ produce: () => this.policy.render() }),
      provider: props.provider,
    });
    const role = new ApproleAuthBackendRole(this, "Resource", {
      backend: props.login.path,
      roleName: props.name,
      tokenPolicies: [policy.name],
      tokenTtl: tokenTtl.toSeconds(),
      tokenMaxTtl: tokenMaxTtl.toSeconds(),
      tokenBoundCidrs: cidrs,
      secretIdTtl: (props.secretIdTtl ?? Duration.days(30)).toSeconds(),
      secretIdBoundCidrs: cidrs,
      provider: props.provider,
    });
    this.roleId = role.roleId;
  }

  grant(statement: PolicyStatement): void {
    this.policy.add(statement);
  }
}

/** Policies that every Vault has, by names in lower case as Vault stores them. */
const BUILT_IN_POLICIES = ["default", "root"];

/** @throws ValidationError when the role's policy would replace one of Vault's own. */
export function checkRoleName(name: string): string {
  if (BUILT_IN_POLICIES.includes(name.toLowerCase())) {
    throw new ValidationError(
      "role-name",
      `"${name}" is the name of a policy of Vault's own, which every token has; give the role another name.`,
    );
  }
  return name;
}

const DEFAULT_MAX_TTL = Duration.hours(4);

/** Lives of a role's tokens, with nothing left to default. @throws ValidationError when one is longer than its maximum. */
export function checkTokenTtls(
  { name, tokenTtl = Duration.hours(1), tokenMaxTtl }: Pick<AccessRoleProps, "name" | "tokenTtl" | "tokenMaxTtl">,
  scope?: Construct,
): { readonly tokenTtl: Duration; readonly tokenMaxTtl: Duration } {
  const longest = tokenMaxTtl ?? (tokenTtl.isLongerThan(DEFAULT_MAX_TTL) ? tokenTtl : DEFAULT_MAX_TTL);
  if (tokenTtl.isLongerThan(longest)) {
    throw new ValidationError(
      "token-ttl",
      `The role ${name} has a tokenTtl of ${tokenTtl.toString()}, longer than its tokenMaxTtl of ${longest.toString()}; shorten it.`,
      scope,
    );
  }
  return { tokenTtl, tokenMaxTtl: longest };
}
