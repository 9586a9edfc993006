import { describe, expect, test } from "vitest";
import { AccessRole, AdminRole, Duration, TokenRole, type TokenRoleProps } from "../../../../src/index";
import type { PolicyStatement } from "../../../../src/spi";
import { only, synthesizeInVault } from "../../../support/synth";

/** A token role with the policy of the role `web`, and what a grantee of it may do. */
function tokenRole(props: Partial<TokenRoleProps> = {}): {
  readonly resource: Record<string, unknown>;
  readonly statements: readonly PolicyStatement[];
} {
  const statements: PolicyStatement[] = [];
  const { resource } = synthesizeInVault((stack, { provider }) => {
    const web = new AccessRole(stack, "Web", { name: "web", login: { path: "approle" }, provider });
    const made = new TokenRole(stack, "Ci", { name: "ci", roles: [web], provider, ...props });
    made.grantCreate({ grant: (each) => void statements.push(each) });
  });
  return { resource: only(resource, "vault_token_auth_backend_role"), statements };
}

test("by default its tokens are service tokens of 4 hours, which end with their parent", () => {
  const { resource, statements } = tokenRole();
  expect(resource).toEqual({
    provider: "vault.instance",
    role_name: "ci",
    token_type: "service",
    allowed_policies: ["web"],
    orphan: false,
    renewable: true,
    token_explicit_max_ttl: 14_400,
  });
  expect(statements).toEqual([
    {
      path: "auth/token/create/ci",
      capabilities: ["create", "update"],
      reason: "create tokens by the token role ci",
    },
  ]);
});

describe("properties", () => {
  test("orphan, renewable, maxTtl and boundCidrs", () => {
    const boundCidrs = ["192.0.2.1/32", "2001:db8::/32"];
    expect(tokenRole({ orphan: true, renewable: false, maxTtl: Duration.hours(1), boundCidrs }).resource).toMatchObject(
      {
        orphan: true,
        renewable: false,
        token_explicit_max_ttl: 3600,
        token_bound_cidrs: ["192.0.2.1", "2001:db8::/32"],
      },
    );
  });

  test("period: such a token lives as long as it is renewed, unless there is a maximum", () => {
    const period = Duration.hours(1);
    expect(tokenRole({ period }).resource).toMatchObject({ token_period: 3600 });
    expect(tokenRole({ period }).resource).not.toHaveProperty("token_explicit_max_ttl");
    expect(tokenRole({ period, maxTtl: Duration.days(90) }).resource).toMatchObject({
      token_period: 3600,
      token_explicit_max_ttl: 7_776_000,
    });
  });

  test("type: batch tokens have no parent, and the grant fixes their lifetime", () => {
    const { resource, statements } = tokenRole({ type: "batch", maxTtl: Duration.minutes(90) });
    expect(resource).toMatchObject({ token_type: "batch", orphan: true, renewable: false });
    expect(resource).not.toHaveProperty("token_explicit_max_ttl");
    expect(statements).toMatchObject([
      {
        requiredParameters: ["ttl"],
        allowedParameters: { ttl: ["90m", "5400", "5400s", "1h30m0s"], "*": [] },
      },
    ]);
  });
});

describe("fails when", () => {
  test.each<[string, Partial<TokenRoleProps>, string]>([
    [
      "batch tokens are periodic",
      { type: "batch", period: Duration.hours(1) },
      "batch tokens, which cannot be periodic",
    ],
    ["batch tokens are renewable", { type: "batch", renewable: true }, "batch tokens, which cannot be renewed"],
    ["batch tokens have a parent", { type: "batch", orphan: false }, "batch tokens, which have no parent"],
    ["periodic tokens are not renewed", { period: Duration.hours(1), renewable: false }, "which must be renewed"],
    [
      "a period has no effect",
      { period: Duration.hours(2), maxTtl: Duration.hours(1) },
      "has a period of 2h, longer than its maxTtl of 1h",
    ],
    ["the server shortens tokens", { maxTtl: Duration.days(33) }, "longer than the server's own limit of 768h"],
    [
      "the server shortens periods",
      { period: Duration.days(33) },
      "has a period of 792h, longer than the server's own limit",
    ],
    ["it names no role", { roles: [] }, "its tokens could have any policy of who requests them"],
    ["it has the name of first logins", { name: "tenant-vault-first-login-users-a" }, "choose another name"],
  ])("%s", (_case, props, message) => {
    expect(() => tokenRole(props)).toThrow(message);
  });

  test("a token would have the policy of an admin", () => {
    expect(() =>
      synthesizeInVault((stack, { provider }) => {
        const login = { path: "approle" };
        const admin = new AdminRole(stack, "Admin", { name: "admin", duty: "servers", login, provider });
        new TokenRole(stack, "Ci", { name: "ci", roles: [admin], provider });
      }),
    ).toThrow("[test/Ci] The token role ci gives the policy of the admin admin, which only the logins of that role");
  });
});
