import {
  entityOf,
  FIRST_LOGIN,
  firstLoginRole,
  mfaName,
  NO_PASSWORD,
  PEOPLE,
  PERSON_PREFIX,
  type People,
} from "../contract/people";
import type { EngineType } from "../contract/identities";
import { ENGINES, LOOK, MANAGE } from "./configuration-parts";
import { operations } from "./identity-policies";
import { PolicyDocument, type PolicyStatement } from "./policy-document";
import { SHORTEST_WRAPPING } from "./wrapping";

/** The login of people by password. A part may be an expression of Terraform. */
export interface PeopleScope {
  /** Path of the mount, without `auth/`. */
  readonly login: string;
  /** Accessor of the mount. */
  readonly accessor: string;
  /** Names of people without a duty, and of those with one. */
  readonly people: { readonly users: readonly string[]; readonly admins: readonly string[] };
  /** The method of second factors, and the IDs of the entities of these people. @default - there are no second factors */
  readonly mfa?:
    | {
        readonly method: string;
        readonly entities: { readonly users: readonly string[]; readonly admins: readonly string[] };
      }
    | undefined;
}

/** What an admin administers. */
export interface AdminScope {
  /** The login of people by password. @default - there is none */
  readonly people?: PeopleScope | undefined;
  /** Groups of which no member may assign roles, and roles, without duties of an admin, whose policies they may get. @default - none */
  readonly groups?: readonly string[];
  readonly roles?: readonly string[];
  /** Secrets engines, each once. */
  readonly mounts: readonly { readonly path: string; readonly type: EngineType }[];
}

/** Duties of admins. No one of them can give itself what another one may. */
export const DUTIES = ["users", "security", "servers", "privileged-access"] as const;

/** What an admin is for. */
export type Duty = (typeof DUTIES)[number];

/** Whether people with this duty give the policies of roles to groups. */
export function assignsRoles(duty: Duty): boolean {
  return duty === "security" || duty === "privileged-access";
}

/** What an admin may do. */
export function adminStatements(duty: Duty, scope: AdminScope): PolicyStatement[] {
  return STATEMENTS[duty](scope);
}

const STATEMENTS: Readonly<Record<Duty, (scope: AdminScope) => PolicyStatement[]>> = {
  users: ({ people }) =>
    people === undefined
      ? []
      : [
          ...lookAtUsers(people),
          ...manage("users", people),
          ...secondFactors(["users"], people),
          ...protectAdmins(people),
        ],
  security,
  servers: operations,
  "privileged-access": (scope) => [
    ...security(scope),
    ...(scope.people === undefined
      ? []
      : [
          ...lookAtUsers(scope.people),
          ...PEOPLE.flatMap((whose) => manage(whose, scope.people as PeopleScope)),
          ...secondFactors(PEOPLE, scope.people),
        ]),
  ],
};

/**
 * The policy of a first login: its holder chooses a password, and does nothing else. That of a person without a duty is of no use any
 * more once the person has one, because an admin of users may have kept it.
 *
 * @param tokens Accessor of the tokens' mount.
 */
export function firstLoginPolicy(whose: People, { login, people }: PeopleScope, tokens: string): string {
  return render(
    {
      path: `auth/${login}/users/{{identity.entity.aliases.${tokens}.name}}/password`,
      capabilities: ["update"],
      reason: "choose the first password",
      allowedParameters: { password: [] },
    },
    ...(whose === "admins" ? [] : people.admins).map((user): PolicyStatement => ({
      path: `auth/${login}/users/${user}/password`,
      capabilities: ["deny"],
      reason: "not the password of a person with a duty",
    })),
  );
}

/** The policy of everybody who logged in by password. */
export function ownPasswordPolicy({ login, accessor }: Pick<PeopleScope, "login" | "accessor">): string {
  return render({
    path: `auth/${login}/users/{{identity.entity.aliases.${accessor}.name}}/password`,
    capabilities: ["update"],
    reason: "choose another password of one's own",
    allowedParameters: { password: [] },
  });
}

function render(...statements: readonly PolicyStatement[]): string {
  const policy = new PolicyDocument();
  for (const statement of statements) policy.add(statement);
  return policy.render();
}

