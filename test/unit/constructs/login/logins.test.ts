import { describe, expect, test } from "vitest";
import {
  AccessRole,
  AdminRole,
  AppRoleLogin,
  CertificateLogin,
  Duration,
  GitHubLogin,
  GitLabLogin,
  KubernetesLogin,
  LdapLogin,
  OidcLogin,
  PkiAuthority,
  SecretRef,
  TenantPKI,
  Users,
  type AccessRoleProps,
  type CertificateLoginProps,
  type GitHubJob,
  type GitLabJob,
  type KubernetesLoginProps,
  type KubernetesServiceAccount,
  type LayerStack,
  type LdapLoginProps,
  type OidcLoginProps,
} from "../../../../src/index";
import type { VaultProvider } from "../../../../src/terraform/providers/vault";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";
import { CERTIFICATE } from "../../../support/certificate";

interface Providers {
  readonly provider: VaultProvider;
  readonly centralProvider: VaultProvider;
}

/** A role that is reached by a login. */
function role(
  login: (stack: LayerStack, providers: Providers) => AccessRoleProps["login"],
  props: Partial<AccessRoleProps> = {},
): Synthesized["resource"] {
  return synthesizeInVault((stack, providers) => {
    const { provider } = providers;
    new AccessRole(stack, "Web", { name: "web", login: login(stack, providers), provider, ...props });
  }).resource;
}

const gitlab = (job: GitLabJob, props = {}): Synthesized["resource"] =>
  role((stack, { provider }) => new GitLabLogin(stack, "GitLab", { audience: "a", provider, ...props }).job(job));
const github = (job: GitHubJob): Synthesized["resource"] =>
  role((stack, { provider }) => new GitHubLogin(stack, "GitHub", { audience: "a", provider }).job(job));
const pods = (
  namespace: string,
  serviceAccount: string,
  audience = "vault",
  props: KubernetesLoginProps = {},
): Synthesized["resource"] =>
  role((stack, { provider }) =>
    new KubernetesLogin(stack, "Kubernetes", { provider, ...props }).serviceAccount({
      namespace,
      serviceAccount,
      audience,
    }),
  );
const OIDC_PROPS = {
  discoveryUrl: "https://keycloak.example/realms/acme",
  clientId: "vault",
  clientSecret: SecretRef.centralVault({ mount: "operator", path: "oidc", field: "secret" }),
  redirectUris: ["https://vault.example:8200/callback", "http://localhost:8250/oidc/callback"],
};
const oidc = (props: Partial<OidcLoginProps> = {}, group = "developers"): Synthesized["resource"] =>
  role((stack, providers) => new OidcLogin(stack, "Oidc", { ...OIDC_PROPS, ...providers, ...props }).group(group));

describe("jobs of GitLab", () => {
  test("are bound to project, protection and kind of the ref, and audience", () => {
    const resource = gitlab({ projectId: 42, ref: "main" });
    expect(only(resource, "vault_jwt_auth_backend")).toMatchObject({
      path: "gitlab",
      bound_issuer: "https://gitlab.com",
      jwks_url: "https://gitlab.com/oauth/discovery/keys",
    });
    expect(only(resource, "vault_jwt_auth_backend_role")).toEqual({
      provider: "vault.instance",
      backend: "${vault_jwt_auth_backend.git_lab.path}",
      role_name: "web",
      role_type: "jwt",
      bound_claims_type: "string",
      user_claim: "project_id",
      bound_audiences: ["a"],
      bound_claims: { project_id: "42", ref_protected: "true", ref_type: "branch", ref: "main" },
      token_policies: ["${vault_policy.web_policy.name}"],
      token_ttl: 3600,
      token_max_ttl: 14_400,
    });
    expect(resource.vault_approle_auth_backend_role).toBeUndefined();
  });

  test.each<[string, GitLabJob]>([
    ["no project", {} as GitLabJob],
    ["a namespace alone", { namespaceId: 7 } as never],
    ["a project without a number", { projectId: NaN }],
    ["any branch by a pattern", { projectId: 42, ref: "*" }],
    ["branches that begin so", { projectId: 42, ref: "release/*" }],
    ["an empty environment", { projectId: 42, environment: "" }],
    ["two branches in one", { projectId: 42, ref: "main,feature" }],
  ])("are refused with %s", (_case, job) => {
    expect(() => gitlab(job)).toThrow(
      /has no valid projectId, so other projects could log in|binds (ref|environment) to/,
    );
  });

  test.each(["", "*"])("are refused with the audience %j", (audience) => {
    expect(() => gitlab({ projectId: 42 }, { audience })).toThrow(/binds audience to .*write the one value/);
  });

  test("are refused if keys come over an open connection", () => {
    expect(() => gitlab({ projectId: 42 }, { address: "http://gitlab.example" })).toThrow(/not reached by TLS/);
  });
});

