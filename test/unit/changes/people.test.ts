import { describe, expect, test } from "vitest";
import {
  AccessRole,
  CertificateLogin,
  Duration,
  GitLabLogin,
  KubernetesLogin,
  OidcLogin,
  SecretRef,
  TokenRole,
  Users,
} from "../../../src/index";
import type { IRoleLogin } from "../../../src/spi";
import { type InstanceSpec } from "../../../src/tenant";
import { configOf } from "../../support/config";
import { testChanges, type FieldChange } from "../../support/changes/test-changes";
import { resourcesThrough, synthesizeInVault, type Synthesized } from "../../support/synth";
import { REMOVED, withFields } from "../../support/tenant-file";
import { CERTIFICATE } from "../../support/certificate";

/** Values of an instance that has every login, by the paths of their fields. */
type Setting = Readonly<Record<string, unknown>>;

const INSTANCE: InstanceSpec = {
  name: "main",
  product: "openbao",
  address: "https://main.example:8200",
  deployment: { mode: "external", addresses: ["https://10.0.0.1:8200"] },
  keyValue: [{ mount: "kv" }],
  logins: {
    gitlab: { audience: "https://main.example:8200" },
    github: { audience: "https://main.example:8200" },
    kubernetes: {},
    certificate: { caCertificate: CERTIFICATE },
    oidc: {
      discoveryUrl: "https://keycloak.example",
      clientId: "vault",
      clientSecret: { mount: "operator", path: "oidc", field: "secret" },
      redirectUris: ["https://main.example:8200/callback"],
    },
  },
  people: {
    users: [{ name: "alice", groups: ["developers"] }, { name: "bob" }],
  },
  roles: [
    {
      name: "web",
      read: ["kv/web"],
      login: {
        gitlab: { projectId: 42 },
        github: { repository: "acme/shop", repositoryId: 6, branch: "main" },
        kubernetes: { namespace: "sample", serviceAccount: "web", audience: "vault" },
        certificate: "web.acme.internal",
        oidc: "developers",
        groups: ["developers"],
      },
    },
    { name: "security-admin", duty: "security", login: { groups: ["security-admins"] } },
    { name: "user-admin", duty: "users", login: { groups: ["user-admins"] } },
  ],
  tokenRoles: [{ name: "ci", roles: ["web"] }],
};
const ONLY_GITLAB: Setting = {
  roles: [{ name: "web", read: ["kv/web"], login: { gitlab: { projectId: 42 } } }],
  people: { users: [] },
};

const config = (setting: Setting): Synthesized => configOf(withFields(setting, INSTANCE));

const RAW_STATEMENT = { path: "kv/metadata/web", capabilities: ["list"], reason: "find secrets" };
/** The same role, with a raw statement. */
const RAW: Setting = { "roles.0.rawStatements": [RAW_STATEMENT] };

const READERS: Setting = { "roles.0.login.oidcGroups": ["readers"] };

