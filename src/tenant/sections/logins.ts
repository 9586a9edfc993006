import type { Construct } from "constructs";
import { CERTIFICATE_LOGIN, CertificateLogin } from "../../constructs/login/certificate-login";
import { GITHUB_LOGIN, GitHubLogin, type GitHubLoginProps } from "../../constructs/login/github-login";
import { GITLAB_LOGIN, GitLabLogin, type GitLabLoginProps } from "../../constructs/login/gitlab-login";
import { KUBERNETES_LOGIN, KubernetesLogin, type KubernetesLoginProps } from "../../constructs/login/kubernetes-login";
import { checkClaimMappings } from "../../constructs/login/claim-mappings";
import { checkDirectory, directoryTokens, LDAP, LDAP_LOGIN, LdapLogin } from "../../constructs/login/ldap-login";
import type { LdapLoginProps } from "../../constructs/login/ldap-login-props";
import { checkOidcAddresses, OIDC_LOGIN, OidcLogin } from "../../constructs/login/oidc-login";
import type { OidcLoginProps } from "../../constructs/login/oidc-login-props";
import type { IRoleLogin } from "../../constructs/login/role-login";
import type { TenantPKI } from "../../constructs/tenant-pki/tenant-pki";
import type { Users } from "../../constructs/users/users";
import type { LoginType } from "../../contract/identities";
import { choice, list, map, name, validatedBy } from "../builders";
import { duration, httpsUrl, secretRef } from "../fields";
import { shape, type InFile } from "../in-file";
import { certificateLogin, type CertificateLoginSpec, type CertificateSpecProps } from "./certificate-login";
import {
  CLOUDS,
  cloudLogins,
  cloudMethods,
  createCloudLogins,
  type AwsLoginSpec,
  type AzureLoginSpec,
  type CloudLoginContext,
  type GcpLoginSpec,
  type ParsedCloudLogins,
  type PropOfInstance,
} from "./cloud-logins";
import type { NeededEngine } from "./engine";
import { description, loginPath, pem } from "./login-fields";
import type { RoleLoginSpec } from "./role-login";

/** The login of jobs of GitLab. */
export type GitLabLoginSpec = InFile<Omit<GitLabLoginProps, "provider">>;
/** The login of jobs of GitHub. */
export type GitHubLoginSpec = InFile<Omit<GitHubLoginProps, "provider">>;
/** The login of pods. */
export type KubernetesLoginSpec = InFile<Omit<KubernetesLoginProps, "provider">>;
/** The login of people at another provider of identities. */
export type OidcLoginSpec = InFile<Omit<OidcLoginProps, "provider" | "centralProvider">>;
/** The login of people by LDAP. */
export type LdapLoginSpec = InFile<Omit<LdapLoginProps, PropOfInstance>>;

/**
 * Login methods besides AppRole. Roles name them.
 *
 * @changes in place: a removed one takes its roles with it; tokens that exist stay valid until they expire
 */
export interface LoginsSpec {
  /**
   * Jobs of GitLab CI log in with their ID tokens.
   *
   * @default - none
   */
  readonly gitlab?: GitLabLoginSpec;
  /**
   * Jobs of GitHub Actions log in with their tokens.
   *
   * @default - none
   */
  readonly github?: GitHubLoginSpec;
  /**
   * Pods log in with the tokens of their service accounts.
   *
   * @default - none
   */
  readonly kubernetes?: KubernetesLoginSpec;
  /**
   * Programs log in with TLS certificates.
   *
   * @default - none
   */
  readonly certificate?: CertificateLoginSpec;
  /**
   * Programs log in with their IAM credentials of AWS. OpenBao needs a plugin for it.
   *
   * @default - none
   */
  readonly aws?: AwsLoginSpec;
  /**
   * Programs log in with their tokens of Azure. OpenBao needs a plugin for it.
   *
   * @default - none
   */
  readonly azure?: AzureLoginSpec;
  /**
   * Programs log in with tokens that Google Cloud signs for their service accounts. OpenBao needs a plugin for it.
   *
   * @default - none
   */
  readonly gcp?: GcpLoginSpec;
  /**
   * People log in at a provider of identities, such as Keycloak.
   *
   * @default - none
   */
  readonly oidc?: OidcLoginSpec;
  /**
   * People log in with their passwords in a directory, such as Active Directory. OpenBao 2.7 needs a plugin for it.
   *
   * @default - none
   */
  readonly ldap?: LdapLoginSpec;
}

