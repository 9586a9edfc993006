import type { Construct } from "constructs";
import {
  CERTIFICATE_LOGIN,
  CertificateLogin,
  type CertificateLoginProps,
} from "../../constructs/login/certificate-login";
import {
  checkGitHubJob,
  GITHUB_LOGIN,
  GitHubLogin,
  type GitHubJob,
  type GitHubLoginProps,
} from "../../constructs/login/github-login";
import { GITLAB_LOGIN, GitLabLogin, type GitLabJob, type GitLabLoginProps } from "../../constructs/login/gitlab-login";
import {
  checkServiceAccount,
  KUBERNETES_LOGIN,
  KubernetesLogin,
  type KubernetesLoginProps,
  type KubernetesServiceAccount,
} from "../../constructs/login/kubernetes-login";
import {
  checkGroupTokens,
  checkOidcAddresses,
  OIDC_LOGIN,
  OidcLogin,
  type OidcLoginProps,
} from "../../constructs/login/oidc-login";
import type { IRoleLogin } from "../../constructs/login/role-login";
import { checkGroupName } from "../../constructs/users/user-names";
import type { Users } from "../../constructs/users/users";
import type { LoginType } from "../../contract/identities";
import { ValidationError } from "../../core/errors";
import { checkLoginPath } from "../../core/mount-path";
import { choice, distinct, list, name, only, validatedBy, whole } from "../builders";
import { duration, httpsUrl, label, path, secretRef } from "../fields";
import { shape, type InFile } from "../in-file";
import type { EngineContext } from "./engine";

/** The certificate of the authority may be that of the instance's own PKI. */
type CertificateSpecProps = Omit<CertificateLoginProps, "provider" | "caCertificate"> &
  Partial<Pick<CertificateLoginProps, "caCertificate">>;

/** The login of jobs of GitLab. */
export type GitLabLoginSpec = InFile<Omit<GitLabLoginProps, "provider">>;
/** The login of jobs of GitHub. */
export type GitHubLoginSpec = InFile<Omit<GitHubLoginProps, "provider">>;
/** The login of pods. */
export type KubernetesLoginSpec = InFile<Omit<KubernetesLoginProps, "provider">>;
/** The login by TLS certificates. */
export type CertificateLoginSpec = InFile<CertificateSpecProps>;
/** The login of people at another provider of identities. */
export type OidcLoginSpec = InFile<Omit<OidcLoginProps, "provider" | "centralProvider">>;

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
   * People log in at a provider of identities, such as Keycloak.
   *
   * @default - none
   */
  readonly oidc?: OidcLoginSpec;
}

/**
 * By which logins a role is reached.
 *
 * @changes in place: a removed login does not reach the role any more; tokens that exist stay valid until they expire
 */
export interface RoleLoginSpec {
  /**
   * Programs with a role ID and a secret ID.
   *
   * @default - none do, because the role names other logins
   */
  readonly appRole?: true;
  /**
   * Jobs of GitLab CI.
   *
   * @default - none
   */
  readonly gitlab?: GitLabJob;
  /**
   * Jobs of GitHub Actions.
   *
   * @default - none
   */
  readonly github?: GitHubJob;
  /**
   * Pods with a service account.
   *
   * @default - none
   */
  readonly kubernetes?: KubernetesServiceAccount;
  /**
   * Common name of the certificate of programs.
   *
   * @default - none
   */
  readonly certificate?: string;
  /**
   * Group, at the provider of identities, of people.
   *
   * @default - none
   */
  readonly oidc?: string;
  /**
   * Groups, at the provider of identities, of people who choose no role: at each login they get the policies of all their groups.
   *
   * @default - none
   */
  readonly oidcGroups?: readonly string[];
  /**
   * Groups of the people who log in by password.
   *
   * @default - none
   */
  readonly groups?: readonly string[];
}

/** Login methods that a role names by the field of the method. */
export const LOGIN_FIELDS = ["gitlab", "github", "kubernetes", "certificate", "oidc"] as const;

/** Default path and type of each method. */
const MOUNTS: Readonly<Record<keyof LoginsSpec, { readonly path: string; readonly type: LoginType }>> = {
  gitlab: GITLAB_LOGIN,
  github: GITHUB_LOGIN,
  kubernetes: KUBERNETES_LOGIN,
  certificate: CERTIFICATE_LOGIN,
  oidc: OIDC_LOGIN,
};

const loginPath = validatedBy(path, (value) => checkLoginPath(value));
const description = name("Jobs of customer10");
const pem = name("-----BEGIN CERTIFICATE-----...");
const jwt = {
  path: loginPath.optional(),
  description: description.optional(),
  audience: name("https://vault.customer10.example:8200"),
  caCertificate: pem.optional(),
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
  certificate: shape<CertificateLoginSpec>()({
    path: loginPath.optional(),
    description: description.optional(),
    caCertificate: pem.optional(),
  }).optional(),
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
      tokenTtl: duration.optional(),
      tokenMaxTtl: duration.optional(),
      listingVisibility: choice("unauth", "hidden").optional(),
    }),
    (oidc) => {
      checkOidcAddresses(oidc);
      checkGroupTokens(oidc);
    },
  ).optional(),
});

