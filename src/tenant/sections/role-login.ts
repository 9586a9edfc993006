import type { AwsProgram } from "../../constructs/login/aws-login";
import type { AzureProgram } from "../../constructs/login/azure-login";
import type { GcpProgram } from "../../constructs/login/gcp-login";
import { checkGitHubJob, type GitHubJob } from "../../constructs/login/github-login";
import type { GitLabJob } from "../../constructs/login/gitlab-login";
import { checkServiceAccount, type KubernetesServiceAccount } from "../../constructs/login/kubernetes-login";
import { checkClaims } from "../../constructs/login/role-login";
import { checkGroupName } from "../../constructs/users/user-names";
import { ValidationError } from "../../core/errors";
import { choice, distinct, name, only, validatedBy, whole } from "../builders";
import { label } from "../fields";
import { shape } from "../in-file";
import { cloudPrograms } from "./cloud-logins";

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
   * Programs with IAM credentials of AWS.
   *
   * @default - none
   */
  readonly aws?: AwsProgram;
  /**
   * Programs with an identity in Azure.
   *
   * @default - none
   */
  readonly azure?: AzureProgram;
  /**
   * Programs with a service account of Google Cloud.
   *
   * @default - none
   */
  readonly gcp?: GcpProgram;
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
   * Groups, in the directory of the login by LDAP, of people who choose no role: they get the policies of all their groups.
   *
   * @default - none
   */
  readonly ldapGroups?: readonly string[];
  /**
   * Groups of the people who log in by password.
   *
   * @default - none
   */
  readonly groups?: readonly string[];
}

const GITLAB = "login of GitLab's jobs";

/** What clients must present: one value. */
const bound = (login: string, claim: string, example: string) =>
  validatedBy(name(example), (value) => void checkClaims(login, { [claim]: value }));

/** The section of the logins of a role. */
export const roleLogin = validatedBy(
  shape<RoleLoginSpec>()({
    appRole: only(true).optional(),
    gitlab: shape<GitLabJob>()({
      projectId: whole("project", 1),
      refType: choice("branch", "tag").optional(),
      ref: bound(GITLAB, "ref", "main").optional(),
      environment: bound(GITLAB, "environment", "production").optional(),
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
    certificate: bound("login by certificates", "commonName", "web.customer10.internal").optional(),
    ...cloudPrograms,
    oidc: bound("OIDC login", "group", "developers").optional(),
    oidcGroups: distinct(bound("OIDC login", "group", "developers"), '"developers"').optional(),
    ldapGroups: distinct(bound("LDAP login", "group", "developers"), '"developers"').optional(),
    groups: distinct(
      validatedBy(label, (value) => checkGroupName(value)),
      '"developers"',
    ).optional(),
  }),
  checkReached,
);

/** @throws ValidationError if a role names no login: without the field it has an AppRole. */
function checkReached(login: RoleLoginSpec): void {
  if (Object.values(login).some((value) => value !== undefined && (value as { length?: number }).length !== 0)) return;
  throw new ValidationError(
    "role-login",
    "names no login, so nobody reaches the role; name one, or remove the field login for an AppRole.",
  );
}
