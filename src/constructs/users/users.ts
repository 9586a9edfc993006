import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { FIRST_LOGIN, firstLoginRole, OWN_PASSWORD, PEOPLE, PEOPLE_LOGIN, type People } from "../../contract/people";
import { boundAddresses } from "../../core/cidr";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkLoginPath } from "../../core/mount-path";
import {
  assignsRoles,
  firstLoginPolicy,
  ownPasswordPolicy,
  type Duty,
  type PeopleScope,
} from "../../policy/people-policies";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { AuthBackend, DataVaultAuthBackend, Policy, VaultIdentityGroup } from "../../terraform/providers/vault";
import { takeName } from "../../terraform/unique-names";
import { Lockout } from "../login/lockout";
import type { IRoleLogin, RoleToken } from "../login/role-login";
import { peopleTokens } from "./people-tokens";
import { checkMfa, TotpMfa, usersWithMfa } from "./totp-mfa";
import { User } from "./user";
import { checkGroupMetadata, checkUsers } from "./user-names";
import type { UserProps, UsersProps } from "./users-props";

const TOKEN_NUM_USES = 700;
/** Tokens of people with a duty, at most. They cannot be renewed without end. */
const ADMIN_TOKEN = { ttl: Duration.hours(1), maxTtl: Duration.hours(8) };
const FIRST_LOGIN_TTL = Duration.hours(72);

/** A group and what its members are for. */
interface Group {
  readonly members: readonly UserProps[];
  readonly policies: string[];
  readonly duties: Set<Duty>;
}

/**
 * People who log in by password, and their groups; https://developer.hashicorp.com/vault/docs/auth/userpass. Nobody knows the password of
 * an account that Terraform makes. A first login, which `tenant-vault user add` hands over, lets its holder choose one, once. Until
 * then nobody can log in, so the policies of a group apply only to a person who has chosen a password.
 */
