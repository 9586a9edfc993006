import { beforeAll, describe, expect, test } from "vitest";
import { NO_PASSWORD } from "../../../src/contract/people";
import type { VaultClient } from "../../../src/vault/client";
import { attempt } from "../support/attempts";
import type { PeopleBed } from "./people-bed";
import { person } from "./users";

/** Who attempts something, by the name of a person with that duty. */
const PEOPLE = { user: "alice", users: "carol", security: "dave", servers: "erin", privileged: "frank" } as const;
type Who = keyof typeof PEOPLE;
const ALL = Object.keys(PEOPLE) as Who[];

/** What an attempt needs to know of who makes it. */
interface Own {
  readonly entity: string;
  readonly other: string;
  readonly accessor: string;
  /** The method of second factors, and the entities of a person without a duty and of one with a duty. */
  readonly factor: { readonly method: string; readonly judy: string; readonly grace: string };
}

/** A request, its body, and who may send it. */
type Body = object | ((own: Own) => object) | undefined;
type Row = readonly [request: string, body: Body, may?: readonly Who[]];

const OTHER_HASH = `${NO_PASSWORD.slice(0, -2)}x.`;
const USERS: readonly Who[] = ["users", "privileged"];
const PRIVILEGED: readonly Who[] = ["privileged"];
const SECURITY: readonly Who[] = ["security", "privileged"];
const ANYTHING = 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }';
const FIRST = "auth/token/create/tenant-vault-first-login";
const TOTP = "identity/mfa/method/totp";
const MFA = "tenant-vault-mfa-userpass";
const factorOf =
  (whose: "judy" | "grace") =>
  ({ factor }: Own) => ({ method_id: factor.method, entity_id: factor[whose] });