const CHANGES: readonly FieldChange<Setting>[] = [
  [
    "AdminRoleProps.assignable",
    {},
    { "roles.3": { name: "batch", read: ["kv/b"] } },
    [
      "create vault_approle_auth_backend_role.main_role_batch",
      "create vault_auth_backend.main_login",
      "create vault_policy.main_role_batch_policy",
      "update vault_policy.main_role_security_admin_policy: policy",
    ],
  ],
  [
    "AdminRoleProps.duty",
    {},
    { "roles.1.duty": "servers" },
    ["update vault_policy.main_role_security_admin_policy: policy"],
  ],
  [
    "AdminRoleProps.engines",
    {},
    { "keyValue.1": { mount: "other" } },
    [
      "create vault_generic_endpoint.main_key_value_other_deletion_protection",
      "create vault_kv_secret_backend_v2.main_key_value_other_config",
      "create vault_mount.main_key_value_other",
      "update vault_policy.main_role_security_admin_policy: policy",
    ],
  ],
  [
    "AdminRoleProps.users",
    {},
    { "roles.2.duty": "privileged-access" },
    ["update vault_policy.main_role_user_admin_policy: policy"],
  ],
  [
    "CertificateLoginProps.caCertificate",
    {},
    { "logins.certificate.caCertificate": CERTIFICATE.repeat(2) },
    ["update vault_cert_auth_backend_role.main_role_web_login_cert: certificate"],
  ],
  [
    "CertificateLoginProps.description",
    {},
    { "logins.certificate.description": "programs" },
    ["update vault_auth_backend.main_certificate: description"],
  ],
  [
    "CertificateLoginProps.path",
    {},
    { "logins.certificate.path": "tls" },
    [
      "create vault_cert_auth_backend_role.main_role_web_login_tls",
      "delete vault_cert_auth_backend_role.main_role_web_login_cert",
      "update vault_auth_backend.main_certificate: path",
    ],
  ],
  [
    "CertificateLoginProps.crl",
    {},
    { "logins.certificate.crl": "-----BEGIN X509 CRL-----" },
    ["create vault_generic_endpoint.main_certificate_crl"],
  ],
  [
    "CertificateLoginProps.crlUrl",
    { "logins.certificate.crlUrl": "https://a.example/crl" },
    { "logins.certificate.crlUrl": "https://b.example/crl" },
    ["update vault_generic_endpoint.main_certificate_crl: data_json"],
  ],
  [
    "CertificateLoginProps.ocsp",
    {},
    { "logins.certificate.ocsp": {} },
    [
      "update vault_cert_auth_backend_role.main_role_web_login_cert: ocsp_enabled, ocsp_fail_open, ocsp_query_all_servers",
    ],
  ],
  [
    "CertificateOcsp.failOpen",
    { "logins.certificate.ocsp": {} },
    { "logins.certificate.ocsp": { failOpen: true } },
    ["update vault_cert_auth_backend_role.main_role_web_login_cert: ocsp_fail_open"],
  ],
  [
    "CertificateOcsp.queryAllServers",
    { "logins.certificate.ocsp": {} },
    { "logins.certificate.ocsp": { queryAllServers: true } },
    ["update vault_cert_auth_backend_role.main_role_web_login_cert: ocsp_query_all_servers"],
  ],
  [
    "CertificateOcsp.servers",
    { "logins.certificate.ocsp": { servers: ["http://a.example"] } },
    { "logins.certificate.ocsp": { servers: ["http://b.example"] } },
    ["update vault_cert_auth_backend_role.main_role_web_login_cert: ocsp_servers_override.#"],
  ],
  [
    "GitHubJob.branch",
    {},
    { "roles.0.login.github.branch": "release" },
    ["update vault_jwt_auth_backend_role.main_role_web_login_github: bound_claims.ref"],
  ],
  [
    "GitHubJob.environment",
    {},
    { "roles.0.login.github.environment": "production" },
    ["update vault_jwt_auth_backend_role.main_role_web_login_github: bound_claims.environment"],
  ],
  [
    "GitHubJob.events",
    {},
    { "roles.0.login.github.events": ["push"] },
    ["update vault_jwt_auth_backend_role.main_role_web_login_github: bound_claims.event_name"],
  ],
  [
    "GitHubJob.repository",
    {},
    { "roles.0.login.github.repository": "acme/other" },
    ["update vault_jwt_auth_backend_role.main_role_web_login_github: bound_claims.repository"],
  ],
  [
    "GitHubJob.repositoryId",
    {},
    { "roles.0.login.github.repositoryId": 7 },
    ["update vault_jwt_auth_backend_role.main_role_web_login_github: bound_claims.repository_id"],
  ],
  [
    "GitHubLoginProps.issuer",
    {},
    { "logins.github.issuer": "https://github.acme.example" },
    ["update vault_jwt_auth_backend.main_git_hub: bound_issuer, jwks_url"],
  ],
  [
    "GitLabJob.environment",
    {},
    { "roles.0.login.gitlab.environment": "production" },
    ["update vault_jwt_auth_backend_role.main_role_web_login_gitlab: bound_claims.environment"],
  ],
  [
    "GitLabJob.projectId",
    {},
    { "roles.0.login.gitlab.projectId": 43 },
    ["update vault_jwt_auth_backend_role.main_role_web_login_gitlab: bound_claims.project_id"],
  ],
  [
    "GitLabJob.ref",
    {},
    { "roles.0.login.gitlab.ref": "main" },
    ["update vault_jwt_auth_backend_role.main_role_web_login_gitlab: bound_claims.ref"],
  ],
  [
    "GitLabJob.refType",
    {},
    { "roles.0.login.gitlab.refType": "tag" },
    ["update vault_jwt_auth_backend_role.main_role_web_login_gitlab: bound_claims.ref_type"],
  ],
  [
    "GitLabLoginProps.address",
    {},
    { "logins.gitlab.address": "https://git.acme.example" },
    ["update vault_jwt_auth_backend.main_git_lab: bound_issuer, jwks_url"],
  ],
  [
    "IRoleLogin.id",
    {},
    { "logins.github.path": "actions" },
    [
      "create vault_jwt_auth_backend_role.main_role_web_login_actions",
      "delete vault_jwt_auth_backend_role.main_role_web_login_github",
      "update vault_jwt_auth_backend.main_git_hub: path",
    ],
  ],
  [
    "InstanceSpec.logins",
    {},
    { logins: REMOVED, "roles.0.login": { groups: ["developers"] } },
    [
      "delete vault_auth_backend.main_certificate",
      "delete vault_auth_backend.main_kubernetes",
      "delete vault_cert_auth_backend_role.main_role_web_login_cert",
      "delete vault_jwt_auth_backend.main_git_hub",
      "delete vault_jwt_auth_backend.main_git_lab",
      "delete vault_jwt_auth_backend.main_oidc",
      "delete vault_jwt_auth_backend_role.main_role_web_login_github",
      "delete vault_jwt_auth_backend_role.main_role_web_login_gitlab",
      "delete vault_jwt_auth_backend_role.main_role_web_login_oidc",
      "delete vault_kubernetes_auth_backend_config.main_kubernetes_config",
      "delete vault_kubernetes_auth_backend_role.main_role_web_login_kubernetes",
      "read ephemeral",
    ],
  ],
  [
    "InstanceSpec.people",
    ONLY_GITLAB,
    { ...ONLY_GITLAB, people: REMOVED },
    [
      "delete vault_auth_backend.main_people",
      "delete vault_policy.main_people_admin_first_login",
      "delete vault_policy.main_people_first_login",
      "delete vault_policy.main_people_own_password",
    ],
  ],
  [
    "JwtLoginProps.audience",
    {},
    { "logins.gitlab.audience": "https://other.example" },
    ["update vault_jwt_auth_backend_role.main_role_web_login_gitlab: bound_audiences.#"],
  ],
  [
    "JwtLoginProps.caCertificate",
    {},
    { "logins.gitlab.caCertificate": CERTIFICATE },
    ["update vault_jwt_auth_backend.main_git_lab: jwks_ca_pem"],
  ],
  [
    "JwtLoginProps.claimMappings",
    {},
    { "logins.gitlab.claimMappings": { project_path: "project" } },
    ["update vault_jwt_auth_backend_role.main_role_web_login_gitlab: claim_mappings"],
  ],
  [
    "JwtLoginProps.description",
    {},
    { "logins.gitlab.description": "jobs" },
    ["update vault_jwt_auth_backend.main_git_lab: description"],
  ],
  [
    "JwtLoginProps.path",
    {},
    { "logins.gitlab.path": "ci" },
    [
      "create vault_jwt_auth_backend_role.main_role_web_login_ci",
      "delete vault_jwt_auth_backend_role.main_role_web_login_gitlab",
      "update vault_jwt_auth_backend.main_git_lab: path",
    ],
  ],
  [
    "KubernetesLoginProps.caCertificate",
    {},
    { "logins.kubernetes.caCertificate": CERTIFICATE },
    ["update vault_kubernetes_auth_backend_config.main_kubernetes_config: disable_local_ca_jwt, kubernetes_ca_cert"],
  ],
  [
    "KubernetesLoginProps.description",
    {},
    { "logins.kubernetes.description": "pods" },
    ["update vault_auth_backend.main_kubernetes: description"],
  ],
  [
    "KubernetesLoginProps.host",
    {},
    { "logins.kubernetes.host": "https://api.example:6443" },
    ["update vault_kubernetes_auth_backend_config.main_kubernetes_config: kubernetes_host"],
  ],
  [
    "KubernetesLoginProps.path",
    {},
    { "logins.kubernetes.path": "k8s" },
    [
      "create vault_kubernetes_auth_backend_role.main_role_web_login_k8s",
      "delete vault_kubernetes_auth_backend_role.main_role_web_login_kubernetes",
      "update vault_auth_backend.main_kubernetes: path",
    ],
  ],
  [
    "KubernetesServiceAccount.audience",
    {},
    { "roles.0.login.kubernetes.audience": "other" },
    ["update vault_kubernetes_auth_backend_role.main_role_web_login_kubernetes: audience"],
  ],
  [
    "KubernetesServiceAccount.namespace",
    {},
    { "roles.0.login.kubernetes.namespace": "other" },
    ["update vault_kubernetes_auth_backend_role.main_role_web_login_kubernetes: bound_service_account_namespaces.#"],
  ],
  [
    "KubernetesServiceAccount.serviceAccount",
    {},
    { "roles.0.login.kubernetes.serviceAccount": "other" },
    ["update vault_kubernetes_auth_backend_role.main_role_web_login_kubernetes: bound_service_account_names.#"],
  ],
  [
    "LoginsSpec.certificate",
    {},
    { "logins.certificate": REMOVED, "roles.0.login.certificate": REMOVED },
    ["delete vault_auth_backend.main_certificate", "delete vault_cert_auth_backend_role.main_role_web_login_cert"],
  ],
  [
    "LoginsSpec.github",
    {},
    { "logins.github": REMOVED, "roles.0.login.github": REMOVED },
    ["delete vault_jwt_auth_backend.main_git_hub", "delete vault_jwt_auth_backend_role.main_role_web_login_github"],
  ],
  [
    "LoginsSpec.gitlab",
    {},
    { "logins.gitlab": REMOVED, "roles.0.login.gitlab": REMOVED },
    ["delete vault_jwt_auth_backend.main_git_lab", "delete vault_jwt_auth_backend_role.main_role_web_login_gitlab"],
  ],
  [
    "LoginsSpec.kubernetes",
    {},
    { "logins.kubernetes": REMOVED, "roles.0.login.kubernetes": REMOVED },
    [
      "delete vault_auth_backend.main_kubernetes",
      "delete vault_kubernetes_auth_backend_config.main_kubernetes_config",
      "delete vault_kubernetes_auth_backend_role.main_role_web_login_kubernetes",
    ],
  ],
  [
    "LoginsSpec.oidc",
    {},
    { "logins.oidc": REMOVED, "roles.0.login.oidc": REMOVED },
    [
      "delete vault_jwt_auth_backend.main_oidc",
      "delete vault_jwt_auth_backend_role.main_role_web_login_oidc",
      "read ephemeral",
    ],
  ],
  [
    "OidcLoginProps.caCertificate",
    {},
    { "logins.oidc.caCertificate": CERTIFICATE },
    ["update vault_jwt_auth_backend.main_oidc: oidc_discovery_ca_pem"],
  ],
  [
    "OidcLoginProps.claimMappings",
    READERS,
    { ...READERS, "logins.oidc.claimMappings": { email: "mail" } },
    [
      "update vault_jwt_auth_backend_role.main_oidc_groups_role: claim_mappings",
      "update vault_jwt_auth_backend_role.main_role_web_login_oidc: claim_mappings",
    ],
  ],
  [
    "OidcLoginProps.clientId",
    {},
    { "logins.oidc.clientId": "other" },
    [
      "update vault_jwt_auth_backend.main_oidc: oidc_client_id",
      "update vault_jwt_auth_backend_role.main_role_web_login_oidc: bound_audiences.#",
    ],
  ],
  [
    "OidcLoginProps.clientSecret",
    {},
    { "logins.oidc.clientSecret.revision": 2 },
    ["update vault_jwt_auth_backend.main_oidc: oidc_client_secret_wo_version"],
  ],
  [
    "OidcLoginProps.description",
    {},
    { "logins.oidc.description": "people" },
    ["update vault_jwt_auth_backend.main_oidc: description"],
  ],
  [
    "OidcLoginProps.discoveryUrl",
    {},
    { "logins.oidc.discoveryUrl": "https://other.example" },
    ["update vault_jwt_auth_backend.main_oidc: oidc_discovery_url"],
  ],
  [
    "OidcLoginProps.listingVisibility",
    {},
    { "logins.oidc.listingVisibility": "hidden" },
    ["update vault_jwt_auth_backend.main_oidc: tune.#.listing_visibility"],
  ],
  [
    "OidcLoginProps.path",
    {},
    { "logins.oidc.path": "sso" },
    [
      "create vault_jwt_auth_backend_role.main_role_web_login_sso",
      "delete vault_jwt_auth_backend_role.main_role_web_login_oidc",
      "update vault_jwt_auth_backend.main_oidc: path",
    ],
  ],
  [
    "OidcLoginProps.redirectUris",
    {},
    { "logins.oidc.redirectUris": ["https://other.example/callback"] },
    ["update vault_jwt_auth_backend_role.main_role_web_login_oidc: allowed_redirect_uris.#"],
  ],
  [
    "OidcLoginProps.scopes",
    {},
    { "logins.oidc.scopes": ["groups"] },
    ["update vault_jwt_auth_backend_role.main_role_web_login_oidc: oidc_scopes"],
  ],
  ...([
    ["AccessRoleProps.rawStatements", {}],
    ["RawStatement.allowedParameters", { allowedParameters: { ttl: ["1h"] } }],
    ["RawStatement.capabilities", { capabilities: ["list", "read"] }],
    ["RawStatement.deniedParameters", { deniedParameters: { ttl: [] } }],
    ["RawStatement.expiration", { expiration: "2027-01-31T00:00:00Z" }],
    ["RawStatement.maxWrappingTtl", { maxWrappingTtl: "1h" }],
    ["RawStatement.minWrappingTtl", { minWrappingTtl: "1m" }],
    ["RawStatement.path", { path: "kv/metadata/other" }],
    ["RawStatement.reason", { reason: "see them" }],
    ["RawStatement.requiredParameters", { requiredParameters: ["ttl"] }],
  ].map(([field, change]) => [
    field,
    field === "AccessRoleProps.rawStatements" ? {} : RAW,
    { "roles.0.rawStatements": [{ ...RAW_STATEMENT, ...(change as object) }] },
    ["update vault_policy.main_role_web_policy: policy"],
  ]) as FieldChange<Setting>[]),
  [
    "RoleLoginSpec.appRole",
    {},
    { "roles.0.login.appRole": true },
    ["create vault_approle_auth_backend_role.main_role_web", "create vault_auth_backend.main_login"],
  ],
  [
    "RoleLoginSpec.certificate",
    {},
    { "roles.0.login.certificate": "other.acme.internal" },
    ["update vault_cert_auth_backend_role.main_role_web_login_cert: allowed_common_names.#"],
  ],
  [
    "RoleLoginSpec.github",
    {},
    { "roles.0.login.github": REMOVED },
    ["delete vault_jwt_auth_backend_role.main_role_web_login_github"],
  ],
  [
    "RoleLoginSpec.gitlab",
    {},
    { "roles.0.login.gitlab": REMOVED },
    ["delete vault_jwt_auth_backend_role.main_role_web_login_gitlab"],
  ],
  [
    "RoleLoginSpec.groups",
    {},
    { "roles.0.login.groups": ["developers", "staff"] },
    [
      "create vault_identity_group.main_people_group_staff",
      "update vault_policy.main_role_security_admin_policy: policy",
    ],
  ],
  [
    "RoleLoginSpec.oidcGroups",
    {},
    READERS,
    [
      "create vault_identity_group.main_oidc_groups_group_oidc_readers",
      "create vault_identity_group_alias.main_oidc_groups_alias_oidc_readers",
      "create vault_jwt_auth_backend_role.main_oidc_groups_role",
      "update vault_jwt_auth_backend.main_oidc: default_role",
    ],
  ],
  [
    "OidcLoginProps.groupsClaim",
    READERS,
    { ...READERS, "logins.oidc.groupsClaim": "roles" },
    ["update vault_jwt_auth_backend_role.main_oidc_groups_role: bound_claims.groups, bound_claims.roles, groups_claim"],
  ],
  [
    "OidcLoginProps.tokenTtl",
    READERS,
    { ...READERS, "logins.oidc.tokenTtl": "2h" },
    ["update vault_jwt_auth_backend_role.main_oidc_groups_role: token_ttl"],
  ],
  [
    "RoleLoginSpec.kubernetes",
    {},
    { "roles.0.login.kubernetes": REMOVED },
    ["delete vault_kubernetes_auth_backend_role.main_role_web_login_kubernetes"],
  ],
  [
    "RoleLoginSpec.oidc",
    {},
    { "roles.0.login.oidc": "staff" },
    ["update vault_jwt_auth_backend_role.main_role_web_login_oidc: bound_claims.groups"],
  ],
  [
    "RoleSpec.duty",
    {},
    { "roles.1": { name: "security-admin", read: ["kv/a"], login: { groups: ["security-admins"] } } },
    ["update vault_policy.main_role_security_admin_policy: policy"],
  ],
  [
    "RoleSpec.login",
    ONLY_GITLAB,
    { ...ONLY_GITLAB, "roles.0.login": REMOVED, people: { users: [] } },
    [
      "create vault_approle_auth_backend_role.main_role_web",
      "create vault_auth_backend.main_login",
      "delete vault_jwt_auth_backend_role.main_role_web_login_gitlab",
    ],
  ],
  [
    "RoleSpec.createTokens",
    {},
    { "roles.0.createTokens": ["ci"] },
    ["update vault_policy.main_role_web_policy: policy"],
  ],
  [
    "RoleSpec.rotateSecretIds",
    { "roles.3": { name: "worker", read: ["kv/b"] } },
    { "roles.0.rotateSecretIds": ["worker"], "roles.3": { name: "worker", read: ["kv/b"] } },
    ["update vault_policy.main_role_web_policy: policy"],
  ],
  ["InstanceSpec.tokenRoles", {}, { tokenRoles: REMOVED }, ["delete vault_token_auth_backend_role.main_token_role_ci"]],
  [
    "TokenRoleProps.boundCidrs",
    {},
    { "tokenRoles.0.boundCidrs": ["192.0.2.0/24"] },
    ["update vault_token_auth_backend_role.main_token_role_ci: token_bound_cidrs"],
  ],
  [
    "TokenRoleProps.maxTtl",
    {},
    { "tokenRoles.0.maxTtl": "1h" },
    ["update vault_token_auth_backend_role.main_token_role_ci: token_explicit_max_ttl"],
  ],
  [
    "TokenRoleProps.name",
    {},
    { "tokenRoles.0.name": "jobs" },
    [
      "create vault_token_auth_backend_role.main_token_role_jobs",
      "delete vault_token_auth_backend_role.main_token_role_ci",
    ],
  ],
  [
    "TokenRoleProps.orphan",
    {},
    { "tokenRoles.0.orphan": true },
    ["update vault_token_auth_backend_role.main_token_role_ci: orphan"],
  ],
  [
    "TokenRoleProps.period",
    {},
    { "tokenRoles.0.period": "1h" },
    ["update vault_token_auth_backend_role.main_token_role_ci: token_explicit_max_ttl, token_period"],
  ],
  [
    "TokenRoleProps.renewable",
    {},
    { "tokenRoles.0.renewable": false },
    ["update vault_token_auth_backend_role.main_token_role_ci: renewable"],
  ],
  [
    "TokenRoleProps.roles",
    {},
    { "tokenRoles.0.roles": ["web", "worker"], "roles.3": { name: "worker", read: ["kv/b"] } },
    [
      "create vault_approle_auth_backend_role.main_role_worker",
      "create vault_auth_backend.main_login",
      "create vault_policy.main_role_worker_policy",
      "update vault_policy.main_role_security_admin_policy: policy",
      "update vault_token_auth_backend_role.main_token_role_ci: allowed_policies.#",
    ],
  ],
  [
    "TokenRoleSpec.roles",
    { "tokenRoles.0.roles": ["user"], "roles.3": { name: "user", read: ["kv/b"] } },
    { "tokenRoles.0.roles": ["web"], "roles.3": { name: "user", read: ["kv/b"] } },
    ["update vault_token_auth_backend_role.main_token_role_ci: allowed_policies.#"],
  ],
  [
    "TokenRoleProps.type",
    {},
    { "tokenRoles.0.type": "batch" },
    ["update vault_token_auth_backend_role.main_token_role_ci: orphan, renewable, token_explicit_max_ttl, token_type"],
  ],
  [
    "UserProps.boundCidrs",
    {},
    { "people.users.0.boundCidrs": ["192.0.2.1/32"] },
    ["update vault_generic_endpoint.main_people_user_alice_token: data_json"],
  ],
  [
    "UserProps.groups",
    {},
    { "people.users.1.groups": ["developers"] },
    ["update vault_identity_group.main_people_group_developers: member_entity_ids.#"],
  ],
  [
    "UserProps.metadata",
    {},
    { "people.users.0.metadata": { unix: "alice" } },
    ["update vault_identity_entity.main_people_user_alice: metadata"],
  ],
  [
    "UserProps.name",
    {},
    { "people.users.1.name": "robert" },
    [
      "create vault_generic_endpoint.main_people_user_robert_account",
      "create vault_generic_endpoint.main_people_user_robert_token",
      "create vault_identity_entity.main_people_user_robert",
      "create vault_identity_entity_alias.main_people_user_robert_alias",
      "create vault_token_auth_backend_role.main_people_user_robert_first_login",
      "delete vault_generic_endpoint.main_people_user_bob_account",
      "delete vault_generic_endpoint.main_people_user_bob_token",
      "delete vault_identity_entity.main_people_user_bob",
      "delete vault_identity_entity_alias.main_people_user_bob_alias",
      "delete vault_token_auth_backend_role.main_people_user_bob_first_login",
      "update vault_policy.main_role_user_admin_policy: policy",
    ],
  ],
  [
    "UsersProps.boundCidrs",
    {},
    { "people.boundCidrs": ["2001:db8::1/128"] },
    [
      "update vault_generic_endpoint.main_people_user_alice_token: data_json",
      "update vault_generic_endpoint.main_people_user_bob_token: data_json",
    ],
  ],
  [
    "UsersProps.description",
    {},
    { "people.description": "people" },
    ["update vault_auth_backend.main_people: description"],
  ],
  [
    "UsersProps.firstLoginTtl",
    {},
    { "people.firstLoginTtl": "24h" },
    [
      "update vault_token_auth_backend_role.main_people_user_alice_first_login: token_explicit_max_ttl",
      "update vault_token_auth_backend_role.main_people_user_bob_first_login: token_explicit_max_ttl",
    ],
  ],
  [
    "UsersProps.listingVisibility",
    {},
    { "people.listingVisibility": "hidden" },
    ["update vault_auth_backend.main_people: tune.#.listing_visibility"],
  ],
  [
    "UsersProps.lockout",
    {},
    { "people.lockout": { threshold: 3 } },
    ["create vault_generic_endpoint.main_people_lockout"],
  ],
  [
    "LoginLockout.counterReset",
    { "people.lockout": { threshold: 3 } },
    { "people.lockout": { threshold: 3, counterReset: "1h" } },
    ["update vault_generic_endpoint.main_people_lockout: data_json"],
  ],
  [
    "LoginLockout.disabled",
    { "people.lockout": { threshold: 3 } },
    { "people.lockout": { disabled: true } },
    ["update vault_generic_endpoint.main_people_lockout: data_json"],
  ],
  [
    "LoginLockout.duration",
    { "people.lockout": { threshold: 3 } },
    { "people.lockout": { threshold: 3, duration: "1h" } },
    ["update vault_generic_endpoint.main_people_lockout: data_json"],
  ],
  [
    "LoginLockout.threshold",
    { "people.lockout": { threshold: 3 } },
    { "people.lockout": { threshold: 4 } },
    ["update vault_generic_endpoint.main_people_lockout: data_json"],
  ],
  [
    "UsersProps.groupMetadata",
    {},
    { "people.groupMetadata": { developers: { app: "shop" } } },
    ["update vault_identity_group.main_people_group_developers: metadata"],
  ],
  [
    "UsersProps.mfa",
    {},
    { "people.mfa": { issuer: "main" } },
    [
      "create vault_identity_group.main_people_mfa_group",
      "create vault_identity_mfa_login_enforcement.main_people_mfa_enforcement",
      "create vault_identity_mfa_totp.main_people_mfa",
      "update vault_policy.main_role_user_admin_policy: policy",
    ],
  ],
  [
    "LoginMfa.groups",
    { "people.mfa": { issuer: "main" } },
    { "people.mfa": { issuer: "main", groups: ["developers"] } },
    ["update vault_identity_group.main_people_mfa_group: member_entity_ids.#"],
  ],
  [
    "LoginMfa.algorithm",
    { "people.mfa": { issuer: "main" } },
    { "people.mfa": { issuer: "main", algorithm: "SHA256" } },
    ["update vault_identity_mfa_totp.main_people_mfa: algorithm"],
  ],
  [
    "LoginMfa.digits",
    { "people.mfa": { issuer: "main" } },
    { "people.mfa": { issuer: "main", digits: 8 } },
    ["update vault_identity_mfa_totp.main_people_mfa: digits"],
  ],
  [
    "LoginMfa.issuer",
    { "people.mfa": { issuer: "main" } },
    { "people.mfa": { issuer: "other" } },
    ["update vault_identity_mfa_totp.main_people_mfa: issuer"],
  ],
  [
    "LoginMfa.maxValidationAttempts",
    { "people.mfa": { issuer: "main" } },
    { "people.mfa": { issuer: "main", maxValidationAttempts: 3 } },
    ["update vault_identity_mfa_totp.main_people_mfa: max_validation_attempts"],
  ],
  [
    "LoginMfa.period",
    { "people.mfa": { issuer: "main" } },
    { "people.mfa": { issuer: "main", period: "60s" } },
    ["update vault_identity_mfa_totp.main_people_mfa: period"],
  ],
  [
    "AppRoleLoginProps.lockout",
    { "roles.3": { name: "batch", read: ["kv/b"] } },
    { "roles.3": { name: "batch", read: ["kv/b"] }, "appRole.lockout": { threshold: 3 } },
    ["create vault_generic_endpoint.main_login_lockout"],
  ],
  [
    "UsersProps.tokenMaxTtl",
    {},
    { "people.tokenMaxTtl": "1000h" },
    [
      "update vault_auth_backend.main_people: tune.#.max_lease_ttl",
      "update vault_generic_endpoint.main_people_user_alice_token: data_json",
      "update vault_generic_endpoint.main_people_user_bob_token: data_json",
    ],
  ],
  [
    "UsersProps.tokenNumUses",
    {},
    { "people.tokenNumUses": 100 },
    [
      "update vault_generic_endpoint.main_people_user_alice_token: data_json",
      "update vault_generic_endpoint.main_people_user_bob_token: data_json",
    ],
  ],
  [
    "UsersProps.tokenPeriod",
    {},
    { "people.tokenPeriod": "24h" },
    [
      "update vault_generic_endpoint.main_people_user_alice_token: data_json",
      "update vault_generic_endpoint.main_people_user_bob_token: data_json",
    ],
  ],
  [
    "UsersProps.tokenTtl",
    {},
    { "people.tokenTtl": "24h" },
    [
      "update vault_generic_endpoint.main_people_user_alice_token: data_json",
      "update vault_generic_endpoint.main_people_user_bob_token: data_json",
    ],
  ],
  [
    "UsersProps.users",
    {},
    { "people.users": [{ name: "alice", groups: ["developers"] }] },
    [
      "delete vault_generic_endpoint.main_people_user_bob_account",
      "delete vault_generic_endpoint.main_people_user_bob_token",
      "delete vault_identity_entity.main_people_user_bob",
      "delete vault_identity_entity_alias.main_people_user_bob_alias",
      "delete vault_token_auth_backend_role.main_people_user_bob_first_login",
      "update vault_policy.main_role_user_admin_policy: policy",
    ],
  ],
];