export class Users extends Construct {
  /** Path of the auth mount, without `auth/`. */
  readonly path: string;
  private readonly accessor: string;
  private readonly groups = new Map<string, Group>();
  private readonly entities = new Map<string, string>();
  private readonly mfa: TotpMfa | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: UsersProps,
  ) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkDurations(props, ["tokenTtl", "tokenMaxTtl", "tokenPeriod", "firstLoginTtl"], this);
    checkUsers(props.users, this);
    checkGroupMetadata(props.groupMetadata, this);
    if (props.mfa !== undefined) checkMfa(props.mfa, props.users, this);
    const { maxTtl } = peopleTokens(props, this);
    const { provider, mfa, description, listingVisibility = "unauth" } = props;
    const mount = checkLoginPath(props.path ?? PEOPLE_LOGIN, this);
    const backend = new AuthBackend(this, "Resource", {
      type: "userpass",
      path: mount,
      description,
      tune: [{ maxLeaseTtl: maxTtl.toString(), listingVisibility }],
      provider,
    });
    if (props.lockout !== undefined) new Lockout(this, backend.path, props.lockout, provider);
    this.path = backend.path;
    this.accessor = backend.accessor;
    const firstLogins = this.createPolicies();
    for (const user of props.users) this.entities.set(user.name, this.createUser(user, backend, firstLogins).entityId);
    const names = new Set([
      ...props.users.flatMap(({ groups = [] }) => groups),
      ...Object.keys(props.groupMetadata ?? {}),
    ]);
    for (const name of names) this.createGroup(name);
    const members = mfa === undefined ? [] : this.entitiesOf(usersWithMfa(mfa, props.users));
    this.mfa = mfa && new TotpMfa(this, { ...mfa, login: mount, members, provider });
  }

  /** The users of a group. A role that they reach gives them its policy. Their tokens are as those of all users. */
  group(name: string): IRoleLogin {
    const { path = PEOPLE_LOGIN, firstLoginTtl = FIRST_LOGIN_TTL, mfa } = this.props;
    const needsCode = mfa !== undefined && (mfa.groups ?? [name]).includes(name);
    return {
      id: `group ${name}`,
      use: () => ({
        kind: "password",
        path,
        group: name,
        firstLoginTtl: firstLoginTtl.toSeconds(),
        ...(needsCode ? { mfa: true } : {}),
      }),
      ownsTokens: true,
      bind: (_scope, token) => this.assign(name, token),
    };
  }

  /** What the policies of admins name. It is complete once all roles are there. */
  get scope(): PeopleScope {
    const [users, admins] = PEOPLE.map((whose) => this.props.users.filter((user) => this.kindOf(user) === whose));
    const each = <Value>(value: (people: readonly UserProps[]) => Value) => ({
      users: value(users ?? []),
      admins: value(admins ?? []),
    });
    return {
      login: this.props.path ?? PEOPLE_LOGIN,
      accessor: this.accessor,
      people: each((people) => people.map(({ name }) => name)),
      mfa: this.mfa && { method: this.mfa.methodId, entities: each((people) => this.entitiesOf(people)) },
    };
  }

  /** Names of the groups that may get further roles: they have no duty, and nobody in them could give a role to oneself. */
  get assignableGroups(): string[] {
    const isAssignable = ({ members, duties }: Group): boolean =>
      duties.size === 0 && !members.some((user) => [...this.dutiesOf(user)].some(assignsRoles));
    return [...this.groups].filter(([, group]) => isAssignable(group)).map(([name]) => name);
  }

  private assign(name: string, { tokenPolicies, duty }: RoleToken): void {
    const group = this.groups.get(name) ?? this.createGroup(name);
    group.policies.push(...tokenPolicies);
    if (duty === undefined) return;
    group.duties.add(duty);
    for (const user of group.members) this.checkDuties(user);
  }

  /** @throws ValidationError if one person would have what is divided among several. */
  private checkDuties(user: UserProps): void {
    const duties = this.dutiesOf(user);
    if (duties.size < 2) return;
    throw new ValidationError(
      "admin-duties",
      `The user ${user.name} is in groups with the duties ${[...duties].join(" and ")}; give each duty to another person.`,
      this,
    );
  }

  private dutiesOf({ groups = [] }: UserProps): ReadonlySet<Duty> {
    return new Set(groups.flatMap((name) => [...(this.groups.get(name)?.duties ?? [])]));
  }

  private kindOf(user: UserProps): People {
    return this.dutiesOf(user).size > 0 ? "admins" : "users";
  }

  private createUser(user: UserProps, backend: AuthBackend, policies: Readonly<Record<People, string>>): User {
    const { provider } = this.props;
    const tokens = peopleTokens(this.props);
    // Which duties a user has is known once all roles are there.
    const isAdmin = (): boolean => this.kindOf(user) === "admins";
    const seconds = (ordinary: Duration, most: Duration): number =>
      Lazy.numberValue({ produce: () => Math.min(ordinary.toSeconds(), isAdmin() ? most.toSeconds() : Infinity) });
    const maxTtl = seconds(tokens.maxTtl, ADMIN_TOKEN.maxTtl);
    return new User(this, `User-${user.name}`, {
      ...user,
      backend,
      token: {
        token_bound_cidrs: boundAddresses(user.boundCidrs ?? this.props.boundCidrs ?? []),
        token_explicit_max_ttl: maxTtl,
        token_max_ttl: maxTtl,
        // A server makes no token, and so no first login, for a token whose uses are counted.
        token_num_uses: Lazy.numberValue({
          produce: () => (isAdmin() ? 0 : (this.props.tokenNumUses ?? TOKEN_NUM_USES)),
        }),
        token_period: Lazy.numberValue({ produce: () => (isAdmin() ? 0 : tokens.period.toSeconds()) }),
        token_policies: [OWN_PASSWORD],
        token_ttl: seconds(tokens.ttl, ADMIN_TOKEN.ttl),
      },
      firstLogin: {
        policy: Lazy.stringValue({ produce: () => policies[this.kindOf(user)] }),
        role: Lazy.stringValue({ produce: () => firstLoginRole(this.kindOf(user), user.name) }),
        ttl: (this.props.firstLoginTtl ?? FIRST_LOGIN_TTL).toSeconds(),
      },
      provider,
    });
  }

  private entitiesOf(people: readonly UserProps[]): string[] {
    return people.map(({ name }) => this.entities.get(name) ?? "");
  }

  private createGroup(name: string): Group {
    const group: Group = {
      members: this.props.users.filter(({ groups = [] }) => groups.includes(name)),
      policies: [],
      duties: new Set(),
    };
    takeName(this, "group", { name, provider: this.props.provider });
    new VaultIdentityGroup(this, `Group-${name}`, {
      name,
      type: "internal",
      memberEntityIds: this.entitiesOf(group.members),
      metadata: this.props.groupMetadata?.[name],
      policies: Lazy.listValue({ produce: () => group.policies.sort() }),
      provider: this.props.provider,
    });
    this.groups.set(name, group);
    return group;
  }

  /** @returns The policies of first logins. These are tokens of an entity of their own, so that they have nothing of the user's groups. */
  private createPolicies(): Readonly<Record<People, string>> {
    const { provider } = this.props;
    const tokens = new DataVaultAuthBackend(this, "Tokens", { path: "token", provider });
    const create = (id: string, whose: People): string =>
      new Policy(this, id, {
        name: `${FIRST_LOGIN}-${whose}`,
        policy: Lazy.stringValue({ produce: () => firstLoginPolicy(whose, this.scope, tokens.accessor) }),
        provider,
      }).name;
    const { login, accessor } = this.scope;
    new Policy(this, "OwnPassword", { name: OWN_PASSWORD, policy: ownPasswordPolicy({ login, accessor }), provider });
    return { users: create("FirstLogin", "users"), admins: create("AdminFirstLogin", "admins") };
  }
}
