import { Annotations, Aspects, Lazy } from "cdktf";
import { Construct } from "constructs";
import type { GuidedRole, LoginUse } from "../../contract/guide";
import { IDENTITY_POLICY_PREFIX } from "../../contract/identities";
import { boundAddresses } from "../../core/cidr";
import { checkDurations, Duration, lifetimes, longer } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { DEFAULT_MAX_TTL as LOGIN_MAX_TTL, type IAppRoleLogin } from "../login/app-role-login";
import type { RoleLogin, RoleToken } from "../login/role-login";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { ApproleAuthBackendRole, Policy } from "../../terraform/providers/vault";
import { takeName } from "../../terraform/unique-names";
import type { AccessRoleProps } from "./access-role-props";
import { checkLogins, checkUses } from "./role-logins";
import { checkRawOfDuty, checkRawStatement, policyStatement } from "./raw-statement";
import { checkRoleName } from "./roles";
import { checkRotated, secretIdStatements } from "./secret-ids";
import type { IGrantee } from "../../policy/grantee";
import { withAccessors } from "../../policy/alias-accessors";
import { lintPolicy, type InstanceMounts } from "../../policy/policy-lint";
import type { Duty } from "../../policy/people-policies";
import { checkPolicyPath } from "../../policy/policy-path";
import { PolicyDocument, type PolicyStatement } from "../../policy/policy-document";

/**
 * A user of an instance: a policy, and the logins by which it is reached. It has the permissions that are granted to it and no others.
 * An operator requests its secret ID, because a secret ID that Terraform creates would be in the state.
 */
