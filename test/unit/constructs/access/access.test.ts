import { TerraformOutput, Testing } from "cdktf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  accessDiff,
  AccessRole,
  Acl,
  AdminRole,
  AppRoleLogin,
  Duration,
  lintPolicy,
  type AccessRoleProps,
} from "../../../../src/index";
import { PolicyDocument, type PolicyStatement } from "../../../../src/spi";
import { only, synthesizeInVault } from "../../../support/synth";

function appRole(props: Partial<AccessRoleProps> = {}): Record<string, unknown> {
  const { resource } = synthesizeInVault((stack, { provider }) => {
    const login = new AppRoleLogin(stack, "Login", { provider });
    new AccessRole(stack, "Web", { name: "web", login, provider, ...props });
  });
  return only(resource, "vault_approle_auth_backend_role");
}

const statement = fc.record({
  path: fc.constantFrom("a/b", "a/*", "b", "c/+/d"),
  capabilities: fc.constantFrom<PolicyStatement["capabilities"]>(["read"], ["list", "read"]),
  reason: fc.constantFrom("one", "two"),
});

test("a policy does not depend on the order of grants", () => {
  fc.assert(
    fc.property(fc.array(statement), fc.infiniteStream(fc.nat()), (statements, random) => {
      const render = (list: readonly PolicyStatement[]): string => {
        const document = new PolicyDocument();
        list.forEach((item) => document.add(item));
        return document.render();
      };
      const shuffled = [...statements]
        .map((item) => [random.next().value, item] as const)
        .sort(([a], [b]) => a - b)
        .map(([, item]) => item);
      expect(render(shuffled)).toBe(render(statements));
    }),
  );
});

test("a role may do what is granted to it, also after it was made, and has no secret id in the state", () => {
  const { resource } = synthesizeInVault((stack, { provider }) => {
    const login = new AppRoleLogin(stack, "Login", { provider });
    const role = new AccessRole(stack, "Web", { name: "web", login, tokenTtl: Duration.minutes(10), provider });
    role.grant({ path: "kv/data/web", capabilities: ["read"], reason: "read" });
  });
  expect(only(resource, "vault_policy")).toMatchObject({
    name: "web",
    policy: '# read\npath "kv/data/web" {\n  capabilities = ["read"]\n}\n',
  });
  expect(only(resource, "vault_approle_auth_backend_role")).toMatchObject({
    role_name: "web",
    token_ttl: 600,
    token_max_ttl: 14_400,
  });
  expect(resource.vault_approle_auth_backend_role_secret_id).toBeUndefined();
});

test("by default its tokens live for an hour, 4 with renewals, and its secret ids for 30 days", () => {
  expect(appRole()).toEqual({
    provider: "vault.instance",
    backend: "${vault_auth_backend.login.path}",
    role_name: "web",
    token_policies: ["${vault_policy.web_policy.name}"],
    token_ttl: 3600,
    token_max_ttl: 14_400,
    secret_id_ttl: 2_592_000,
  });
});

describe("properties", () => {
  test("tokenMaxTtl, secretIdTtl", () => {
    expect(appRole({ tokenMaxTtl: Duration.hours(2), secretIdTtl: Duration.days(1) })).toMatchObject({
      token_max_ttl: 7200,
      secret_id_ttl: 86_400,
    });
  });

  test("tokenNumUses, secretIdNumUses", () => {
    expect(appRole({ tokenNumUses: 5, secretIdNumUses: 1 })).toMatchObject({
      token_num_uses: 5,
      secret_id_num_uses: 1,
    });
  });

  test("boundCidrs bind the login and its tokens", () => {
    expect(appRole({ boundCidrs: ["10.0.0.0/8"] })).toMatchObject({
      token_bound_cidrs: ["10.0.0.0/8"],
      secret_id_bound_cidrs: ["10.0.0.0/8"],
    });
  });

  test("a tokenTtl above 4 hours is its own maximum", () => {
    expect(appRole({ tokenTtl: Duration.hours(8) })).toMatchObject({ token_ttl: 28_800, token_max_ttl: 28_800 });
  });

  test("a tokenMaxTtl below an hour is the lifetime, too", () => {
    expect(appRole({ tokenMaxTtl: Duration.minutes(30) })).toMatchObject({ token_ttl: 1800, token_max_ttl: 1800 });
  });

  test("roleId is a reference", () => {
    const { output } = synthesizeInVault((stack, { provider }) => {
      const login = new AppRoleLogin(stack, "Login", { provider });
      const role = new AccessRole(stack, "Web", { name: "web", login, provider });
      new TerraformOutput(stack, "role_id", { value: role.roleId });
    });
    expect(output.role_id?.value).toBe("${vault_approle_auth_backend_role.web.role_id}");
  });
});

