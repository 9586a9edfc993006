import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { JwtLogin, type JwtLoginProps } from "./jwt-login";
import { checkClaims, type IRoleLogin } from "./role-login";

/** Properties of a {@link GitHubLogin}. */
export interface GitHubLoginProps extends JwtLoginProps {
  /**
   * Issuer of the tokens of jobs.
   *
   * @default - that of github.com
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly issuer?: string;
}

/**
 * Jobs of GitHub Actions. A job for a pull request, also one of a fork, has the ref of the pull request, so it does not log in.
 *
 * @changes in place: tokens that exist stay valid until they expire
 */
export interface GitHubJob {
  /** Owner and name of the repository, such as "acme/shop". */
  readonly repository: string;
  /**
   * Number of the repository. Unlike its name, nobody else can get it later.
   *
   * @default - any repository that has the name
   */
  readonly repositoryId?: number;
  /**
   * Name of the branch.
   *
   * @default - any that the {@link environment} allows
   */
  readonly branch?: string;
  /**
   * Environment of the job. Its protection rules say which branches and people use it.
   *
   * @default - any, and none
   */
  readonly environment?: string;
}

/** Default path and type of the login. */
export const GITHUB_LOGIN = { path: "github", type: "jwt" } as const;

/** Issuer of github.com. */
export const DEFAULT_GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

/** The login of GitHub's jobs by their tokens; https://docs.github.com/actions/reference/openid-connect-reference */
export class GitHubLogin extends JwtLogin {
  constructor(scope: Construct, id: string, props: GitHubLoginProps) {
    const issuer = props.issuer ?? DEFAULT_GITHUB_ISSUER;
    super(scope, id, props, { issuer, jwksUrl: `${issuer}/.well-known/jwks` }, GITHUB_LOGIN);
  }

  /** Jobs of one repository, for one branch or environment. */
  job(job: GitHubJob): IRoleLogin {
    checkGitHubJob(job, this);
    const { repository, repositoryId, branch, environment } = job;
    return this.login("repository", {
      repository,
      repository_id: repositoryId?.toString(),
      ref: branch === undefined ? undefined : `refs/heads/${branch}`,
      environment,
    });
  }
}

/** @throws ValidationError if jobs that nobody reviewed could log in. */
export function checkGitHubJob({ repository, branch, environment }: GitHubJob, scope?: Construct): void {
  checkClaims("login of GitHub's jobs", { repository, branch, environment }, scope);
  if (!/^[^/]+\/[^/]+$/.test(repository))
    throw new ValidationError(
      "login-claim",
      `${JSON.stringify(repository)} is not a repository of GitHub; write its owner and its name, such as "acme/shop".`,
      scope,
    );
  if (branch !== undefined || environment !== undefined) return;
  throw new ValidationError(
    "login-claim",
    `The login of GitHub's jobs of ${repository} binds neither a branch nor an environment, so a job for any pull request could log in; write branch or environment.`,
    scope,
  );
}