/** The section of the logins of a role. */
export const roleLogin = validatedBy(
  shape<RoleLoginSpec>()({
    appRole: only(true).optional(),
    gitlab: shape<GitLabJob>()({
      projectId: whole("project", 1),
      refType: choice("branch", "tag").optional(),
      ref: name("main").optional(),
      environment: name("production").optional(),
    }).optional(),
    github: validatedBy(
      shape<GitHubJob>()({
        repository: name("acme/shop"),
        repositoryId: whole("repository", 1),
        branch: name("main"),
        environment: name("production").optional(),
        events: distinct(name("push"), '"push"').optional(),
      }),
      (job) => checkGitHubJob(job),
    ).optional(),
    kubernetes: validatedBy(
      shape<KubernetesServiceAccount>()({
        namespace: label,
        serviceAccount: name("web"),
        audience: name("vault"),
      }),
      (account) => checkServiceAccount(account),
    ).optional(),
    certificate: name("web.customer10.internal").optional(),
    oidc: name("developers").optional(),
    oidcGroups: distinct(name("developers"), '"developers"').optional(),
    groups: distinct(
      validatedBy(label, (value) => checkGroupName(value)),
      '"developers"',
    ).optional(),
  }),
  checkReached,
);

/** @throws ValidationError if a role names no login: without the field it has an AppRole. */
function checkReached(login: RoleLoginSpec): void {
  if (Object.values(login).some((value) => value !== undefined)) return;
  throw new ValidationError(
    "role-login",
    "names no login, so nobody reaches the role; name one, or remove the field login for an AppRole.",
  );
}

/** The mounts of login methods that an instance describes. */
export function loginMounts(specs: Partial<Record<keyof LoginsSpec, { readonly path?: string }>>) {
  return LOGIN_FIELDS.flatMap((field) => {
    const spec = specs[field];
    return spec === undefined ? [] : [{ ...MOUNTS[field], path: spec.path ?? MOUNTS[field].path }];
  });
}

/** The login methods of an instance. */
export interface CreatedLogins {
  /** @default - pods do not log in */
  readonly kubernetes: KubernetesLogin | undefined;
  /** The logins of a role, without its AppRole. */
  reach(login: RoleLoginSpec): IRoleLogin[];
}

/** Creates the login methods of an instance. */
export function createLogins(
  scope: Construct,
  { gitlab, github, kubernetes, certificate, oidc }: ParsedLogins,
  { provider, centralProvider }: Pick<EngineContext, "provider" | "centralProvider">,
  users: Users | undefined,
  ownCertificate: () => string,
): CreatedLogins {
  const methods = {
    gitlab: gitlab && new GitLabLogin(scope, "GitLab", { ...gitlab, provider }),
    github: github && new GitHubLogin(scope, "GitHub", { ...github, provider }),
    kubernetes: kubernetes && new KubernetesLogin(scope, "Kubernetes", { ...kubernetes, provider }),
    certificate:
      certificate &&
      new CertificateLogin(scope, "Certificate", {
        ...certificate,
        caCertificate: certificate.caCertificate ?? ownCertificate(),
        provider,
      }),
    oidc: oidc && new OidcLogin(scope, "Oidc", { ...oidc, provider, centralProvider }),
  };
  const reach = (login: RoleLoginSpec): IRoleLogin[] => [
    ...present(login.gitlab, (job) => methods.gitlab?.job(job)),
    ...present(login.github, (job) => methods.github?.job(job)),
    ...present(login.kubernetes, (account) => methods.kubernetes?.serviceAccount(account)),
    ...present(login.certificate, (commonName) => methods.certificate?.client(commonName)),
    ...present(login.oidc, (group) => methods.oidc?.group(group)),
    ...(login.oidcGroups ?? []).flatMap((group) => present(group, (each) => methods.oidc?.externalGroup(each))),
    ...(login.groups ?? []).flatMap((group) => present(group, (each) => users?.group(each))),
  ];
  return { kubernetes: methods.kubernetes, reach };
}

/** Login methods of a checked file. */
type ParsedLogins = Readonly<{
  gitlab?: Omit<GitLabLoginProps, "provider">;
  github?: Omit<GitHubLoginProps, "provider">;
  kubernetes?: Omit<KubernetesLoginProps, "provider">;
  certificate?: CertificateSpecProps;
  oidc?: Omit<OidcLoginProps, "provider" | "centralProvider">;
}>;

function present<Value>(value: Value | undefined, bind: (value: Value) => IRoleLogin | undefined): IRoleLogin[] {
  const login = value === undefined ? undefined : bind(value);
  return login === undefined ? [] : [login];
}