describe("logins and people of a tenant file", () => testChanges(config, CHANGES));

/** The mount moves with its users, whose addresses then name another path: real servers replace the accounts. */
const MOVED: readonly FieldChange<Setting>[] = [
  [
    "UsersProps.path",
    {},
    { "people.path": "people" },
    [
      "update vault_auth_backend.main_people: path",
      "update vault_policy.main_people_admin_first_login: policy",
      "update vault_policy.main_people_first_login: policy",
      "update vault_policy.main_people_own_password: policy",
      "update vault_policy.main_role_user_admin_policy: policy",
    ],
  ],
];
describe("the mount of people", () => testChanges(config, MOVED, false));

/** Every construct of a login, with providers of the same servers by these names. */
function logins(instance: string, central: string): object {
  return resourcesThrough(instance, central, (stack, { provider, centralProvider }) => {
    const clientSecret = SecretRef.centralVault({ mount: "operator", path: "oidc", field: "secret" });
    const oidc = { discoveryUrl: "https://a.example", clientId: "a", redirectUris: ["https://b.example"] };
    new GitLabLogin(stack, "GitLab", { audience: "a", provider });
    new KubernetesLogin(stack, "Kubernetes", { provider });
    new CertificateLogin(stack, "Certificate", { caCertificate: CERTIFICATE, provider });
    new OidcLogin(stack, "Oidc", { ...oidc, clientSecret, provider, centralProvider });
    new Users(stack, "Users", { users: [{ name: "alice", groups: ["developers"] }], provider });
    const role = new AccessRole(stack, "Role", { name: "web", login: { path: "approle" }, provider });
    new TokenRole(stack, "TokenRole", { name: "ci", roles: [role], provider });
  });
}

