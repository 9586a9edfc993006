import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { JwtLogin, type JwtLoginProps } from "./jwt-login";
import type { IRoleLogin } from "./role-login";

/** Properties of a {@link GitLabLogin}. */
export interface GitLabLoginProps extends JwtLoginProps {
  /**
   * URL of GitLab, which signs the ID tokens of jobs.
   *
   * @default "https://gitlab.com"
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly address?: string;
}

/**
 * Jobs of GitLab CI. A job of a fork has another project, and one of a merge request or an unprotected branch is not protected, so
 * none of them logs in.
 *
 * @changes in place: tokens that exist stay valid until they expire
 */
export interface GitLabJob {
  /**
   * Number of the project. Unlike its path, nobody else can get it later.
   *
   * @default - any project of {@link namespaceId}
   */
  readonly projectId?: number;
  /**
   * Number of a group or user with several projects.
   *
   * @default - that of {@link projectId}
   */
  readonly namespaceId?: number;
  /**
   * Kind of the protected ref that the job runs for.
   *
   * @default "branch"
   */
  readonly refType?: "branch" | "tag";
  /**
   * Name of the branch or tag.
   *
   * @default - any protected one
   */
  readonly ref?: string;
  /**
   * Environment of the job.
   *
   * @default - any, and none
   */
  readonly environment?: string;
}

/** Default path and type of the login. */
export const GITLAB_LOGIN = { path: "gitlab", type: "jwt" } as const;

/** URL of the GitLab that is nobody's own. */
export const DEFAULT_GITLAB = "https://gitlab.com";

/** The login of GitLab's jobs by their ID tokens; https://docs.gitlab.com/ci/secrets/id_token_authentication/ */
export class GitLabLogin extends JwtLogin {
  constructor(scope: Construct, id: string, props: GitLabLoginProps) {
    const issuer = (props.address ?? DEFAULT_GITLAB).replace(/\/+$/, "");
    super(scope, id, props, { issuer, jwksUrl: `${issuer}/oauth/discovery/keys` }, GITLAB_LOGIN);
  }

  /** Jobs of one project, or of the projects of one namespace, for protected refs. */
  job(job: GitLabJob): IRoleLogin {
    checkGitLabJob(job, this);
    const { projectId, namespaceId, refType = "branch", ref, environment } = job;
    return this.login("project_id", {
      project_id: projectId?.toString(),
      namespace_id: namespaceId?.toString(),
      ref_protected: "true",
      ref_type: refType,
      ref,
      environment,
    });
  }
}

/** @throws ValidationError if the jobs of any project could log in. */
export function checkGitLabJob({ projectId, namespaceId }: GitLabJob, scope?: Construct): void {
  if (projectId !== undefined || namespaceId !== undefined) return;
  throw new ValidationError(
    "login-claim",
    "The login of GitLab's jobs binds no project, so a job of any project could log in; write projectId or namespaceId.",
    scope,
  );
}
