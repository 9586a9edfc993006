import { describe, expect, test } from "vitest";
import {
  AccessRole,
  AdminRole,
  Duration,
  Users,
  type Duty,
  type UserProps,
  type UsersProps,
} from "../../../../src/index";
import { NO_PASSWORD } from "../../../../src/contract/people";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";

/** Users, and a role with a duty for each group of this name. */
function people(
  users: readonly UserProps[],
  duties: Readonly<Record<string, Duty>> = {},
  props: Partial<UsersProps> = {},
): Synthesized["resource"] {
  return synthesizeInVault((stack, { provider }) => {
    const made = new Users(stack, "Users", { users, provider, ...props });
    const web = new AccessRole(stack, "Web", { name: "web", login: made.group("developers"), provider });
    web.grant({ path: "kv/data/web", capabilities: ["read"], reason: "read" });
    for (const [index, [group, duty]] of Object.entries(duties).entries())
      new AdminRole(stack, group, {
        name: Object.values(duties).indexOf(duty) === index ? duty : `${duty}-${group}`,
        duty,
        users: made,
        assignable: ["web"],
        login: made.group(group),
        provider,
      });
  }).resource;
}

const ALICE = { name: "alice", groups: ["developers"] };

test("an account is made with a hash of no password, which no later deployment writes", () => {
  const { users_user_alice_account: account, users_user_alice_token: token } =
    people([ALICE]).vault_generic_endpoint ?? {};
  expect(account).toMatchObject({
    path: "auth/${vault_auth_backend.users.path}/users/alice",
    data_json: `\${jsonencode({"password_hash" = "${NO_PASSWORD}"})}`,
    lifecycle: { ignore_changes: ["data_json"] },
  });
  expect(token?.disable_delete).toBe(true);
  expect(token?.data_json).not.toContain("password_hash");
});

test("tokens live as the console had it: 720 h, 8760 h, 168 h, 700 uses", () => {
  const token = people([ALICE]).vault_generic_endpoint?.users_user_alice_token;
  for (const part of [
    '"token_ttl" = 2592000',
    '"token_max_ttl" = 31536000',
    '"token_period" = 604800',
    '"token_num_uses" = 700',
  ])
    expect(token?.data_json).toContain(part);
});

test("single addresses are written as the server gives them back", () => {
  const boundCidrs = ["192.168.1.0/24", "192.0.2.1/32", "2001:db8::1/128", "2001:db8::/32"];
  expect(people([{ ...ALICE, boundCidrs }]).vault_generic_endpoint?.users_user_alice_token?.data_json).toContain(
    '"token_bound_cidrs" = ["192.168.1.0/24", "192.0.2.1", "2001:db8::1", "2001:db8::/32"]',
  );
});

test("a user has metadata for policies and SSH roles", () => {
  const { users_user_alice: alice, users_user_bob: bob } =
    people([{ ...ALICE, metadata: { unix: "alice", mail: "alice@acme.example" } }, { name: "bob" }])
      .vault_identity_entity ?? {};
  expect(alice).toMatchObject({ metadata: { unix: "alice", mail: "alice@acme.example" } });
  expect(bob).not.toHaveProperty("metadata");
});

test.each([
  ["team", "*"],
  ["team", "shop/+"],
  ["team", ""],
  ["the team", "shop"],
  ["team", "{{identity.entity.id}}"],
  ["team", "a".repeat(513)],
])("refuses the metadata %s: %s", (key, value) => {
  const user = { ...ALICE, metadata: { [key]: value } };
  expect(() => people([user])).toThrow(/The user alice has the metadata .* which a policy cannot name/);
});

test("groups have metadata for policies, also without members", () => {
  const groupMetadata = { developers: { app: "shop" }, ops: { zone: "a.b@c-d" } };
  expect(people([ALICE], {}, { groupMetadata }).vault_identity_group).toMatchObject({
    users_group_developers: { name: "developers", metadata: { app: "shop" } },
    users_group_ops: { name: "ops", metadata: { zone: "a.b@c-d" }, member_entity_ids: [] },
  });
  expect(only(people([ALICE]), "vault_identity_group")).not.toHaveProperty("metadata");
});

test.each([
  [{ developers: { app: "*" } }, /The group developers has the metadata .* which a policy cannot name/],
  [{ developers: { "the app": "shop" } }, /The group developers has the metadata/],
  [{ Developers: { app: "shop" } }, /"Developers" is not a valid name of a group/],
])("refuses the metadata of groups %j", (groupMetadata, message) => {
  expect(() => people([ALICE], {}, { groupMetadata })).toThrow(message);
});

test("a group has the policies of the roles that name it", () => {
  expect(only(people([ALICE, { name: "bob" }]), "vault_identity_group")).toMatchObject({
    name: "developers",
    policies: ["${vault_policy.web_policy.name}"],
    member_entity_ids: ["${vault_identity_entity.users_user_alice.id}"],
  });
});