test.each([
  "CertificateLoginProps.provider",
  "JwtLoginProps.provider",
  "KubernetesLoginProps.provider",
  "OidcLoginProps.centralProvider",
  "OidcLoginProps.provider",
  "TokenRoleProps.provider",
  "UsersProps.provider",
])("%s: another provider of the same server changes nothing else", () => {
  expect(logins("one", "two")).toEqual(logins("three", "four"));
});

describe("what a login says of its tokens", () => {
  const role = (login: Partial<IRoleLogin>, props: object = {}) =>
    synthesizeInVault((stack, { provider }) => {
      const made = { id: "own", bind: () => undefined, ...login };
      new AccessRole(stack, "Role", { name: "web", login: made, provider, ...props });
    });

  test("IRoleLogin.maxTtl: a role with longer tokens is refused", () => {
    expect(() => role({ maxTtl: Duration.hours(1) })).toThrow(
      /tokens or secret IDs of 4h, longer than its login's maxTtl/,
    );
    expect(() => role({ maxTtl: Duration.hours(4) })).not.toThrow();
  });

  test("IRoleLogin.ownsTokens: a role that would change them is refused", () => {
    expect(() => role({ ownsTokens: true }, { tokenTtl: Duration.hours(1) })).toThrow(
      /has tokenTtl, which does nothing/,
    );
    expect(() => role({ ownsTokens: true })).not.toThrow();
  });
});