function lookAtUsers({ login, accessor, mfa }: PeopleScope): PolicyStatement[] {
  return [
    ...(mfa === undefined
      ? []
      : [
          {
            path: `identity/mfa/login-enforcement/${mfaName(login)}`,
            capabilities: ["read"] as const,
            reason: "see for whom a second factor is required",
          },
        ]),
    { path: `auth/${login}/users`, capabilities: ["list"], reason: "list users" },
    { path: `auth/${login}/users/+`, capabilities: ["read"], reason: "see users" },
    {
      path: `identity/entity/name/${PERSON_PREFIX}*`,
      capabilities: ["read"],
      reason: "see whether users are disabled",
    },
    { path: "sys/locked-users", capabilities: ["read"], reason: "see who is locked out after failed logins" },
    {
      path: `sys/locked-users/${accessor}/unlock/+`,
      capabilities: ["update"],
      reason: "let a user log in again after failed logins",
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
  ];
}

/**
 * An admin chooses no password, makes no entity with policies, and touches no group. Servers ignore the case of these names, and
 * policies need not, so the names of those who are managed are written out.
 */
function manage(whose: People, { login, people }: PeopleScope): PolicyStatement[] {
  // No value at all would mean any value.
  if (people[whose].length === 0) return [];
  return [
    {
      path: `auth/token/create/${firstLoginRole(whose)}*`,
      capabilities: ["update"],
      reason: "hand a first login over, wrapped",
      allowedParameters: { entity_alias: people[whose] },
      requiredParameters: ["entity_alias"],
      minWrappingTtl: SHORTEST_WRAPPING,
    },
    ...people[whose].flatMap((user): PolicyStatement[] => [
      {
        path: `auth/${login}/users/${user}`,
        capabilities: ["read", "update"],
        reason: `take the password of ${user} away`,
        allowedParameters: { password_hash: [NO_PASSWORD] },
      },
      {
        path: `identity/entity/name/${entityOf(user)}`,
        capabilities: ["read", "update"],
        reason: `disable and enable ${user}`,
        allowedParameters: { disabled: [] },
      },
    ]),
  ];
}

/**
 * An admin makes and destroys second factors of those whom it manages, and does not see them: they are wrapped. It knows no password, so
 * a second factor that it unwrapped itself lets it log in as nobody.
 */
function secondFactors(whose: readonly People[], { mfa }: PeopleScope): PolicyStatement[] {
  const entities = whose.flatMap((each) => mfa?.entities[each] ?? []);
  // No value at all would mean any value.
  if (mfa === undefined || entities.length === 0) return [];
  const constraints = {
    capabilities: ["update"],
    allowedParameters: { entity_id: entities, method_id: [mfa.method] },
    requiredParameters: ["entity_id", "method_id"],
  } as const;
  return [
    {
      path: "identity/mfa/method/totp/admin-generate",
      reason: "hand a second factor over, wrapped",
      minWrappingTtl: SHORTEST_WRAPPING,
      ...constraints,
    },
    { path: "identity/mfa/method/totp/admin-destroy", reason: "take a second factor away", ...constraints },
  ];
}

/** The server keeps tokens and locks by names as they are written, so a denial of the name itself is enough. */
function protectAdmins({ login, accessor, people }: PeopleScope): PolicyStatement[] {
  return people.admins.flatMap((user) =>
    [
      `sys/locked-users/${accessor}/unlock/${user}`,
      `sys/leases/revoke-prefix/auth/${login}/login/${user}`,
      `sys/leases/revoke-prefix/auth/token/create/${firstLoginRole("admins", user)}`,
    ].map((path): PolicyStatement => ({ path, capabilities: ["deny"], reason: `${user} has a duty` })),
  );
}

/**
 * An admin of the configuration makes no account, changes no membership, and writes no policy. It writes no configuration that holds a
 * credential either: with another address, the server would send the credential there.
 */
function security({ mounts, groups = [], roles = [] }: AdminScope): PolicyStatement[] {
  return [
    ...mounts.flatMap(({ path, type }) =>
      ENGINES[type].map((part) => ({
        path: `${path}/${part.path}`,
        capabilities: (part.apply ?? MANAGE).filter((each) => part.holdsCredential !== true || LOOK.includes(each)),
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
