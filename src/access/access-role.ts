import { Lazy, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { Duration } from "../core/duration";
import { ValidationError } from "../core/errors";
import type { IAppRoleLogin } from "../login/app-role-login";
import { ApproleAuthBackendRole, Policy } from "../terraform/providers/vault";
import type { IGrantee } from "./grantee";
import { PolicyDocument, type PolicyStatement } from "./policy-document";

/** Properties of an {@link AccessRole}. */
export interface AccessRoleProps {
  /** Name of the role and of its policy. */
  readonly name: string;
  readonly login: IAppRoleLogin;
  /**
   * Life of a token; it can be renewed up to {@link tokenMaxTtl}.
   *
   * @default Duration.hours(1)
   */
  readonly tokenTtl?: Duration;
  /** @default Duration.hours(4) */
  readonly tokenMaxTtl?: Duration;
  /** @default - the stack's Vault provider */
  readonly provider?: TerraformProvider;
}

/**
 * Something that uses an instance: an AppRole and the policy of its tokens. It may do what is granted to it and nothing
 * else. Its secret id is not made here, since it would be in the state: an operator draws one when it is needed.
 */
export class AccessRole extends Construct implements IGrantee {
  readonly name: string;
  private readonly policy = new PolicyDocument();

  constructor(scope: Construct, id: string, props: AccessRoleProps) {
    super(scope, id);
    this.name = checkRoleName(props.name);
    const policy = new Policy(this, "Policy", {
      name: props.name,
      policy: Lazy.stringValue({ produce: () => this.policy.render() }),
      provider: props.provider,
    });
    new ApproleAuthBackendRole(this, "Resource", {
      backend: props.login.path,
      roleName: props.name,
      tokenPolicies: [policy.name],
      tokenTtl: (props.tokenTtl ?? Duration.hours(1)).toSeconds(),
      tokenMaxTtl: (props.tokenMaxTtl ?? Duration.hours(4)).toSeconds(),
      provider: props.provider,
    });
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