describe("jobs of GitHub", () => {
  const SHOP = { repository: "acme/shop", repositoryId: 7, branch: "main" };

  test("are bound to repository, branch, environment and events", () => {
    const resource = github({ repository: "acme/shop", repositoryId: 7, branch: "main", environment: "production" });
    expect(only(resource, "vault_jwt_auth_backend_role").bound_claims).toEqual({
      repository: "acme/shop",
      repository_id: "7",
      ref: "refs/heads/main",
      environment: "production",
      event_name: "push,workflow_dispatch,schedule",
    });
    const { bound_claims } = only(github({ ...SHOP, events: ["push"] }), "vault_jwt_auth_backend_role");
    expect(bound_claims).toMatchObject({ event_name: "push" });
  });

  test.each<[string, GitHubJob]>([
    ["any branch", { repository: "acme/shop", repositoryId: 7 } as GitHubJob],
    ["an environment alone", { repository: "acme/shop", repositoryId: 7, environment: "production" } as GitHubJob],
    ["a name that somebody else can get later", { repository: "acme/shop", branch: "main" } as GitHubJob],
    ["any repository of an owner", { ...SHOP, repository: "acme/*" }],
    ["no name of a repository", { ...SHOP, repository: "acme" }],
    ["any environment by a pattern", { ...SHOP, environment: "*" }],
    ["no event", { ...SHOP, events: [] }],
    ["any event by a pattern", { ...SHOP, events: ["*"] }],
    ["two events in one", { ...SHOP, events: ["push,pull_request_target"] }],
  ])("are refused with %s", (_case, job) => {
    expect(() => github(job)).toThrow(/binds|is not a repository|has no valid repositoryId|names no events/);
  });
});

describe("pods", () => {
  test("have one service account; without a CA the servers' own token reviews theirs", () => {
    const resource = pods("sample", "web");
    expect(only(resource, "vault_kubernetes_auth_backend_role")).toMatchObject({
      bound_service_account_namespaces: ["sample"],
      bound_service_account_names: ["web"],
      audience: "vault",
    });
    const config = only(resource, "vault_kubernetes_auth_backend_config");
    expect(config).toMatchObject({ kubernetes_host: "https://kubernetes.default.svc", disable_local_ca_jwt: false });
    expect(config).not.toHaveProperty("token_reviewer_jwt");
  });

  test.each([
    ["*", "web"],
    ["sample", "*"],
    ["", "web"],
    ["sample", ""],
  ])("of %j/%j are refused", (namespace, name) => {
    expect(() => pods(namespace, name)).toThrow(/is not a service account of Kubernetes/);
  });

  test("without an audience are refused", () => {
    const account = { namespace: "sample", serviceAccount: "web" } as KubernetesServiceAccount;
    const login = (stack: LayerStack, { provider }: Providers) =>
      new KubernetesLogin(stack, "Kubernetes", { provider }).serviceAccount(account);
    expect(() => role(login)).toThrow(/login of the pods of sample\/web binds nothing/);
    expect(() => pods("sample", "web", "*")).toThrow(/binds audience to/);
  });

  test("are refused if an open connection says whose a token is", () => {
    expect(() => pods("sample", "web", "vault", { host: "http://api.example:6443" })).toThrow(/not reached by TLS/);
  });
});