test("a first login is used once, for one user, and those of admins are apart", () => {
  const { vault_token_auth_backend_role: roles = {} } = people([ALICE, { name: "carol", groups: ["a"] }], {
    a: "users",
  });
  expect(roles.users_user_alice_first_login).toMatchObject({
    role_name: "tenant-vault-first-login-users-alice",
    allowed_entity_aliases: ["alice"],
    token_num_uses: 1,
    token_no_default_policy: true,
    token_explicit_max_ttl: 259_200,
    renewable: false,
    orphan: true,
  });
  expect(roles.users_user_carol_first_login?.role_name).toBe("tenant-vault-first-login-admins-carol");
});

describe("fails when", () => {
  test.each(["Alice", "", "a b", "-a", "a/b", "ä", "a*"])("a user is named %j", (name) => {
    expect(() => people([{ name }])).toThrow(/is not a valid name of a user; use up to 63 small letters/);
  });

  test("two users differ in case alone", () => {
    expect(() => people([{ name: "alice" }, { name: "Alice" }])).toThrow(
      /Two users are named "alice", since Vault ignores/,
    );
  });

  test("a group has capital letters", () => {
    expect(() => people([{ name: "alice", groups: ["Developers"] }])).toThrow(/is not a valid name of a group/);
  });

  test("one person has two duties", () => {
    const both = [{ name: "carol", groups: ["a", "b"] }];
    expect(() => people(both, { a: "users", b: "security" })).toThrow(
      /The user carol is in groups with the duties users and security; give each duty to another person/,
    );
  });

  test("one group has two duties", () => {
    const synthesize = (members: readonly UserProps[]): Synthesized =>
      synthesizeInVault((stack, { provider }) => {
        const users = new Users(stack, "Users", { users: members, provider });
        for (const duty of ["users", "security"] as const)
          new AdminRole(stack, duty, { name: duty, duty, users, login: users.group("a"), provider });
      });
    expect(() => synthesize([{ name: "carol", groups: ["a"] }])).toThrow(
      /The user carol is in groups with the duties users and security/,
    );
    expect(() => synthesize([])).not.toThrow();
  });
});

describe("an admin of the configuration", () => {
  const policyOf = (...args: Parameters<typeof people>): unknown => people(...args).vault_policy?.a_policy?.policy;

  test("assigns policies to groups that administer nothing, also if a duty is given later", () => {
    const policy = policyOf([ALICE], { a: "security", b: "users" });
    expect(policy).toContain('path "identity/group/name/developers"');
    expect(policy).not.toContain("identity/group/name/a");
    expect(policy).not.toContain("identity/group/name/b");
  });

  test.each(["security", "privileged-access"] as const)("assigns none to a group of somebody with %s", (duty) => {
    const member = { name: "dave", groups: ["developers", "b"] };
    expect(policyOf([ALICE], { a: "security", b: duty })).toContain("identity/group/name/developers");
    expect(policyOf([ALICE, member], { a: "security", b: duty })).not.toContain("identity/group/name/developers");
  });

  test("assigns policies to the groups of those who cannot assign", () => {
    const policy = policyOf([{ name: "carol", groups: ["developers", "b"] }], { a: "security", b: "users" });
    expect(policy).toContain('path "identity/group/name/developers"');
  });
});

/** Carol and dave have duties, and alice has none. */
const STAFF = [ALICE, { name: "carol", groups: ["a"] }, { name: "dave", groups: ["b"] }];
const STAFF_DUTIES = { a: "users", b: "privileged-access" } as const;

test("tokens of people with a duty end within 8 hours, and have no period", () => {
  const token = (props: Partial<UsersProps>): string =>
    String(people(STAFF, STAFF_DUTIES, props).vault_generic_endpoint?.users_user_carol_token?.data_json);
  for (const part of ['"token_explicit_max_ttl" = 28800', '"token_period" = 0', '"token_ttl" = 3600'])
    expect(token({ tokenTtl: Duration.hours(24), tokenPeriod: Duration.hours(24) })).toContain(part);
  const short = token({ tokenTtl: Duration.minutes(10), tokenMaxTtl: Duration.hours(1) });
  expect(short).toContain('"token_ttl" = 600');
  expect(short).toContain('"token_max_ttl" = 3600');
});