const ROWS: readonly Row[] = [
  // Tokens.
  ["POST auth/token/create", {}],
  ["POST auth/token/create", { policies: ["root"] }],
  ["POST auth/token/create", { policies: ["security-admin"] }],
  ["POST auth/token/create", { policies: ["user-admin"], no_parent: true }],
  ["POST auth/token/create-orphan", { policies: ["user-admin"] }],
  [`POST ${FIRST}-users-bob`, { entity_alias: "bob" }],
  [`POST ${FIRST}-users-bob`, { entity_alias: "bob", policies: ["security-admin"] }],
  [`POST ${FIRST}-admins-dave`, { entity_alias: "dave" }],
  ["POST auth/token/roles/own", { allowed_policies: ["root"] }],
  ["POST auth/token/roles/tenant-vault-first-login-users-bob", { allowed_policies: ["security-admin"] }],
  ["LIST auth/token/accessors", undefined],
  ["POST auth/token/lookup-accessor", { accessor: "x" }],
  ["POST auth/token/revoke-accessor", { accessor: "x" }],
  // Entities.
  ["POST identity/entity", { name: "mallory", policies: ["root"] }],
  ["POST identity/entity/name/user-alice", { policies: ["security-admin"] }],
  ["POST identity/entity/name/user-carol", { policies: ["security-admin"] }],
  ["POST identity/entity/name/user-alice", { metadata: { a: "b" } }],
  ["POST identity/entity/name/user-alice", { disabled: false }, USERS],
  ["POST identity/entity/name/user-alice", { disabled: false, policies: ["root"] }],
  ["POST identity/entity/name/entity_1", { disabled: true }],
  ["GET identity/entity/name/user-bob", undefined, USERS],
  ["POST identity/entity/id/own", { policies: ["root"] }],
  ["DELETE identity/entity/name/user-bob", undefined],
  ["POST identity/entity/merge", ({ entity, other }) => ({ from_entity_ids: [other], to_entity_id: entity })],
  ["POST identity/entity/merge", ({ entity, other }) => ({ from_entity_ids: [entity], to_entity_id: other })],
  ["POST identity/entity/batch-delete", ({ other }) => ({ entity_ids: [other] })],
  // Groups.
  ["POST identity/group", ({ entity }) => ({ name: "own", policies: ["root"], member_entity_ids: [entity] })],
  ["POST identity/group/name/developers", ({ entity }) => ({ member_entity_ids: [entity] })],
  ["POST identity/group/name/developers", { policies: "web" }, SECURITY],
  ["POST identity/group/name/developers", { policies: "user-admin" }],
  ["POST identity/group/name/developers", { policies: "web,user-admin" }],
  ["POST identity/group/name/developers", { policies: ["web", "root"] }],
  ["POST identity/group/name/developers", ({ entity }) => ({ policies: "web", member_entity_ids: [entity] })],
  ["POST identity/group/name/user-admins", { policies: "web" }],
  ["POST identity/group/name/user-admins", ({ entity }) => ({ member_entity_ids: [entity] })],
  ["POST identity/group/name/security-admins", ({ entity }) => ({ member_entity_ids: [entity] })],
  // The admin of security is a member of it.
  ["POST identity/group/name/observers", { policies: "batch" }],
  ["POST identity/group/id/own", { policies: ["root"] }],
  ["DELETE identity/group/name/developers", undefined],
  // Aliases.
  [
    "POST identity/entity-alias",
    ({ entity, accessor }) => ({ name: "dave", canonical_id: entity, mount_accessor: accessor }),
  ],
  ["POST identity/entity-alias/id/own", ({ entity }) => ({ canonical_id: entity })],
  ["DELETE identity/entity-alias/id/own", undefined],
  ["POST identity/group-alias", { name: "own", mount_accessor: "x", canonical_id: "x" }],
  // Accounts.
  ["POST auth/userpass/users/bob", { password: "known" }],
  ["POST auth/userpass/users/bob", { password: "known", token_policies: ["root"] }],
  ["POST auth/userpass/users/bob", { password_hash: OTHER_HASH }],
  ["POST auth/userpass/users/bob", { password_hash: NO_PASSWORD, token_policies: ["root"] }],
  ["POST auth/userpass/users/bob", { token_policies: ["security-admin"] }],
  ["POST auth/userpass/users/bob", { token_bound_cidrs: [] }],
  ["POST auth/userpass/users/bob", { password_hash: NO_PASSWORD }, USERS],
  ["POST auth/userpass/users/bob/password", { password: "known" }],
  ["POST auth/userpass/users/bob/policies", { token_policies: ["root"] }],
  ["POST auth/userpass/users/mallory", { password: "known" }],
  ["POST auth/userpass/users/mallory", { password_hash: NO_PASSWORD }],
  ["DELETE auth/userpass/users/bob", undefined],
  ["LIST auth/userpass/users", undefined, USERS],
  ["GET sys/locked-users", undefined, USERS],
  ["PUT sys/leases/revoke-prefix/auth/userpass/login/bob", {}, USERS],
  ["PUT sys/leases/revoke-prefix/auth/userpass/login", {}],
  ["PUT sys/leases/revoke-prefix/auth/approle", {}],
  ["PUT sys/leases/revoke-force/auth/userpass/login/bob", {}],
  ["LIST sys/leases/lookup/auth/userpass/login", undefined, USERS],
  ["LIST sys/leases/lookup/auth/approle/login", undefined],
  // People with a duty. Nobody else resets, disables or enables them, with whatever spelling.
  ["POST identity/entity/name/user-grace", { disabled: true }, PRIVILEGED],
  ["POST identity/entity/name/user-grace", { disabled: false }, PRIVILEGED],
  ["POST identity/entity/name/USER-grace", { disabled: true }],
  ["POST identity/entity/name/user-Grace", { disabled: true }],
  ["POST auth/userpass/users/grace", { password_hash: NO_PASSWORD }, PRIVILEGED],
  // OpenBao compares this name with a policy in lower case, and Vault as it is written.
  ["POST auth/userpass/users/Grace", { password_hash: NO_PASSWORD }, PRIVILEGED],
  ["POST auth/userpass/users/grace/password", { password: "known" }],
  ["PUT sys/leases/revoke-prefix/auth/userpass/login/grace", {}, PRIVILEGED],
  ["PUT sys/leases/revoke-prefix/auth/token/create/tenant-vault-first-login-admins-grace", {}, PRIVILEGED],
  ["PUT sys/leases/revoke-prefix/auth/token/create/tenant-vault-first-login-users-bob", {}, USERS],
  ["PUT sys/leases/revoke-prefix/auth/token/create", {}],
  ["POST sys/locked-users/accessor/unlock/grace", {}, PRIVILEGED],
  ["POST sys/locked-users/accessor/unlock/bob", {}, USERS],
  // Second factors. Nobody gets one without a wrapping, and nobody ends that they are needed.
  [`POST ${TOTP}/admin-generate`, factorOf("judy")],
  [`POST ${TOTP}/admin-generate`, factorOf("grace")],
  [`POST ${TOTP}/generate`, ({ factor }) => ({ method_id: factor.method })],
  [`POST ${TOTP}/admin-destroy`, factorOf("judy"), USERS],
  [`POST ${TOTP}/admin-destroy`, factorOf("grace"), PRIVILEGED],
  [`POST ${TOTP}/admin-destroy`, ({ factor, entity }) => ({ method_id: factor.method, entity_id: entity }), PRIVILEGED],
  [`POST ${TOTP}/admin-destroy`, ({ factor }) => ({ method_id: "other", entity_id: factor.judy })],
  [`POST ${TOTP}/admin-destroy`, ({ factor }) => ({ method_id: factor.method })],
  [`POST ${TOTP}`, { issuer: "own" }],
  [`POST ${TOTP}/method`, { issuer: "own", max_validation_attempts: 1_000_000 }],
  [`DELETE ${TOTP}/method`, undefined],
  [`LIST ${TOTP}`, undefined],
  [`GET identity/mfa/login-enforcement/${MFA}`, undefined, USERS],
  [`POST identity/mfa/login-enforcement/${MFA}`, ({ factor }) => ({ mfa_method_ids: [factor.method] })],
  [`DELETE identity/mfa/login-enforcement/${MFA}`, undefined],
  [`POST identity/group/name/${MFA}`, { member_entity_ids: [] }],
  [`POST identity/group/name/${MFA}`, { policies: "web" }],
  // Roles of logins.
  ["POST auth/approle/role/batch", { token_policies: ["root"] }],
  ["POST auth/approle/role/batch/secret-id", {}],
  ["GET auth/approle/role/batch/role-id", undefined],
  ["POST auth/gitlab/role/web", { role_type: "jwt", token_policies: ["root"] }],
  ["POST auth/gitlab/config", { jwks_url: "https://mallory.example" }],
  ["POST auth/oidc/role/web", { token_policies: ["root"] }],
  ["POST auth/kubernetes/role/web", { token_policies: ["root"] }],
  ["POST auth/kubernetes/config", { kubernetes_host: "https://mallory.example" }],
  ["POST auth/cert/certs/web", { token_policies: ["root"] }],
  // Policies.
  ["PUT sys/policies/acl/user-admin", { policy: ANYTHING }],
  ["PUT sys/policies/acl/security-admin", { policy: ANYTHING }],
  ["PUT sys/policies/acl/web", { policy: ANYTHING }],
  ["PUT sys/policies/acl/default", { policy: ANYTHING }],
  ["PUT sys/policies/acl/tenant-vault-own-password", { policy: ANYTHING }],
  ["PUT sys/policy/web", { policy: ANYTHING }],
  ["DELETE sys/policies/acl/user-admin", undefined],
  ["GET sys/policies/acl/web", undefined, SECURITY],
  // Mounts.
  ["POST sys/auth/own", { type: "userpass" }],
  ["POST sys/auth/userpass/tune", { token_type: "batch" }],
  ["DELETE sys/auth/userpass", undefined],
  ["POST sys/mounts/own", { type: "kv" }],
  ["POST sys/remount", { from: "kv", to: "own" }],
  ["POST sys/namespaces/own", {}],
  ["POST identity/oidc/client/own", {}],
  ["POST sys/quotas/rate-limit/own", { rate: 1 }],
  // Engines.
  ["POST kv/config", { max_versions: 10 }, SECURITY],
  ["POST pki/roles/extra", { allowed_domains: ["extra.internal"] }, SECURITY],
  ["DELETE pki/roles/extra", undefined, SECURITY],
  ["GET pki/config/urls", undefined, SECURITY],
  ["POST pki/issue/web", { common_name: "web.acme.internal" }],
  ["POST pki/root/sign-intermediate", { csr: "x" }],
  ["GET kv/data/web/db", undefined, ["user"]],
  ["POST kv/data/web/db", { data: {} }],
  ["GET kv/data/batch/db", undefined],
  // Servers. Nobody seals the server of this test.
  ["GET sys/storage/raft/configuration", undefined, ["servers"]],
  ["GET sys/storage/raft/autopilot/state", undefined, ["servers"]],
  ["GET sys/storage/raft/snapshot-force", undefined],
  ["PUT sys/generate-root-token/attempt", {}],
  ["PUT sys/rotate/root/init", { secret_shares: 1, secret_threshold: 1 }],
  ["PUT sys/rotate/keyring", {}],
  ["GET sys/raw/core/keyring", undefined],
];

