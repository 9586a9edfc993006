import { Annotations, Aspects, Lazy, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { IDENTITY_POLICY_PREFIX } from "../../contract/identities";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkLoginPath } from "../../core/mount-path";
import { checkValues } from "../../core/value-type";
import { APP_ROLE_LOGIN, DEFAULT_MAX_TTL as LOGIN_MAX_TTL, type IAppRoleLogin } from "../login/app-role-login";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { ApproleAuthBackendRole, Policy } from "../../terraform/providers/vault";
import { checkRoleName } from "./roles";
import type { IGrantee } from "../../policy/grantee";
import { lintPolicy, type InstanceMounts } from "../../policy/policy-lint";
import { checkPolicyPath } from "../../policy/policy-path";
import { PolicyDocument, type PolicyStatement } from "../../policy/policy-document";

/** Properties of an {@link AccessRole}. */
export interface AccessRoleProps {
  /**
   * Name of the role and of its policy.
   *
   * @changes replaces the role and its policy: role ID and secret IDs are new; tokens that exist lose their permissions
   */
  readonly name: string;
  /**
   * Login method of the role.
   *
   * @changes replaces the role: role ID and secret IDs are new; tokens that exist stay valid until they expire
   */
  readonly login: IAppRoleLogin;
  /**
   * Lifetime of a token. Clients can renew it up to {@link tokenMaxTtl}.
   *
   * @default - 1 hour
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
   * Lifetime of a secret ID. Request a new one before it expires.
   *
   * @default - 30 days
   * @changes in place: secret IDs that exist keep their lifetime
   */
  readonly secretIdTtl?: Duration;
  /**
   * CIDRs from which clients may log in and use tokens.
   *
   * @default - none: from anywhere
   * @changes in place: tokens that exist keep their networks; new tokens are bound to the new ones
   */
  readonly boundCidrs?: readonly string[];
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes needs a new construct: Terraform looks for the role in the new instance and leaves it in the former one
   */
  readonly provider?: TerraformProvider;
}

/**
 * A user of an instance: an AppRole and the policy of its tokens. It has the permissions that are granted to it and no others.
 * An operator requests its secret ID, because a secret ID that Terraform creates would be in the state.
 */
export class AccessRole extends Construct implements IGrantee {
  readonly name: string;
  /** Role ID, not a secret. A program logs in with it and a secret ID. */
  readonly roleId: string;
  private readonly policy = new PolicyDocument();
  /** Path of the login. */
  private readonly login: string;

  constructor(scope: Construct, id: string, props: AccessRoleProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkValues(props, ["login"], APP_ROLE_LOGIN, this);
    checkLoginPath(props.login.path, this);
    checkRoleName("AppRole", props.name, this);
    this.name = checkPolicyName(props.name);
    this.login = props.login.path;
    checkDurations(props, ["tokenTtl", "tokenMaxTtl", "secretIdTtl"], this);
    const { tokenTtl, tokenMaxTtl } = checkTokenTtls(props, this);
    checkLoginTtl(props, this);
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
      secretIdTtl: (props.secretIdTtl ?? DEFAULT_SECRET_ID_TTL).toSeconds(),
      secretIdBoundCidrs: cidrs,
      provider: props.provider,
    });
    this.roleId = role.roleId;
  }

  grant(statement: PolicyStatement): void {
    checkPolicyPath(statement.path, this);
    this.policy.add(statement);
  }

  /** Allows the grantee to request, find and destroy secret IDs of this role, and so to log in as it. */
  grantRotate(grantee: IGrantee): void {
    const path = `auth/${this.login}/role/${this.name}`;
    const writes = ["secret-id-accessor/lookup", "secret-id-accessor/destroy"];
    grantee.grant({
      path: `${path}/secret-id`,
      capabilities: ["create", "update", "list"],
      reason: `request and find secret IDs of the role ${this.name}`,
    });
    for (const endpoint of writes)
      grantee.grant({
        path: `${path}/${endpoint}`,
        capabilities: ["create", "update"],
        reason: `destroy former secret IDs of the role ${this.name}`,
      });
  }

  /**
   * Warns at synthesis about statements that can do nothing in the instance: a path that no engine has, a path of a KV mount without
   * `data/` or `metadata/`, and a capability that no operation there needs. Other mounts are not judged.
   */
  warnAboutStatements(mounts: InstanceMounts): void {
    Aspects.of(this).add({
      visit: (node) => {
        if (node !== this) return;
        for (const { message } of lintPolicy(this.policy.statements, mounts)) Annotations.of(this).addWarning(message);
      },
    });
  }
}

/** Built-in policies of Vault, in lower case as Vault stores names. */
const BUILT_IN_POLICIES = ["default", "root"];

/** @throws ValidationError if the role's policy would replace a built-in policy, or that of an identity of the instance. */
export function checkPolicyName(name: string): string {
  if (name.toLowerCase().startsWith(IDENTITY_POLICY_PREFIX)) {
    throw new ValidationError(
      "role-name",
      `"${name}" begins as the policies of the instance's identities do (${IDENTITY_POLICY_PREFIX}); choose another name for the role.`,
    );
  }
  if (BUILT_IN_POLICIES.includes(name.toLowerCase())) {
    throw new ValidationError(
      "role-name",
      `"${name}" is the name of a built-in policy of Vault; choose another name for the role.`,
    );
  }
  return name;
}

const DEFAULT_MAX_TTL = Duration.hours(4);
const DEFAULT_SECRET_ID_TTL = Duration.days(30);

/** The longest lifetime of a role's tokens and secret IDs, which its login must allow. */
export function longestTtl(role: Pick<AccessRoleProps, "name" | "tokenTtl" | "tokenMaxTtl" | "secretIdTtl">): Duration {
  const { tokenMaxTtl } = checkTokenTtls(role);
  const { secretIdTtl = DEFAULT_SECRET_ID_TTL } = role;
  return secretIdTtl.isLongerThan(tokenMaxTtl) ? secretIdTtl : tokenMaxTtl;
}

/** @throws ValidationError if the login would shorten the role's tokens or secret IDs. */
function checkLoginTtl(props: AccessRoleProps, scope: Construct): void {
  const { maxTtl = LOGIN_MAX_TTL } = props.login;
  const longest = longestTtl(props);
  if (!longest.isLongerThan(maxTtl)) return;
  throw new ValidationError(
    "login-ttl",
    `The role ${props.name} has tokens or secret IDs of ${longest.toString()}, longer than its login's maxTtl of ${maxTtl.toString()}; raise maxTtl of the login, or reduce the TTLs of the role.`,
    scope,
  );
}

/** Token lifetimes of a role, with defaults. @throws ValidationError if the lifetime exceeds the maximum. */
export function checkTokenTtls(
  { name, tokenTtl = Duration.hours(1), tokenMaxTtl }: Pick<AccessRoleProps, "name" | "tokenTtl" | "tokenMaxTtl">,
  scope?: Construct,
): { readonly tokenTtl: Duration; readonly tokenMaxTtl: Duration } {
  const longest = tokenMaxTtl ?? (tokenTtl.isLongerThan(DEFAULT_MAX_TTL) ? tokenTtl : DEFAULT_MAX_TTL);
  if (tokenTtl.isLongerThan(longest)) {
    throw new ValidationError(
      "token-ttl",
      `The role ${name} has a tokenTtl of ${tokenTtl.toString()}, longer than its tokenMaxTtl of ${longest.toString()}; reduce tokenTtl.`,
      scope,
    );
  }
  return { tokenTtl, tokenMaxTtl: longest };
}