describe("people at another provider of identities", () => {
  test("are bound to a group, and the secret of the client is write-only", () => {
    const resource = oidc();
    const { oidc_client_secret_wo, ...backend } = only(resource, "vault_jwt_auth_backend");
    expect(oidc_client_secret_wo).toMatch(/^\$\{ephemeral\.vault_kv_secret_v2\.\w+\.data\["secret"\]\}$/);
    expect(backend).not.toHaveProperty("oidc_client_secret");
    expect(only(resource, "vault_jwt_auth_backend_role")).toMatchObject({
      role_type: "oidc",
      bound_claims: { groups: "developers" },
      allowed_redirect_uris: ["https://vault.example:8200/callback", "http://localhost:8250/oidc/callback"],
    });
  });

  test("request scopes only if some are given", () => {
    const requested = (props: Partial<OidcLoginProps>) => only(oidc(props), "vault_jwt_auth_backend_role").oidc_scopes;
    expect(requested({ scopes: ["groups"] })).toEqual(["groups"]);
    expect(requested({})).toBeUndefined();
  });

  test.each<[string, Partial<OidcLoginProps>]>([
    ["no redirect URI", { redirectUris: [] }],
    ["a redirect URI of any host", { redirectUris: ["https://*.example/callback"] }],
    ["a redirect URI without TLS", { redirectUris: ["http://vault.example/callback"] }],
    ["a provider without TLS", { discoveryUrl: "http://keycloak.example" }],
  ])("are refused with %s", (_case, props) => {
    expect(() => oidc(props)).toThrow(/\[test\/Oidc\] The OIDC login has/);
  });

  test.each(["", "*"])("are refused with the group %j", (group) => {
    expect(() => oidc({}, group)).toThrow(/binds groups to/);
  });
});

describe("people in groups of another provider", () => {
  /** Roles that are reached by groups, by their names. */
  const groups = (roles: Readonly<Record<string, readonly string[]>>, props: Partial<OidcLoginProps> = {}) =>
    synthesizeInVault((stack, providers) => {
      const { provider } = providers;
      const login = new OidcLogin(stack, "Oidc", {
        discoveryUrl: "https://keycloak.example",
        clientId: "vault",
        clientSecret: SecretRef.centralVault({ mount: "operator", path: "oidc", field: "secret" }),
        redirectUris: ["https://vault.example:8200/callback"],
        ...providers,
        ...props,
      });
      for (const [name, named] of Object.entries(roles))
        new AccessRole(stack, name, { name, login: named.map((group) => login.externalGroup(group)), provider });
    }).resource;

  test("log in at one role, whose groups alone are allowed, and Terraform writes no members", () => {
    const resource = groups({ web: ["b", "a"], batch: ["a"] });
    expect(only(resource, "vault_jwt_auth_backend").default_role).toBe("tenant-vault-groups");
    expect(only(resource, "vault_jwt_auth_backend_role")).toMatchObject({
      role_name: "tenant-vault-groups",
      groups_claim: "groups",
      bound_claims: { groups: "a,b" },
      bound_claims_type: "string",
      token_ttl: 3600,
      token_type: "batch",
    });
    expect(resource.vault_identity_group?.oidc_groups_group_oidc_a).toEqual({
      provider: "vault.instance",
      name: "oidc.a",
      type: "external",
      policies: ["${vault_policy.web_policy.name}", "${vault_policy.batch_policy.name}"],
    });
    expect(resource.vault_identity_group_alias?.oidc_groups_alias_oidc_a).toMatchObject({ name: "a" });
  });

  test("tokenTtl and groupsClaim", () => {
    const props = { tokenTtl: Duration.hours(8), groupsClaim: "roles" };
    expect(only(groups({ web: ["a"] }, props), "vault_jwt_auth_backend_role")).toMatchObject({
      groups_claim: "roles",
      bound_claims: { roles: "a" },
      token_ttl: 28_800,
    });
    const { tune } = only(groups({ web: ["a"] }, { tokenTtl: Duration.days(60) }), "vault_jwt_auth_backend");
    expect(tune).toMatchObject([{ max_lease_ttl: "1440h" }]);
  });

  test("are refused with a pattern, with one name for two groups, or a duty", () => {
    expect(() => groups({ web: ["*"] })).toThrow(/binds group to/);
    for (const other of ["a/b", "/a-b", "A b"])
      expect(() => groups({ web: ["a b", other] })).toThrow(/groups "a b" and ".*" of the login oidc differ in case/);
    expect(() =>
      synthesizeInVault((stack, providers) => {
        const login = new OidcLogin(stack, "Oidc", {
          discoveryUrl: "https://keycloak.example",
          clientId: "vault",
          clientSecret: SecretRef.centralVault({ mount: "operator", path: "oidc", field: "secret" }),
          redirectUris: ["https://vault.example:8200/callback"],
          ...providers,
        });
        const { provider } = providers;
        new AdminRole(stack, "A", { name: "a", duty: "servers", login: login.externalGroup("a"), provider });
      }),
    ).toThrow(/The role a has a duty, whose tokens must be short/);
  });
});

