import { describe, expect, test } from "vitest";
import { AdminRole, Duration, Users, type LoginMfa, type UserProps, type UsersProps } from "../../../../src/index";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";

const ALICE = { name: "alice", groups: ["developers"] };
const CAROL = { name: "carol", groups: ["user-admins"] };
const DAVE = { name: "dave", groups: ["emergency"] };
const MFA = { issuer: "customer10 main" };

/** Users, an admin of them, and one for emergencies. */
function people(mfa?: LoginMfa, props: Partial<UsersProps> = {}, users: readonly UserProps[] = [ALICE, CAROL, DAVE]) {
  return synthesizeInVault((stack, { provider }) => {
    const made = new Users(stack, "Users", { users, mfa, provider, ...props });
    const admin = { users: made, provider };
    new AdminRole(stack, "A", { ...admin, name: "a", duty: "users", login: made.group("user-admins") });
    new AdminRole(stack, "B", { ...admin, name: "b", duty: "privileged-access", login: made.group("emergency") });
  }).resource;
}

/** Who needs a code. */
function members(resource: Synthesized["resource"]): unknown {
  return resource.vault_identity_group?.users_mfa_group?.member_entity_ids;
}

const idOf = (user: string): string => `\${vault_identity_entity.users_user_${user}.id}`;

test("nobody needs a code unless it is asked for", () => {
  const resource = people();
  expect(Object.keys(resource).filter((type) => type.includes("mfa"))).toEqual([]);
  expect(JSON.stringify(resource)).not.toContain("mfa");
});

test("a code has what every authenticator app understands", () => {
  expect(only(people(MFA), "vault_identity_mfa_totp")).toMatchObject({
    issuer: "customer10 main",
    algorithm: "SHA1",
    digits: 6,
    period: 30,
    skew: 1,
    key_size: 20,
    qr_size: 0,
    max_validation_attempts: 5,
  });
  const other = { algorithm: "SHA256", digits: 8, period: Duration.minutes(1), maxValidationAttempts: 3 } as const;
  expect(only(people({ ...MFA, ...other }), "vault_identity_mfa_totp")).toMatchObject({
    algorithm: "SHA256",
    digits: 8,
    period: 60,
    max_validation_attempts: 3,
  });
});

test("it is required of people, and of no login that programs use", () => {
  const enforcement = only(people(MFA, { path: "staff/people" }), "vault_identity_mfa_login_enforcement");
  expect(enforcement).toMatchObject({
    name: "tenant-vault-mfa-staff-people",
    mfa_method_ids: ["${vault_identity_mfa_totp.users_mfa.method_id}"],
    identity_group_ids: ["${vault_identity_group.users_mfa_group.id}"],
  });
  for (const each of ["auth_method_accessors", "auth_method_types", "identity_entity_ids"])
    expect(enforcement).not.toHaveProperty(each);
});

test("everybody needs a code, or the members of groups, or nobody yet", () => {
  expect(members(people(MFA))).toEqual(["alice", "carol", "dave"].map(idOf));
  expect(members(people({ ...MFA, groups: ["user-admins", "emergency"] }))).toEqual(["carol", "dave"].map(idOf));
  expect(members(people({ ...MFA, groups: [] }))).toEqual([]);
});

describe("an admin", () => {
  const policies = people(MFA).vault_policy ?? {};
  const statement = (policy: unknown, path: string): string =>
    new RegExp(`path "identity/mfa/method/totp/${path}" \\{[^}]*\\}`).exec(String(policy))?.[0] ?? "";

  test("makes second factors of those whom it manages, wrapped", () => {
    const own = statement(policies.a_policy?.policy, "admin-generate");
    expect(own).toContain(`"entity_id" = ["${idOf("alice").replace("}", "")}`);
    expect(own).not.toContain("carol");
    expect(own).toContain('required_parameters = ["entity_id","method_id"]');
    expect(String(policies.a_policy?.policy)).toContain("min_wrapping_ttl");
    const privileged = String(policies.b_policy?.policy);
    for (const user of ["alice", "carol", "dave"]) expect(privileged).toContain(idOf(user));
    expect(privileged.match(/totp\/admin-generate"/g)).toHaveLength(1);
  });

  test("who manages nobody makes none", () => {
    const none = people(MFA, {}, [CAROL]).vault_policy?.a_policy?.policy;
    expect(none).toContain("login-enforcement/tenant-vault-mfa-userpass");
    expect(none).not.toContain("identity/mfa/method");
  });
});

describe("fails when", () => {
  test.each<[string, Partial<LoginMfa>, RegExp]>([
    [
      "an app would read two names",
      { issuer: "customer10:main" },
      /"customer10:main" cannot name the instance in auth/,
    ],
    ["there is no name", { issuer: "" }, /"" cannot name the instance/],
    [
      "a group is misspelt",
      { groups: ["developer"] },
      /The group "developer" needs a second factor and has no members/,
    ],
    ["a code has other digits", { digits: 7 }, /A code of 7 digits is not possible; write 6 or 8/],
  ])("%s", (_case, mfa, message) => {
    expect(() => people({ ...MFA, ...mfa })).toThrow(message);
  });
});