describe("tokenMaxTtl below the default of tokenTtl", () => {
  const tokens = (tokenMaxTtl: Duration): (string | undefined)[] => {
    const { vault_generic_endpoint: endpoints } = people(STAFF, STAFF_DUTIES, { tokenMaxTtl });
    return ["alice", "carol"].map((name) =>
      /"token_max_ttl" = (\d+).*"token_ttl" = (\d+)/
        .exec(String(endpoints?.[`users_user_${name}_token`]?.data_json))
        ?.slice(1)
        .join(" "),
    );
  };

  test.each([
    [Duration.hours(24), ["86400 86400", "28800 3600"]],
    [Duration.minutes(30), ["1800 1800", "1800 1800"]],
    [Duration.hours(720), ["2592000 2592000", "28800 3600"]],
    [Duration.hours(721), ["2595600 2592000", "28800 3600"]],
  ])("%s shortens it, also of people with a duty", (tokenMaxTtl, expected) => {
    expect(tokens(tokenMaxTtl)).toEqual(expected);
  });

  test.each([
    [
      { tokenTtl: Duration.hours(25) },
      "People have a tokenTtl of 25h, longer than their tokenMaxTtl of 24h; reduce tokenTtl.",
    ],
    [
      { tokenPeriod: Duration.days(7) },
      "People have a tokenPeriod of 168h, longer than their tokenMaxTtl of 24h; reduce tokenPeriod.",
    ],
  ])("refuses %j", (props, message) => {
    expect(() => people([ALICE], {}, { ...props, tokenMaxTtl: Duration.hours(24) })).toThrow(message);
  });

  test("refuses a first login that the server would shorten", () => {
    expect(() => people([ALICE], {}, { firstLoginTtl: Duration.days(32) })).not.toThrow();
    expect(() => people([ALICE], {}, { firstLoginTtl: Duration.days(33) })).toThrow(
      "People have a firstLoginTtl of 792h, longer than the server's own limit of 768h; reduce firstLoginTtl.",
    );
  });

  test("refuses a lifetime above the default", () => {
    expect(() => people([ALICE], {}, { tokenTtl: Duration.days(366) })).toThrow(
      /a tokenTtl of 8784h, longer than their tokenMaxTtl of 8760h/,
    );
  });
});

describe("a person who gets a duty", () => {
  test("is replaced, once the role of the former first logins is gone", () => {
    const replaced = { replace_triggered_by: ["vault_token_auth_backend_role.users_user_alice_first_login.role_name"] };
    const resource = people([ALICE]);
    for (const [type, name] of [
      ["vault_generic_endpoint", "users_user_alice_account"],
      ["vault_generic_endpoint", "users_user_alice_token"],
      ["vault_identity_entity", "users_user_alice"],
      ["vault_identity_entity_alias", "users_user_alice_alias"],
    ] as const)
      expect(resource[type]?.[name]?.lifecycle, name).toMatchObject(replaced);
  });

  test("chooses no password with a first login of before", () => {
    const { users_first_login: users, users_admin_first_login: admins } =
      people(STAFF, STAFF_DUTIES).vault_policy ?? {};
    for (const name of ["carol", "dave"])
      expect(users?.policy).toContain(`users/${name}/password" {\n  capabilities = ["deny"]`);
    expect(users?.policy).not.toContain("users/alice/password");
    expect(admins?.policy).not.toContain("deny");
  });
});

describe("an admin of users", () => {
  const policies = (users: readonly UserProps[]) => people(users, STAFF_DUTIES).vault_policy ?? {};

  test("changes people without a duty, by name", () => {
    const { a_policy: own, b_policy: privileged } = policies(STAFF);
    const changed = (policy: unknown): string[] =>
      [...String(policy).matchAll(/entity\/name\/user-([a-z]+)" \{\n {2}capabilities = \["read","update"\]/g)].map(
        ([, name]) => name ?? "",
      );
    expect(changed(own?.policy)).toEqual(["alice"]);
    expect(changed(privileged?.policy)).toEqual(["alice", "carol", "dave"]);
    expect(own?.policy).toContain('"entity_alias" = ["alice"]');
    expect(privileged?.policy).not.toContain('"deny"');
  });

  test("has a policy that a server stores, with a thousand people of long names", () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ name: `firstname.lastname-${index}` }));
    const { a_policy: own, b_policy: privileged } = policies([...STAFF, ...many]);
    // A server stores up to 1 MiB.
    for (const policy of [own?.policy, privileged?.policy]) expect(String(policy).length).toBeLessThan(700_000);
  });
});

test("an admin of the configuration does not write where a server keeps a root credential", () => {
  const policy = synthesizeInVault((stack, { provider }) => {
    const users = new Users(stack, "Users", { users: [], provider });
    const engines = (["database", "aws", "azure", "gcp", "terraform", "pki", "ssh"] as const).map((type) => ({
      path: type,
      type,
    }));
    new AdminRole(stack, "Role", { name: "security", duty: "security", engines, login: users.group("a"), provider });
  }).resource.vault_policy?.role_policy?.policy;
  const capabilities = (path: string): unknown =>
    new RegExp(`path "${path.replace("*", "\\*")}" \\{\n  capabilities = (.*)`).exec(String(policy))?.[1];
  expect(capabilities("database/config/*")).toBe('["read","list"]');
  expect(capabilities("ssh/config/*")).toBe('["read"]');
  for (const path of ["aws/config/root", "azure/config", "gcp/config", "terraform/config"])
    expect(capabilities(path), path).toBe('["read"]');
  expect(capabilities("database/roles/*")).toContain("create");
  expect(capabilities("pki/config/urls")).toContain("update");
  expect(capabilities("ssh/roles/*")).toContain("update");
});
