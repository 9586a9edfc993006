import fc from "fast-check";
import { expect, test } from "vitest";
import { AccessRole, AppRoleLogin, Duration, PolicyDocument, type PolicyStatement } from "../../../src";
import { only, synthesizeInVault } from "../support/synth";

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
