import type { Construct } from "constructs";
import type { PolicyStatement } from "../../policy/policy-document";
import { adminStatements, type Duty } from "../../policy/people-policies";
import type { Users } from "../users/users";
import type { AdministeredEngine } from "../vault-instance/identity-settings";
import { AccessRole } from "./access-role";
import type { AccessRoleProps } from "./access-role-props";

/** Properties of an {@link AdminRole}. */
export interface AdminRoleProps extends AccessRoleProps {
  /**
   * What the admin is for: `users` hands first logins over, disables and enables users; `security` configures engines and assigns the
   * policies of roles; `servers` takes snapshots, seals and looks after members; `privileged-access` is for emergencies, and may what
   * `users` and `security` may, and hand first logins over to admins.
   *
   * @changes in place: tokens that exist have the other rights at once
   */
  readonly duty: Duty;
  /**
   * The people of the instance, for `users` and `privileged-access`.
   *
   * @default - nobody logs in by password
   * @changes in place: tokens that exist have the other rights at once
   */
  readonly users?: Users;
  /**
   * Secrets engines, for `security` and `privileged-access`.
   *
   * @default - none
   * @changes in place: tokens that exist have the other rights at once
   */
  readonly engines?: readonly AdministeredEngine[];
  /**
   * Names of roles whose policies `security` may assign to groups without a duty and without a member who assigns.
   *
   * @default - none
   * @changes in place: tokens that exist have the other rights at once
   */
  readonly assignable?: readonly string[];
}

/**
 * An admin with one duty. No admin can give itself the rights of another one: it writes no policy, makes no token but first logins,
 * changes no membership, and chooses nobody's password.
 */
export class AdminRole extends AccessRole {
  constructor(
    scope: Construct,
    id: string,
    private readonly adminProps: AdminRoleProps,
  ) {
    super(scope, id, adminProps);
  }

  protected override dutyOf({ duty }: AdminRoleProps): Duty {
    return duty;
  }

  protected override ownStatements(): readonly PolicyStatement[] {
    const { duty, users, engines = [], assignable } = this.adminProps;
    return adminStatements(duty, {
      people: users?.scope,
      groups: users?.assignableGroups,
      roles: assignable,
      mounts: engines,
    });
  }
}