/** Attempts as everybody. */
const ATTEMPTS = ROWS.flatMap(([request, body, may = []]) =>
  ALL.map((who) => ({
    who,
    request,
    body,
    may: may.includes(who),
    what: typeof body === "function" ? "with its own entity" : JSON.stringify(body ?? ""),
  })),
);

function isOwn(body: Body): body is (own: Own) => object {
  return typeof body === "function";
}

/** Tests that no admin has, or gets, what another one may. */
export function testAttempts(bed: () => PeopleBed): void {
  const clients = new Map<Who, VaultClient>();
  const own = new Map<Who, Own>();

  beforeAll(async () => {
    const { body } = await bed().root.send("GET", "sys/auth");
    const { accessor } = (body.data as Record<string, { accessor: string }>)["userpass/"] as { accessor: string };
    const read = async (path: string): Promise<Record<string, unknown>> =>
      (await bed().root.send("GET", `identity/${path}`)).body.data as Record<string, unknown>;
    const [method] = (await read(`mfa/login-enforcement/${MFA}`)).mfa_method_ids as string[];
    const [judy, grace] = await Promise.all(
      ["judy", "grace"].map(async (name) => String((await read(`entity/name/user-${name}`)).id)),
    );
    const factor = { method: method ?? "", judy: judy ?? "", grace: grace ?? "" };
    for (const who of ALL) {
      const login = await person(bed(), PEOPLE[who], who === "user" ? "users" : "admins");
      clients.set(who, bed().client(login.client_token));
      own.set(who, { entity: login.entity_id, other: "", accessor, factor });
    }
    for (const [who, other] of [
      ["user", "users"],
      ["users", "security"],
      ["security", "users"],
      ["servers", "users"],
      ["privileged", "servers"],
    ] as const)
      own.set(who, { ...(own.get(who) as Own), other: own.get(other)?.entity ?? "" });
  });

  const send = (who: Who, request: string, body: Body): Promise<number> =>
    attempt(
      clients.get(who),
      request
        .replace("/accessor/", `/${own.get(who)?.accessor ?? ""}/`)
        .replace(/\/totp\/method$/, `/totp/${own.get(who)?.factor.method ?? ""}`),
      isOwn(body) ? body(own.get(who) as Own) : body,
    );

  test("the table has enough rows", () => {
    expect(ATTEMPTS.filter(({ may }) => !may).length).toBeGreaterThan(400);
  });

  describe("nobody gets more", () => {
    test.each(ATTEMPTS.filter(({ may }) => !may))("$who may not $request $what", async ({ who, request, body }) => {
      expect(await send(who, request, body)).toBe(403);
    });
  });

  describe("each has what the duty takes", () => {
    test.each(ATTEMPTS.filter(({ may }) => may))("$who may $request $what", async ({ who, request, body }) => {
      expect(await send(who, request, body)).toBeLessThan(300);
    });
  });

  test("only privileged-access hands a first login over to an admin, and nobody gets one without a wrapping", async () => {
    const wrapped = async (who: Who, role: string, user: string): Promise<number> => {
      const body = { entity_alias: user };
      const accept = [400, 403];
      return (
        (await clients.get(who)?.send("POST", `${FIRST}-${role}`, { body, wrapTtl: 60, accept })) ?? { status: 0 }
      ).status;
    };
    for (const who of ALL) {
      expect(await wrapped(who, "users-bob", "bob"), who).toBe(USERS.includes(who) ? 200 : 403);
      expect(await wrapped(who, "admins-dave", "dave"), who).toBe(who === "privileged" ? 200 : 403);
      expect(await wrapped(who, "users-bob", "dave"), who).toBe(403);
      expect(await wrapped(who, "users-bob", "Bob"), who).toBe(403);
    }
  });

  test("a second factor is handed over to whom an admin manages, wrapped", async () => {
    const wrapped = async (who: Who, whose: "judy" | "grace"): Promise<number> => {
      const body = factorOf(whose)(own.get(who) as Own);
      return (
        (await clients.get(who)?.send("POST", `${TOTP}/admin-generate`, { body, wrapTtl: 60, accept: [403] }))
          ?.status ?? 0
      );
    };
    for (const who of ALL) {
      expect(await wrapped(who, "judy"), who).toBe(USERS.includes(who) ? 200 : 403);
      expect(await wrapped(who, "grace"), who).toBe(who === "privileged" ? 200 : 403);
    }
  });
}