/** Login methods that a role names by the field of the method. */
export const LOGIN_FIELDS = ["gitlab", "github", "kubernetes", "certificate", "aws", "azure", "gcp", "oidc"] as const;

/** Login methods whose clients have metadata that paths can name. */
export const ALIAS_LOGINS = ["gitlab", "github", "kubernetes", "oidc"] as const;

/** All login methods. */
const FIELDS = [...LOGIN_FIELDS, "ldap"] as const;

/** Default path and type of each method. */
const MOUNTS: Readonly<Record<keyof LoginsSpec, { readonly path: string; readonly type: LoginType }>> = {
  gitlab: GITLAB_LOGIN,
  github: GITHUB_LOGIN,
  kubernetes: KUBERNETES_LOGIN,
  certificate: CERTIFICATE_LOGIN,
  ...cloudMethods,
  oidc: OIDC_LOGIN,
  ldap: LDAP_LOGIN,
};

const claimMappings = validatedBy(map(name("email"), name("email")), (mappings) =>
  checkClaimMappings("of the field", mappings),
).optional();
const jwt = {
  path: loginPath.optional(),
  description: description.optional(),
  audience: name("https://vault.customer10.example:8200"),
  caCertificate: pem.optional(),
  claimMappings,
};

/** The section of the login methods. */
export const logins = shape<LoginsSpec>()({
  gitlab: shape<GitLabLoginSpec>()({ ...jwt, address: httpsUrl.optional() }).optional(),
  github: shape<GitHubLoginSpec>()({ ...jwt, issuer: httpsUrl.optional() }).optional(),
  kubernetes: shape<KubernetesLoginSpec>()({
    path: loginPath.optional(),
    description: description.optional(),
    host: httpsUrl.optional(),
    caCertificate: pem.optional(),
  }).optional(),
  certificate: certificateLogin.optional(),
  ...cloudLogins,
  oidc: validatedBy(
    shape<OidcLoginSpec>()({
      path: loginPath.optional(),
      description: description.optional(),
      discoveryUrl: httpsUrl,
      caCertificate: pem.optional(),
      clientId: name("vault"),
      clientSecret: secretRef,
      redirectUris: list(name("https://vault.customer10.example:8200/ui/vault/auth/oidc/oidc/callback")),
      scopes: list(name("groups")).optional(),
      groupsClaim: name("groups").optional(),
      claimMappings,
      tokenTtl: duration.optional(),
      listingVisibility: choice("unauth", "hidden").optional(),
    }),
    (oidc) => checkOidcAddresses(oidc),
  ).optional(),
  ldap: validatedBy(
    shape<LdapLoginSpec>()({
      path: loginPath.optional(),
      description: description.optional(),
      urls: list(name("ldaps://ldap.example")),
      caCertificate: pem.optional(),
      bindDn: name("cn=vault,ou=services,dc=example"),
      bindPassword: secretRef,
      userDn: name("ou=people,dc=example"),
      userAttr: name("uid").optional(),
      groupDn: name("ou=groups,dc=example"),
      groupFilter: name("(member={{.UserDN}})").optional(),
      tokenTtl: duration.optional(),
      tokenMaxTtl: duration.optional(),
      listingVisibility: choice("unauth", "hidden").optional(),
    }),
    (ldap) => {
      checkDirectory(ldap);
      directoryTokens(ldap);
    },
  ).optional(),
});

/** The mounts of login methods that an instance describes. */
export function loginMounts(specs: Partial<Record<keyof LoginsSpec, { readonly path?: string }>>) {
  return FIELDS.flatMap((field) => {
    const spec = specs[field];
    return spec === undefined ? [] : [{ ...MOUNTS[field], path: spec.path ?? MOUNTS[field].path }];
  });
}

