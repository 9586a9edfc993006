import type { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import type { EngineGrants } from "../engines";
import { grantSchemas } from "../engines";
import { distinct, list, parsedBy, validatedBy, whole } from "../builders";
import { duration, path } from "../fields";
import { shape, type InFile } from "../in-file";
import { roleLogin, type RoleLoginSpec } from "./role-login";

/** What some projects may request, at most. */
export interface RequestLimitProps {
  /**
   * Numbers of projects of GitLab.
   *
   * @default - none
   * @changes nothing by itself: a request that is no longer within the limits fails the synthesis
   */
  readonly gitlabProjects?: readonly number[];
  /**
   * Numbers of repositories of GitHub.
   *
   * @default - none
   * @changes nothing by itself: a request that is no longer within the limits fails the synthesis
   */
  readonly githubRepositories?: readonly number[];
  /**
   * Longest lifetime of a token.
   *
   * @changes nothing by itself: a request that is no longer within the limits fails the synthesis
   */
  readonly maxTtl: Duration;
}

/** What some projects may request, at most. */
export interface RequestLimitSpec extends InFile<RequestLimitProps>, EngineGrants {}

/** Files in which the owners of projects request access, and what they may request. */
export interface SelfServiceSpec {
  /**
   * Folder of the requests, relative to that of the tenant file. It has one file per request, in YAML or TypeScript.
   *
   * @changes in place: the roles of files that are no longer there are removed; their tokens lose their rights at once
   */
  readonly folder: string;
  /**
   * What may be requested. A request must be within the limits that name its project.
   *
   * @changes nothing by itself: a request that is no longer within the limits fails the synthesis
   */
  readonly limits: readonly RequestLimitSpec[];
}

/** The jobs for which access is requested. */
export type RequestLoginSpec = Pick<RoleLoginSpec, "gitlab" | "github">;

/** A request of access for the jobs of a project: the content of a file. Its name is that of the file. */
export interface RequestSpec extends EngineGrants {
  /** The jobs that get the access. */
  readonly login: RequestLoginSpec;
  /** Lifetime of a token, such as "1h". What it has requested from databases expires with it. */
  readonly ttl: InFile<Duration>;
}

const numbers = distinct(whole("project", 1), "42").optional();

/** The section of what projects request. */
export const selfService = parsedBy(
  shape<SelfServiceSpec>()({
    folder: path,
    limits: list(
      shape<RequestLimitSpec>()({
        gitlabProjects: numbers,
        githubRepositories: numbers,
        maxTtl: duration,
        ...grantSchemas,
      }),
      '{ gitlabProjects: [42], maxTtl: "1h", read: ["kv/shop"] }',
    ),
  }),
  // The loader reads the files, because only it knows where the tenant file is.
  (spec) => ({ ...spec, requests: [] as readonly AccessRequest[] }),
);

const { gitlab, github } = roleLogin.in.shape;

/** The content of a request. */
export const requestSchema = shape<RequestSpec>()({
  login: validatedBy(shape<RequestLoginSpec>()({ gitlab, github }), (login) => {
    if (login.gitlab === undefined && login.github === undefined)
      throw new ValidationError("role-login", "names no job, so nobody could log in; name one of gitlab or github.");
  }),
  ttl: duration,
  ...grantSchemas,
});

/** A request that was read from a file. */
export interface AccessRequest extends EngineGrants {
  /** The file, as errors show it. */
  readonly file: string;
  /** Name of the role. */
  readonly name: string;
  readonly login: RequestLoginSpec;
  readonly ttl: Duration;
}

/** A limit, as a checked file has it. */
export type RequestLimit = RequestLimitProps & EngineGrants;