describe("people in a directory", () => {
  const directory = (props: Partial<LdapLoginProps> = {}, ...groups: readonly string[]) =>
    synthesizeInVault((stack, providers) => {
      const { provider } = providers;
      const login = new LdapLogin(stack, "Ldap", {
        product: "vault",
        urls: ["ldaps://a.example", "ldap://b.example:389"],
        bindDn: "cn=vault,dc=example",
        bindPassword: SecretRef.centralVault({ mount: "operator", path: "ldap", field: "password" }),
        userDn: "ou=people,dc=example",
        groupDn: "ou=groups,dc=example",
        ...providers,
        ...props,
      });
      new AccessRole(stack, "Web", {
        name: "web",
        login: [new AppRoleLogin(stack, "Login", { provider }), ...groups.map((group) => login.group(group))],
        provider,
      });
    }).resource;

  test("log in over TLS alone, with a password, and the password of the searching account is write-only", () => {
    const { bindpass_wo, ...backend } = only(directory(), "vault_ldap_auth_backend");
    expect(bindpass_wo).toMatch(/^\$\{ephemeral\.vault_kv_secret_v2\.\w+\.data\["password"\]\}$/);
    expect(backend).toEqual({
      provider: "vault.instance",
      path: "ldap",
      userfilter: "({{.UserAttr}}={{.Username}})",
      discoverdn: false,
      anonymous_group_search: false,
      use_token_groups: false,
      url: "ldaps://a.example,ldap://b.example:389",
      starttls: true,
      insecure_tls: false,
      tls_min_version: "tls12",
      binddn: "cn=vault,dc=example",
      bindpass_wo_version: expect.any(Number),
      deny_null_bind: true,
      userdn: "ou=people,dc=example",
      userattr: "uid",
      username_as_alias: false,
      case_sensitive_names: false,
      groupdn: "ou=groups,dc=example",
      groupattr: "cn",
      groupfilter: "(|(member={{.UserDN}})(uniqueMember={{.UserDN}}))",
      token_ttl: 3600,
      token_max_ttl: 14_400,
      tune: [expect.objectContaining({ listing_visibility: "unauth", token_type: null })],
    });
  });

  test("have the policies of their groups, whose members Terraform does not write", () => {
    const resource = directory({}, "developers", "staff");
    expect(resource.vault_identity_group?.ldap_groups_group_ldap_developers).toEqual({
      provider: "vault.instance",
      name: "ldap.developers",
      type: "external",
      policies: ["${vault_policy.web_policy.name}"],
    });
    expect(resource.vault_identity_group_alias?.ldap_groups_alias_ldap_staff).toMatchObject({
      name: "staff",
      mount_accessor: "${vault_ldap_auth_backend.ldap.accessor}",
    });
    expect(() => directory({}, "*")).toThrow(/binds group to/);
  });

  test("have no duty", () => {
    expect(() =>
      synthesizeInVault((stack, providers) => {
        const login = new LdapLogin(stack, "Ldap", {
          product: "vault",
          urls: ["ldaps://a.example"],
          bindDn: "cn=vault,dc=example",
          bindPassword: SecretRef.centralVault({ mount: "operator", path: "ldap", field: "password" }),
          userDn: "ou=people,dc=example",
          groupDn: "ou=groups,dc=example",
          ...providers,
        });
        new AdminRole(stack, "A", {
          name: "a",
          duty: "servers",
          login: login.group("a"),
          provider: providers.provider,
        });
      }),
    ).toThrow(/The role a has a duty, whose tokens must be short; reach it by another login than LDAP/);
  });

  test("need a plugin of OpenBao", () => {
    const plugin = {
      type: "auth",
      name: "ldap",
      command: "ldap",
      version: "v0.1.0",
      sha256sum: "0".repeat(64),
    } as const;
    const wrong = '[test/Ldap] OpenBao has no login for LDAP; add the auth plugin "ldap" to plugins';
    expect(() => directory({ product: "openbao" })).toThrow(wrong);
    expect(() => directory({ product: "openbao", plugins: [{ ...plugin, type: "secret" }] })).toThrow(wrong);
    expect(() => directory({ product: "openbao", plugins: [plugin] })).not.toThrow();
  });

  test.each<[Partial<LdapLoginProps>, RegExp]>([
    [{ urls: [] }, /has no urls/],
    [{ urls: ["http://a.example"] }, /has the address "http:\/\/a.example"; write ldaps/],
    [{ urls: ["ldaps://a.example", "ldaps://b.example,ldap://c.example"] }, /has the address "ldaps:\/\/b.example,/],
    [{ urls: ["ldaps://vault:secret@a.example"] }, /has the address/],
    [{ bindDn: "vault" }, /has the bindDn "vault", which is not a DN/],
    [{ userDn: "" }, /has the userDn "", which is not a DN/],
    [{ groupDn: "ou=" }, /has the groupDn "ou=", which is not a DN/],
    [{ userAttr: "uid=a" }, /has the userAttr "uid=a", which is not the name of an attribute/],
    [{ groupFilter: "(objectClass=group)" }, /which finds groups of others as well/],
    [{ groupFilter: "member={{.UserDN}}" }, /write it in parentheses/],
    [
      { tokenTtl: Duration.hours(1), tokenMaxTtl: Duration.minutes(10) },
      /The LDAP login has tokens of 1h, longer than their tokenMaxTtl of 10m/,
    ],
  ])("are refused with %j", (props, message) => {
    expect(() => directory(props)).toThrow(message);
  });

  test("have the lifetime tokenMaxTtl if that is below an hour", () => {
    expect(only(directory({ tokenMaxTtl: Duration.minutes(10) }), "vault_ldap_auth_backend")).toMatchObject({
      token_ttl: 600,
      token_max_ttl: 600,
    });
  });

  test("longer than the server's own limit raise that of the mount", () => {
    const limit = (tokenMaxTtl: Duration): unknown => only(directory({ tokenMaxTtl }), "vault_ldap_auth_backend").tune;
    expect(limit(Duration.days(60))).toMatchObject([{ max_lease_ttl: "1440h" }]);
    expect(limit(Duration.days(32))).toMatchObject([{ max_lease_ttl: null }]);
  });

  test.each(["ldaps://[2001:db8::1]:636", "ldap://192.0.2.1", "ldaps://ldap-1.example.com:3269"])("at %s", (url) => {
    expect(only(directory({ urls: [url] }), "vault_ldap_auth_backend").url).toBe(url);
  });

  test("path, description, caCertificate, userAttr, groupFilter, tokenTtl and listingVisibility", () => {
    const props = {
      path: "ad",
      description: "People",
      caCertificate: CERTIFICATE,
      userAttr: "sAMAccountName",
      groupFilter: "(&(objectClass=group)(member:1.2.840.113556.1.4.1941:={{.UserDN}}))",
      tokenTtl: Duration.hours(8),
      listingVisibility: "hidden",
    } as const;
    expect(only(directory(props), "vault_ldap_auth_backend")).toMatchObject({
      path: "ad",
      description: "People",
      certificate: CERTIFICATE,
      userattr: "sAMAccountName",
      groupfilter: props.groupFilter,
      token_ttl: 28_800,
      token_max_ttl: 28_800,
      tune: [expect.objectContaining({ listing_visibility: "hidden" })],
    });
  });
});

test("certificates are bound to one common name", () => {
  const client = (name: string) =>
    role((stack, { provider }) =>
      new CertificateLogin(stack, "Cert", { caCertificate: CERTIFICATE, provider }).client(name),
    );
  expect(only(client("web.acme.internal"), "vault_cert_auth_backend_role")).toMatchObject({
    name: "web",
    certificate: CERTIFICATE,
    allowed_common_names: ["web.acme.internal"],
  });
  expect(() => client("*.acme.internal")).toThrow(/binds commonName to/);
});

describe("revoked certificates", () => {
  const login = (props: Partial<CertificateLoginProps>) =>
    role((stack, { provider }) =>
      new CertificateLogin(stack, "Cert", { caCertificate: CERTIFICATE, provider, ...props }).client("web"),
    );
  const CRL = "-----BEGIN X509 CRL-----\nMII\n-----END X509 CRL-----";

  test("log in by default, and nothing is asked", () => {
    const resource = login({});
    expect(resource.vault_generic_endpoint).toBeUndefined();
    expect(only(resource, "vault_cert_auth_backend_role")).toMatchObject({ ocsp_enabled: false });
  });

  test.each([
    [{ crl: CRL }, '"crl" = '],
    [{ crlUrl: "https://pki.example/crl" }, '"url" = "https://pki.example/crl"'],
    [{ crlUrl: 'https://pki.example/"\\' }, String.raw`"url" = "https://pki.example/\"\\"`],
  ])("are refused by a list: %j", (props, data) => {
    const list = only(login(props), "vault_generic_endpoint");
    expect(list).toMatchObject({ path: "auth/${vault_auth_backend.cert.path}/crls/clients", disable_read: true });
    expect(list.data_json).toContain(data);
  });

  test("are fetched once the authority exists, where a stack has both", () => {
    const made = role((stack, { provider }) => {
      const pki = new TenantPKI(stack, "Pki", {
        commonName: "Clients",
        authority: PkiAuthority.internal(),
        address: "https://main.example:8200",
        roles: [],
        provider,
      });
      const { certificate: caCertificate, issuers } = pki;
      const crlUrl = "https://main.example:8200/v1/pki/crl/pem";
      const clients = new CertificateLogin(stack, "Cert", { caCertificate, crlUrl, provider });
      clients.fetchRevocationsAfter(issuers);
      return clients.client("web");
    });
    const lists = Object.values(made.vault_generic_endpoint ?? {});
    const list = lists.find(({ path }) => String(path).endsWith("/crls/clients"));
    expect(list?.depends_on).toEqual([expect.stringMatching(/^vault_pki_secret_backend_config_issuers\./)]);
  });

  test("are refused by a responder, and so is everybody while it does not answer", () => {
    expect(only(login({ ocsp: {} }), "vault_cert_auth_backend_role")).toMatchObject({
      ocsp_enabled: true,
      ocsp_fail_open: false,
      ocsp_query_all_servers: false,
    });
    const ocsp = { servers: ["http://ocsp.example/", "https://b.example"], failOpen: true, queryAllServers: true };
    const written = only(login({ ocsp }), "vault_cert_auth_backend_role");
    expect(written).toMatchObject({
      ocsp_enabled: true,
      ocsp_fail_open: true,
      ocsp_query_all_servers: true,
      ocsp_servers_override: ocsp.servers,
    });
    // The server would accept clients of these authorities.
    expect(written).not.toHaveProperty("ocsp_ca_certificates");
  });

  test.each<[Partial<CertificateLoginProps>, string]>([
    [{ crl: CRL, crlUrl: "https://pki.example/crl" }, "has a crl and a crlUrl; remove one of them."],
    [{ crl: "-----BEGIN CERTIFICATE-----" }, "has a crl that is not a PEM revocation list"],
    [{ crlUrl: "http://pki.example/crl" }, 'has the crlUrl "http://pki.example/crl", which is not reached by TLS'],
    [{ ocsp: { servers: [] } }, "has an empty list of ocsp.servers; add a URL, or remove the field."],
    [{ ocsp: { servers: ["ocsp.example"] } }, 'has the OCSP server "ocsp.example"; write an http or https URL.'],
  ])("need settings that work: %j", (props, message) => {
    expect(() => login(props)).toThrow(message);
  });
});

describe("claims as metadata of clients", () => {
  test("of jobs and of people, with and without a role to choose", () => {
    const claimMappings = { email: "mail", groups: "groups" };
    const mapped = { claim_mappings: claimMappings };
    expect(only(gitlab({ projectId: 42 }, { claimMappings }), "vault_jwt_auth_backend_role")).toMatchObject(mapped);
    expect(only(oidc({ claimMappings }), "vault_jwt_auth_backend_role")).toMatchObject(mapped);
    const external = role((stack, providers) =>
      new OidcLogin(stack, "Oidc", { ...OIDC_PROPS, ...providers, claimMappings }).externalGroup("developers"),
    );
    expect(only(external, "vault_jwt_auth_backend_role")).toMatchObject(mapped);
    expect(only(oidc({ claimMappings: {} }), "vault_jwt_auth_backend_role")).not.toHaveProperty("claim_mappings");
  });

  test.each([
    [{ email: "role" }, 'maps {"email":"role"}, which no policy could name'],
    [{ email: "service_account_name" }, 'maps {"email":"service_account_name"}, which no policy could name'],
    [{ email: "the mail" }, 'maps {"email":"the mail"}, which no policy could name'],
    [{ "": "mail" }, 'maps {"":"mail"}, which no policy could name'],
    [{ email: "name", sub: "name" }, 'maps two claims to "name"; give each a key of its own.'],
  ])("fails with %j", (claimMappings, message) => {
    expect(() => gitlab({ projectId: 42 }, { claimMappings })).toThrow(message);
    expect(() => oidc({ claimMappings })).toThrow(message);
  });
});

describe("a role with several logins", () => {
  const several = (props: Partial<AccessRoleProps> = {}) =>
    role((stack, { provider }) => {
      const jobs = new GitLabLogin(stack, "GitLab", { audience: "a", provider }).job({ projectId: 42 });
      return [new AppRoleLogin(stack, "Login", { provider }), jobs];
    }, props);

  test("has one policy", () => {
    const resource = several({ boundCidrs: ["192.0.2.1/32", "10.0.0.0/8"] });
    expect(Object.keys(resource.vault_policy ?? {})).toHaveLength(1);
    expect(only(resource, "vault_approle_auth_backend_role").token_bound_cidrs).toEqual(["192.0.2.1/32", "10.0.0.0/8"]);
    expect(only(resource, "vault_jwt_auth_backend_role").token_bound_cidrs).toEqual(["192.0.2.1", "10.0.0.0/8"]);
  });

  test.each<[string, Partial<AccessRoleProps>]>([
    ["tokenTtl", { tokenTtl: Duration.minutes(5) }],
    ["tokenMaxTtl", { tokenMaxTtl: Duration.hours(2) }],
    ["boundCidrs", { boundCidrs: ["192.0.2.1/32"] }],
  ])("is refused with %s if one is a group of people, on whose tokens it has no effect", (field, props) => {
    const logins = (stack: LayerStack, { provider }: Providers) => {
      const users = new Users(stack, "Users", { users: [{ name: "alice", groups: ["developers"] }], provider });
      return [new AppRoleLogin(stack, "Login", { provider }), users.group("developers")];
    };
    expect(() => role(logins, props)).toThrow(
      `The role web has ${field}, which does nothing for its groups of people, whose tokens are as all tokens of their login`,
    );
    expect(() => role(logins)).not.toThrow();
    expect(() => several(props)).not.toThrow();
  });

  test("is refused with the same login twice, none, or something else", () => {
    const twice = (stack: LayerStack, { provider }: Providers) => {
      const login = new GitLabLogin(stack, "GitLab", { audience: "a", provider });
      return [login.job({ projectId: 42 }), login.job({ projectId: 43 })];
    };
    expect(() => role(twice)).toThrow(/has two logins at gitlab; make another role/);
    expect(() => role(() => [{ path: "a" }, { path: "b" }])).toThrow(/has two logins by AppRole/);
    expect(() => role(() => [])).toThrow(/login is a list, which is not an AppRoleLogin/);
    expect(() => role(() => ["approle"] as never)).toThrow(/login is a list/);
  });
});

test("a role without an AppRole has no role ID, and no secret IDs", () => {
  const job = (stack: LayerStack, { provider }: Providers) =>
    new GitLabLogin(stack, "GitLab", { audience: "a", provider }).job({ projectId: 42 });
  expect(() => role(job, { secretIdTtl: Duration.days(1) })).toThrow(/has a secretIdTtl, but no AppRole/);
  expect(() => role(job, { secretIdNumUses: 1 })).toThrow(/has a secretIdNumUses, but no AppRole/);
  synthesizeInVault((stack, providers) => {
    const { provider } = providers;
    const web = new AccessRole(stack, "Web", { name: "web", login: job(stack, providers), provider });
    expect(() => web.roleId).toThrow(/has no AppRole, so it has no role ID/);
  });
});
