import { FIRST_LOGIN, firstLoginRole, NO_PASSWORD, PERSON_PREFIX, type People } from "../contract/people";
import type { EngineType } from "../contract/identities";
import { Duration } from "../core/duration";
import { ENGINES, MANAGE, operations } from "./identity-policies";
import { PolicyDocument, type PolicyStatement } from "./policy-document";

/** The login of people by password. A part may be an expression of Terraform. */
export interface PeopleScope {
  /** Path of the mount, without `auth/`. */
  readonly login: string;
  /** Accessor of the mount. */
  readonly accessor: string;
}

/** What an admin administers. */
export interface AdminScope {
  /** The login of people by password. @default - there is none */
  readonly people?: PeopleScope | undefined;
  /** Groups of people who administer nothing, and roles, without duties of an admin, whose policies they may get. @default - none */
  readonly groups?: readonly string[];
  readonly roles?: readonly string[];
  /** Secrets engines, each once. */
  readonly mounts: readonly { readonly path: string; readonly type: EngineType }[];
}

/** Duties of admins. No one of them can give itself what another one may. */
export const DUTIES = ["users", "security", "servers", "privileged-access"] as const;

/** What an admin is for. */
export type Duty = (typeof DUTIES)[number];

/** Shortest time for which a first login is wrapped, so that nobody gets one without a wrapping token. */
const WRAPPED = Duration.minutes(1);

/** What an admin may do. */
export function adminStatements(duty: Duty, scope: AdminScope): PolicyStatement[] {
  return STATEMENTS[duty](scope);
}

const STATEMENTS: Readonly<Record<Duty, (scope: AdminScope) => PolicyStatement[]>> = {
  users: ({ people }) => (people === undefined ? [] : manageUsers(people)),
  security,
  servers: operations,
  "privileged-access": (scope) => [
    ...security(scope),
    ...(scope.people === undefined ? [] : [...manageUsers(scope.people), firstLogins("admins")]),
  ],
};

/** The policy of a first login: its holder chooses a password, and does nothing else. @param tokens Accessor of the tokens' mount. */
export function firstLoginPolicy({ login }: PeopleScope, tokens: string): string {
  return render({
    path: `auth/${login}/users/{{identity.entity.aliases.${tokens}.name}}/password`,
    capabilities: ["update"],
    reason: "choose the first password",
    allowedParameters: { password: [] },
  });
}

/** The policy of everybody who logged in by password. */
export function ownPasswordPolicy({ login, accessor }: PeopleScope): string {
  return render({
    path: `auth/${login}/users/{{identity.entity.aliases.${accessor}.name}}/password`,
    capabilities: ["update"],
    reason: "choose another password of one's own",
    allowedParameters: { password: [] },
  });
}

function render(statement: PolicyStatement): string {
  const policy = new PolicyDocument();
  policy.add(statement);
  return policy.render();
}

/** An admin of users chooses no password, makes no entity with policies, and touches no group. */
function manageUsers({ login, accessor }: PeopleScope): PolicyStatement[] {
  return [
    firstLogins("users"),
    { path: `auth/${login}/users`, capabilities: ["list"], reason: "list users" },
    {
      path: `auth/${login}/users/+`,
      capabilities: ["read", "update"],
      reason: "see users, and take a user's password away",
      allowedParameters: { password_hash: [NO_PASSWORD] },
    },
    {
      path: `identity/entity/name/${PERSON_PREFIX}*`,
      capabilities: ["read", "update"],
      reason: "see whether users are disabled, disable and enable them",
      allowedParameters: { disabled: [] },
    },
    {
      path: `sys/leases/lookup/auth/${login}/login/`,
      capabilities: ["list", "sudo"],
      reason: "find the tokens of a user, whose name may be written in upper case",
    },
    {
      path: `sys/leases/revoke-prefix/auth/${login}/login/+`,
      capabilities: ["update", "sudo"],
      reason: "revoke the tokens of a user",
    },
    {
      path: `sys/leases/revoke-prefix/auth/token/create/${FIRST_LOGIN}-*`,
      capabilities: ["update", "sudo"],
      reason: "revoke first logins of a user",
    },
    { path: "sys/locked-users", capabilities: ["read"], reason: "see who is locked out after failed logins" },
    {
      path: `sys/locked-users/${accessor}/unlock/+`,
      capabilities: ["update", "sudo"],
      reason: "let a user log in again after failed logins",
    },
  ];
}

function firstLogins(people: People): PolicyStatement {
  return {
    path: `auth/token/create/${firstLoginRole(people)}*`,
    capabilities: ["update"],
    reason: "hand a first login over, wrapped",
    allowedParameters: { entity_alias: [] },
    requiredParameters: ["entity_alias"],
    minWrappingTtl: WRAPPED,
  };
}

/** An admin of the configuration makes no account, changes no membership, and writes no policy. */
function security({ mounts, groups = [], roles = [] }: AdminScope): PolicyStatement[] {
  return [
    ...mounts.flatMap(({ path, type }) =>
      ENGINES[type].map((part) => ({
        path: `${path}/${part.path}`,
        capabilities: part.apply ?? MANAGE,
        reason: `${path}: ${part.reason}`,
      })),
    ),
    { path: "sys/policies/acl", capabilities: ["list"], reason: "list policies" },
    { path: "sys/policies/acl/*", capabilities: ["read"], reason: "read policies" },
    // No value at all would mean any value.
    ...(roles.length === 0 ? [] : groups).map((group): PolicyStatement => ({
      path: `identity/group/name/${group}`,
      capabilities: ["read", "update"],
      reason: "assign the policy of a role to the group, until the next deployment",
      allowedParameters: { policies: roles },
    })),
  ];
}
