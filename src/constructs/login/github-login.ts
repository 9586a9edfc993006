import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { JwtLogin, type JwtLoginProps } from "./jwt-login";
import { checkClaims, checkNumber, type IRoleLogin } from "./role-login";

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
 * Jobs of GitHub Actions for one branch of a repository. A job for a pull request has another ref, unless its event is
 * `pull_request_target`: that one runs with the ref of the branch, also for a fork, and is refused by its event.
 *
 * @changes in place: tokens that exist stay valid until they expire
 */
export interface GitHubJob {
  /** Owner and name of the repository, such as "acme/shop". */
  readonly repository: string;
  /** Number of the repository. Unlike its name, nobody else can get it later. */
  readonly repositoryId: number;
  /** Name of the branch. */
  readonly branch: string;
  /**
   * Environment of the job. Its protection rules say which branches and people use it.
   *
   * @default - any, and none
   */
  readonly environment?: string;
  /**
   * Events that start the job. Strangers cause others, such as `pull_request_target`, `issue_comment` and `workflow_run`.
   *
   * @default - "push", "workflow_dispatch" and "schedule"
   */
  readonly events?: readonly string[];
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

  /** Jobs of one repository for one branch. */
  job(job: GitHubJob): IRoleLogin {
    checkGitHubJob(job, this);
    const { repository, repositoryId, branch, environment, events = EVENTS } = job;
    return this.login(
      "repository",
      {
        repository,
        repository_id: checkNumber(JOBS, "repositoryId", repositoryId, this),
        ref: `refs/heads/${branch}`,
        environment,
      },
      { event_name: events },
    );
  }
}

const JOBS = "login of GitHub's jobs";

/** Only people who may write to the repository cause them. */
const EVENTS = ["push", "workflow_dispatch", "schedule"];

/** @throws ValidationError if jobs that nobody reviewed could log in. */
export function checkGitHubJob({ repository, branch, environment, events }: GitHubJob, scope?: Construct): void {
  checkClaims(JOBS, { repository, branch, environment }, scope);
  if (!/^[^/]+\/[^/]+$/.test(repository))
    throw new ValidationError(
      "login-claim",
      `${JSON.stringify(repository)} is not a repository of GitHub; write its owner and its name, such as "acme/shop".`,
      scope,
    );
  if (typeof branch !== "string")
    throw new ValidationError(
      "login-claim",
      `The ${JOBS} of ${repository} binds no branch, so jobs for any ref could log in; write branch, also beside an environment.`,
      scope,
    );
  if (events?.length === 0)
    throw new ValidationError(
      "login-claim",
      `The ${JOBS} of ${repository} names no events, so no job could log in; name one, or remove events.`,
      scope,
    );
  for (const event of events ?? []) checkClaims(JOBS, { event_name: event }, scope);
}