/** Login methods of an instance that not every server has, with the fields that need them. */
export function neededLogins(specs: Partial<Record<keyof LoginsSpec, unknown>>): NeededEngine[] {
  return Object.entries({ ...CLOUDS, ldap: LDAP }).flatMap(([field, engine]) =>
    specs[field as keyof LoginsSpec] === undefined ? [] : [{ path: ["logins", field], engine }],
  );
}

/** The login methods of an instance. */
export interface CreatedLogins {
  /** @default - pods do not log in */
  readonly kubernetes: KubernetesLogin | undefined;
  /** Accessors of those whose clients have metadata, by the fields of the logins. */
  readonly accessors: Readonly<Record<string, string>>;
  /** The logins of a role, without its AppRole. */
  reach(login: RoleLoginSpec): IRoleLogin[];
}

/** Creates the login methods of an instance. */
export function createLogins(
  scope: Construct,
  { gitlab, github, kubernetes, certificate, oidc, ldap, ...clouds }: ParsedLogins,
  context: CloudLoginContext,
  users: Users | undefined,
  pki: Pick<TenantPKI, "certificate" | "issuers"> | undefined,
): CreatedLogins {
  const { product, plugins, provider, centralProvider } = context;
  const methods = {
    gitlab: gitlab && new GitLabLogin(scope, "GitLab", { ...gitlab, provider }),
    github: github && new GitHubLogin(scope, "GitHub", { ...github, provider }),
    kubernetes: kubernetes && new KubernetesLogin(scope, "Kubernetes", { ...kubernetes, provider }),
    certificate:
      certificate &&
      new CertificateLogin(scope, "Certificate", {
        ...certificate,
        caCertificate: certificate.caCertificate ?? pki?.certificate ?? "",
        provider,
      }),
    oidc: oidc && new OidcLogin(scope, "Oidc", { ...oidc, provider, centralProvider }),
    ldap: ldap && new LdapLogin(scope, "Ldap", { ...ldap, product, plugins, provider, centralProvider }),
    ...createCloudLogins(scope, clouds, context),
  };
  // The list may be that of the instance itself.
  methods.certificate?.fetchRevocationsAfter(pki?.issuers);
  const reach = (login: RoleLoginSpec): IRoleLogin[] => [
    ...present(login.gitlab, (job) => methods.gitlab?.job(job)),
    ...present(login.github, (job) => methods.github?.job(job)),
    ...present(login.kubernetes, (account) => methods.kubernetes?.serviceAccount(account)),
    ...present(login.certificate, (commonName) => methods.certificate?.client(commonName)),
    ...present(login.aws, (program) => methods.aws?.program(program)),
    ...present(login.azure, (program) => methods.azure?.program(program)),
    ...present(login.gcp, (program) => methods.gcp?.program(program)),
    ...present(login.oidc, (group) => methods.oidc?.group(group)),
    ...(login.oidcGroups ?? []).flatMap((group) => present(group, (each) => methods.oidc?.externalGroup(each))),
    ...(login.ldapGroups ?? []).flatMap((group) => present(group, (each) => methods.ldap?.group(each))),
    ...(login.groups ?? []).flatMap((group) => present(group, (each) => users?.group(each))),
  ];
  const accessors = Object.fromEntries(
    ALIAS_LOGINS.flatMap((field) => {
      const accessor = methods[field]?.accessor;
      return accessor === undefined ? [] : [[field, accessor]];
    }),
  );
  return { kubernetes: methods.kubernetes, accessors, reach };
}

/** Login methods of a checked file. */
type ParsedLogins = Readonly<{
  gitlab?: Omit<GitLabLoginProps, "provider">;
  github?: Omit<GitHubLoginProps, "provider">;
  kubernetes?: Omit<KubernetesLoginProps, "provider">;
  certificate?: CertificateSpecProps;
  oidc?: Omit<OidcLoginProps, "provider" | "centralProvider">;
  ldap?: Omit<LdapLoginProps, PropOfInstance>;
}> &
  ParsedCloudLogins;

function present<Value>(value: Value | undefined, bind: (value: Value) => IRoleLogin | undefined): IRoleLogin[] {
  const login = value === undefined ? undefined : bind(value);
  return login === undefined ? [] : [login];
}