describe("fails when", () => {
  test.each(["web/srv", "web server", "", "-web", "web*"])("P7: the role's name is %j", (name) => {
    expect(() => appRole({ name })).toThrow(
      `[test/Web] ${JSON.stringify(name)} is not a valid name of an AppRole role; use letters, digits, _, - and .,`,
    );
  });

  test.each(["default", "root", "Root"])("the role's policy would be Vault's own: %s", (name) => {
    expect(() => appRole({ name })).toThrow(/is the name of a built-in policy of Vault/);
  });

  test.each(["/kv/data/web", "kv//web", "kv/../x", "./kv", "", "kv/*/web", "kv/we*b"])(
    "T4: the path of a statement is %j",
    (path) => {
      expect(() =>
        synthesizeInVault((stack, { provider }) => {
          const role = new AccessRole(stack, "Web", { name: "web", login: { path: "approle" }, provider });
          role.grant({ path, capabilities: ["read"], reason: "read" });
        }),
      ).toThrow(/is not a valid path of a policy; write names separated by single slashes/);
    },
  );

  test.each(["kv/data/{{x", "kv/data/x}}", "kv/data/{{time.now.unix}}", "kv/data/{{identity.groups.names.web.nam}}"])(
    "no server would fill in the template of the path %j",
    (path) => {
      expect(() =>
        synthesizeInVault((stack, { provider }) => {
          const role = new AccessRole(stack, "Web", { name: "web", login: { path: "approle" }, provider });
          role.grant({ path, capabilities: ["read"], reason: "read" });
        }),
      ).toThrow(/unbalanced templates; close each|which stands for nothing; write a template such as/);
    },
  );

  test("a token would live longer than it may", () => {
    expect(() => appRole({ tokenTtl: Duration.hours(2), tokenMaxTtl: Duration.hours(1) })).toThrow(
      /The role web has a tokenTtl of 2h, longer than its tokenMaxTtl of 1h; reduce tokenTtl/,
    );
  });
});

test.each([0, -1, 1.5, "1" as never])("fails if %j is the number of uses", (uses) => {
  for (const field of ["tokenNumUses", "secretIdNumUses"])
    expect(() => appRole({ [field]: uses })).toThrow(
      `[test/Web] The role web has ${field} ${String(uses)}, which is not possible; write a whole number from 1.`,
    );
});

test("fails if the uses of an admin's tokens are counted", () => {
  expect(() =>
    synthesizeInVault((stack, { provider }) => {
      const login = { path: "approle" };
      new AdminRole(stack, "Admin", { name: "admin", duty: "users", tokenNumUses: 9, login, provider });
    }),
  ).toThrow("a server makes no first login for a token whose uses are counted; remove tokenNumUses.");
});

describe("T1: lifetimes that the login would cut", () => {
  const roleOn = (maxTtl: Duration | undefined, props: Partial<AccessRoleProps>) =>
    synthesizeInVault((stack, { provider }) => {
      const login = new AppRoleLogin(stack, "Login", { maxTtl, provider });
      new AccessRole(stack, "Web", { name: "web", login, provider, ...props });
    }).resource;

  test("are refused without a login that allows them", () => {
    const sentence =
      "The role web has tokens or secret IDs of 2160h, longer than its login's maxTtl of 768h; raise maxTtl of the login, or reduce the TTLs of the role.";
    expect(() => roleOn(undefined, { secretIdTtl: Duration.days(90) })).toThrow(sentence);
    expect(() => roleOn(undefined, { tokenTtl: Duration.days(90) })).toThrow(sentence);
    expect(() => roleOn(Duration.days(60), { tokenMaxTtl: Duration.days(61) })).toThrow(/maxTtl of 1440h/);
    expect(() => roleOn(undefined, { secretIdTtl: Duration.days(32) })).not.toThrow();
  });

  test("are allowed by a login whose mount is tuned", () => {
    const resource = roleOn(Duration.days(90), { secretIdTtl: Duration.days(90) });
    expect(only(resource, "vault_auth_backend").tune).toMatchObject([{ max_lease_ttl: "2160h" }]);
    expect(only(resource, "vault_approle_auth_backend_role").secret_id_ttl).toBe(7_776_000);
  });
});

