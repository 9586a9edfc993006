import { NO_PASSWORD } from "../../../src/contract/people";

/** Who attempts something, by the name of a person with that duty. */
export const PEOPLE = {
  user: "alice",
  users: "carol",
  security: "dave",
  servers: "erin",
  privileged: "frank",
} as const;
export type Who = keyof typeof PEOPLE;
export const ALL = Object.keys(PEOPLE) as Who[];

/** What an attempt needs to know of who makes it. */
export interface Own {
  readonly entity: string;
  readonly other: string;
  readonly accessor: string;
  /** The method of second factors, and the entities of a person without a duty and of one with a duty. */
  readonly factor: { readonly method: string; readonly judy: string; readonly grace: string };
}

/** A request, its body, who may send it, and who could, but does not send it to the servers of these tests. */
export type Body = object | ((own: Own) => object) | undefined;
type Row = readonly [request: string, body: Body, may?: readonly Who[], could?: readonly Who[]];

const OTHER_HASH = `${NO_PASSWORD.slice(0, -2)}x.`;
export const USERS: readonly Who[] = ["users", "privileged"];
const PRIVILEGED: readonly Who[] = ["privileged"];
const SECURITY: readonly Who[] = ["security", "privileged"];
const SERVERS: readonly Who[] = ["servers"];
const ANYTHING = 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }';
export const FIRST = "auth/token/create/tenant-vault-first-login";
export const TOTP = "identity/mfa/method/totp";
export const MFA = "tenant-vault-mfa-userpass";
export const factorOf =
  (whose: "judy" | "grace") =>
  ({ factor }: Own) => ({ method_id: factor.method, entity_id: factor[whose] });

export const ROWS: readonly Row[] = [
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
  ["POST pki/sign/web", { csr: "x" }],
  ["POST pki/sign-verbatim", { csr: "x" }],
  ["POST pki/root/sign-intermediate", { csr: "x" }],
  ["POST pki/root/sign-self-issued", { certificate: "x" }],
  ["POST pki/issuers/import/bundle", { pem_bundle: "x" }],
  ["POST pki/config/ca", { pem_bundle: "x" }],
  ["POST pki/roles/web/acme/new-eab", {}],
  ["POST pki/keys/import", { pem_bundle: "x" }],
  ["POST pki/keys/generate/exported", { key_type: "ec" }],
  ["POST pki/root/generate/exported", { common_name: "own" }],
  ["DELETE pki/root", undefined],
  ["POST pki/revoke", { serial_number: "00" }],
  ["POST pki/config/crl", { expiry: "72h" }, SECURITY],
  ["LIST pki/keys", undefined, SECURITY],
  ["DELETE pki/issuer/default", undefined, [], SECURITY],
  // SSH authorities.
  ["POST ssh/roles/extra", { key_type: "ca", allow_user_certificates: true, allowed_users: "ubuntu" }, SECURITY],
  ["GET ssh/roles/extra", undefined, SECURITY],
  ["LIST ssh/roles", undefined, SECURITY],
  ["DELETE ssh/roles/extra", undefined, SECURITY],
  ["GET ssh/config/ca", undefined, SECURITY],
  // Whoever replaces the key may know it, and hosts trust the public one after the next deployment.
  ["POST ssh/config/ca", { generate_signing_key: true }],
  ["POST ssh/config/ca", { private_key: "x", public_key: "x" }],
  ["DELETE ssh/config/ca", undefined],
  ["POST ssh/sign/ops", { public_key: "x" }],
  ["POST ssh/issue/ops", { key_type: "ed25519" }],
  ["POST ssh/creds/ops", { ip: "192.0.2.1" }],
  ["POST ssh/lookup", { ip: "192.0.2.1" }],
  ["POST ssh/issuers/import", { private_key: "x", public_key: "x" }],
  ["DELETE ssh/issuer/default", undefined],
  ["DELETE ssh/tidy/dynamic-keys", undefined],
  // Databases. With another address, the server would send the administrator's password there.
  ["GET database/orders/config/orders", undefined, SECURITY],
  ["LIST database/orders/config", undefined, SECURITY],
  ["POST database/orders/config/orders", { connection_url: "postgresql://{{username}}:{{password}}@mallory.example" }],
  ["POST database/orders/config/orders", { password: "known" }],
  ["POST database/orders/config/orders", { allowed_roles: "*" }],
  ["POST database/orders/config/own", { plugin_name: "postgresql-database-plugin", username: "x", password: "x" }],
  ["DELETE database/orders/config/orders", undefined],
  ["POST database/orders/reset/orders", {}],
  ["POST database/orders/roles/extra", { db_name: "orders", creation_statements: ["SELECT 1"] }, SECURITY],
  ["GET database/orders/roles/extra", undefined, SECURITY],
  ["LIST database/orders/roles", undefined, SECURITY],
  ["DELETE database/orders/roles/extra", undefined, SECURITY],
  ["POST database/orders/static-roles/extra", { db_name: "orders", username: "vault" }, [], SECURITY],
  ["POST database/orders/rotate-root/orders", {}, [], SECURITY],
  ["POST database/orders/rotate-role/extra", {}],
  ["GET database/orders/creds/readonly", undefined],
  ["GET database/orders/static-creds/extra", undefined],
  ["POST sys/policies/password/own", { policy: "length = 1" }],
  // Secrets.
  ["GET kv/data/web/db", undefined, ["user"]],
  ["POST kv/data/web/db", { data: {} }],
  ["GET kv/data/batch/db", undefined],
  // Servers.
  ["PUT sys/seal", {}, [], SERVERS],
  ["PUT sys/step-down", {}, [], SERVERS],
  ["GET sys/storage/raft/configuration", undefined, SERVERS],
  ["POST sys/storage/raft/configuration", { config: "x" }],
  ["GET sys/storage/raft/autopilot/state", undefined, SERVERS],
  ["POST sys/storage/raft/autopilot/configuration", { cleanup_dead_servers: true }],
  ["POST sys/storage/raft/remove-peer", { server_id: "gone" }, SERVERS],
  ["GET sys/storage/raft/snapshot", undefined, SERVERS],
  ["POST sys/storage/raft/snapshot", {}],
  ["GET sys/storage/raft/snapshot-force", undefined],
  ["POST sys/storage/raft/snapshot-force", {}],
  ["GET sys/audit", undefined, SERVERS],
  ["PUT sys/audit/own", { type: "file" }],
  ["DELETE sys/audit/file", undefined],
  ["PUT sys/generate-root-token/attempt", {}],
  ["PUT sys/rotate/root/init", { secret_shares: 1, secret_threshold: 1 }],
  ["PUT sys/rotate/recovery/init", { secret_shares: 1, secret_threshold: 1 }],
  ["PUT sys/rotate/keyring", {}],
  ["PUT sys/rotate/config", { enabled: false }],
  ["PUT sys/config/cors", { allowed_origins: "*" }],
  ["POST sys/plugins/catalog/secret/own", { command: "own", sha256: "0" }],
  ["GET sys/raw/core/keyring", undefined],
];