export class AccessRole extends Construct implements IGrantee {
  readonly name: string;
  /** What the role is for, if it administers the instance. @default - it does not */
  readonly duty?: Duty;
  private readonly granted: PolicyStatement[] = [];
  private readonly appRoles: ApproleAuthBackendRole[] = [];
  private readonly logins: readonly RoleLogin[];
  private accessors: Readonly<Record<string, string>> = {};

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AccessRoleProps,
  ) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    const logins = checkLogins(props, this);
    this.logins = logins;
    checkRoleName("AppRole", props.name, this);
    this.name = checkPolicyName(props.name);
    checkDurations(props, ["tokenTtl", "tokenMaxTtl", "tokenPeriod", "secretIdTtl"], this);
    const { tokenTtl, tokenMaxTtl } = checkTokenTtls(props, this);
    for (const login of logins) checkLoginTtl(props, login, this);
    takeName(this, "policy", props);
    const policy = new Policy(this, "Policy", {
      name: props.name,
      policy: Lazy.stringValue({ produce: () => withAccessors(this.policy().render(), this.accessors) }),
      provider: props.provider,
    });
    const token = {
      roleName: props.name,
      tokenPolicies: [policy.name],
      tokenTtl: tokenTtl.toSeconds(),
      tokenMaxTtl: tokenMaxTtl.toSeconds(),
      tokenPeriod: props.tokenPeriod?.toSeconds(),
      tokenNumUses: props.tokenNumUses,
      provider: props.provider,
    };
    const { boundCidrs } = props;
    const duty = this.dutyOf(props);
    this.duty = duty;
    checkUses({ ...props, duty }, this);
    checkRawOfDuty({ ...props, duty }, this);
    for (const statement of props.rawStatements ?? []) {
      checkDurations(statement, ["minWrappingTtl", "maxWrappingTtl"], this);
      this.grant(policyStatement(checkRawStatement(statement, this)));
    }
    for (const login of logins) {
      if ("bind" in login)
        login.bind(this, { ...token, duty, tokenBoundCidrs: boundCidrs && boundAddresses(boundCidrs) });
      else this.createAppRole(login, { ...token, tokenBoundCidrs: boundCidrs && [...boundCidrs] });
    }
  }

  /** Role ID, not a secret. A program logs in with it and a secret ID. @throws ValidationError if the role has no AppRole. */
  get roleId(): string {
    return this.appRole().roleId;
  }

  /** What the guide of the instance says of the role. It is complete once everything is granted. */
  get guide(): GuidedRole {
    const { tokenTtl, tokenMaxTtl } = checkTokenTtls(this.props);
    const duty = this.dutyOf(this.props);
    return {
      name: this.name,
      ...(duty === undefined ? {} : { duty }),
      tokenTtl: tokenTtl.toSeconds(),
      tokenMaxTtl: tokenMaxTtl.toSeconds(),
      logins: this.logins.flatMap((login) => this.useOf(login) ?? []),
      statements: this.policy().statements.map(({ path, capabilities, reason, use }) => ({
        path,
        capabilities,
        reason,
        ...(use === undefined ? {} : { use }),
      })),
    };
  }

  private useOf(login: RoleLogin): LoginUse | undefined {
    if ("bind" in login) return login.use?.();
    const { secretIdTtl = DEFAULT_SECRET_ID_TTL, secretIdNumUses } = this.props;
    return {
      kind: "appRole",
      path: login.path,
      secretIdTtl: secretIdTtl.toSeconds(),
      ...(secretIdNumUses === undefined ? {} : { secretIdNumUses }),
    };
  }

  grant(statement: PolicyStatement): void {
    checkPolicyPath(statement.path, this);
    this.granted.push(statement);
  }

  /** What the role is for, if it administers the instance. The constructor asks, so only the props are there. */
  protected dutyOf(_props: AccessRoleProps): Duty | undefined {
    return undefined;
  }

  /** What the role may do besides what is granted to it. It is asked last, when all roles are there. */
  protected ownStatements(): readonly PolicyStatement[] {
    return [];
  }

  private policy(): PolicyDocument {
    const document = new PolicyDocument();
    for (const statement of [...this.granted, ...this.ownStatements()]) document.add(statement);
    return document;
  }

  private appRole(): ApproleAuthBackendRole {
    const [role] = this.appRoles;
    if (role !== undefined) return role;
    throw new ValidationError(
      "role-login",
      `The role ${this.name} has no AppRole, so it has no role ID; add an AppRoleLogin to its logins.`,
      this,
    );
  }

  private createAppRole({ path }: IAppRoleLogin, token: RoleToken): void {
    const role = new ApproleAuthBackendRole(this, "Resource", {
      ...token,
      backend: path,
      secretIdTtl: (this.props.secretIdTtl ?? DEFAULT_SECRET_ID_TTL).toSeconds(),
      secretIdNumUses: this.props.secretIdNumUses,
      secretIdBoundCidrs: token.tokenBoundCidrs,
    });
    this.appRoles.push(role);
  }

  /**
   * Allows the grantee to create, find and destroy secret IDs of this role, and so to log in as it. It gets each secret ID wrapped, to
   * hand it over.
   *
   * @throws ValidationError if the role has no AppRole, or administers the instance.
   */
  grantRotate(grantee: IGrantee): void {
    checkRotated(this, this);
    const path = `auth/${this.appRole().backendInput}/role/${this.name}`;
    for (const statement of secretIdStatements(path, this.name)) grantee.grant(statement);
  }

  /**
   * Lets paths name metadata of clients by the name of a login, as in `{{identity.entity.aliases.oidc.metadata.email}}`. The policy has
   * the accessor of the login's mount there.
   *
   * @param accessors By the names of the logins.
   */
  nameLogins(accessors: Readonly<Record<string, string>>): void {
    this.accessors = accessors;
  }

  /**
   * Warns at synthesis about statements that can do nothing in the instance: a path that no engine has, a path of a KV mount without
   * `data/` or `metadata/`, and a capability that no operation there needs. Other mounts are not judged.
   */
  warnAboutStatements(mounts: InstanceMounts): void {
    Aspects.of(this).add({
      visit: (node) => {
        if (node !== this) return;
        for (const { message } of lintPolicy(this.policy().statements, mounts))
          Annotations.of(this).addWarning(message);
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

const DEFAULT_TTL = Duration.hours(1);
const DEFAULT_MAX_TTL = Duration.hours(4);
const DEFAULT_SECRET_ID_TTL = Duration.days(30);

/** The longest lifetime of a role's tokens and secret IDs, which its login must allow. */
export function longestTtl(role: LimitedRole & Pick<AccessRoleProps, "secretIdTtl">): Duration {
  return longer(role.secretIdTtl ?? DEFAULT_SECRET_ID_TTL, longestTokenTtl(role));
}

type LimitedRole = Pick<AccessRoleProps, "name" | "tokenTtl" | "tokenMaxTtl" | "tokenPeriod">;

/** A renewal gives a token its period again, so its login must allow that, too. */
function longestTokenTtl(role: LimitedRole): Duration {
  const { tokenMaxTtl } = checkTokenTtls(role);
  return longer(role.tokenPeriod ?? tokenMaxTtl, tokenMaxTtl);
}

/** @throws ValidationError if the login would shorten the role's tokens or secret IDs. */
function checkLoginTtl(props: AccessRoleProps, login: RoleLogin, scope: Construct): void {
  const { maxTtl = LOGIN_MAX_TTL } = login;
  const longest = "bind" in login ? longestTokenTtl(props) : longestTtl(props);
  if (!longest.isLongerThan(maxTtl)) return;
  throw new ValidationError(
    "login-ttl",
    `The role ${props.name} has tokens or secret IDs of ${longest.toString()}, longer than its login's maxTtl of ${maxTtl.toString()}; raise maxTtl of the login, or reduce the TTLs of the role.`,
    scope,
  );
}

/** Token lifetimes of a role, with defaults. @throws ValidationError if the lifetime exceeds the maximum. */
export function checkTokenTtls(
  props: Pick<AccessRoleProps, "name" | "tokenTtl" | "tokenMaxTtl">,
  scope?: Construct,
): { readonly tokenTtl: Duration; readonly tokenMaxTtl: Duration } {
  const { ttl: tokenTtl, maxTtl: tokenMaxTtl } = lifetimes(
    { ttl: props.tokenTtl, maxTtl: props.tokenMaxTtl },
    { ttl: DEFAULT_TTL, maxTtl: DEFAULT_MAX_TTL },
  );
  if (tokenTtl.isLongerThan(tokenMaxTtl)) {
    throw new ValidationError(
      "token-ttl",
      `The role ${props.name} has a tokenTtl of ${tokenTtl.toString()}, longer than its tokenMaxTtl of ${tokenMaxTtl.toString()}; reduce tokenTtl.`,
      scope,
    );
  }
  return { tokenTtl, tokenMaxTtl };
}
