import type { Construct } from "constructs";
import { JwtLogin, type JwtLoginProps } from "./jwt-login";
import { checkNumber, type IRoleLogin } from "./role-login";

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
 * Jobs of GitLab CI, of one project. Its forks and new projects have other numbers, and jobs for unprotected refs are not protected, so
 * none of them logs in. Several projects are reached by a role each.
 *
 * @changes in place: tokens that exist stay valid until they expire
 */
export interface GitLabJob {
  /** Number of the project. Unlike its path, nobody else can get it later. */
  readonly projectId: number;
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

  /** Jobs of one project for its protected refs. */
  job({ projectId, refType = "branch", ref, environment }: GitLabJob): IRoleLogin {
    return this.login("project_id", {
      project_id: checkNumber("login of GitLab's jobs", "projectId", projectId, this),
      ref_protected: "true",
      ref_type: refType,
      ref,
      environment,
    });
  }
}