test("statements that can do nothing in the instance are warned about, also those granted later", () => {
  let role: AccessRole | undefined;
  synthesizeInVault((stack, { provider }) => {
    const login = new AppRoleLogin(stack, "Login", { provider });
    role = new AccessRole(stack, "Web", { name: "web", login, provider });
    role.warnAboutStatements({ product: "openbao", mounts: [{ path: "kv", type: "kv" }] });
    role.grant({ path: "kv/web", capabilities: ["read"], reason: "read" });
    role.grant({ path: "kv/data/web", capabilities: ["read"], reason: "read" });
    role.grant({ path: "elsewhere/web", capabilities: ["read"], reason: "read" });
    Testing.synth(stack);
  });
  expect(role?.node.metadata.map(({ type, data }) => [type, data as string])).toEqual([
    [
      "@cdktf/warn",
      'The policy\'s path "kv/web" lacks "data/" or "metadata/" after "kv/"; write "kv/data/web" for values.',
    ],
  ]);
});

describe("secret IDs", () => {
  function rotating(): PolicyStatement[] {
    const statements: PolicyStatement[] = [];
    synthesizeInVault((stack, { provider }) => {
      const role = new AccessRole(stack, "Web", { name: "web", login: { path: "programs" }, provider });
      role.grantRotate({ grant: (each) => void statements.push(each) });
    });
    return statements;
  }

  test("are rotated by whom the role grants that, and its settings are not", () => {
    const statements = rotating();
    const mounts = [{ path: "auth/programs", type: "auth/approle" }];
    expect(lintPolicy(statements, { product: "openbao", mounts })).toEqual([]);
    const acl = new Acl(statements);
    expect(acl.allows("auth/programs/role/web/secret-id", "update")).toBe(true);
    expect(acl.allows("auth/programs/role/web/secret-id-accessor/destroy", "update")).toBe(true);
    for (const refused of ["web", "web/role-id", "web/custom-secret-id", "web/policies", "other/secret-id"])
      expect(acl.capabilities(`auth/programs/role/${refused}`)).toEqual(["deny"]);
  });

  test("are created wrapped and listed without; a difference of policies shows both", () => {
    const unwrapped = rotating().map(({ minWrappingTtl: _, ...statement }) => statement);
    const path = "auth/programs/role/web/secret-id";
    const rows = accessDiff(new Acl([]), new Acl(rotating())).added;
    expect(rows.map(({ pattern, capability }) => `${capability} ${pattern}`)).toEqual([
      `create ${path}`,
      `update ${path}`,
      `create ${path}-accessor/destroy`,
      `update ${path}-accessor/destroy`,
      `create ${path}-accessor/lookup`,
      `update ${path}-accessor/lookup`,
      `list ${path}/`,
    ]);
    const { added, removed, changed } = accessDiff(new Acl(unwrapped), new Acl(rotating()));
    expect([added, removed]).toEqual([[], []]);
    expect(changed.map(({ pattern, capability }) => `${capability} ${pattern}`)).toEqual([
      `create ${path}`,
      `update ${path}`,
    ]);
  });

  test("of a role with a duty are nobody's to create", () => {
    synthesizeInVault((stack, { provider }) => {
      const login = { path: "approle" };
      const admin = new AdminRole(stack, "Admin", { name: "admin", duty: "servers", login, provider });
      expect(() => admin.grantRotate({ grant: () => undefined })).toThrow(
        '[test/Admin] Anyone who creates a secret ID of the role admin could log in with its duty "servers"; let no role create them.',
      );
    });
  });
});
