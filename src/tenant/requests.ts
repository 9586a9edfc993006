import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { DNS_LABEL } from "../core/dns-label";
import { checkAliasNames } from "./alias-names";
import { TenantError } from "./define-tenant";
import { GRANT_FIELDS, refuseGrant } from "./engines";
import { checkLiterally } from "./literal-texts";
import { importDefault, MODULES } from "./load-module";
import { oneOf } from "./messages";
import { check, fieldName, type FieldProblem } from "./problems";
import { checkPolicies, type Report } from "./references";
import { requestSchema, type AccessRequest, type RequestLimit, type RequestSpec } from "./sections/self-service";
import type { Tenant, TenantInstance } from "./tenant-schema";
import { readYaml } from "./yaml";

/** What the names of the roles of requests begin with, so that a plan and an audit log say where a role comes from. */
const PREFIX = "request-";

/** Describes a request of access; the default export of a TypeScript file in the folder of a tenant's requests. */
export function defineRequest(spec: RequestSpec): RequestSpec {
  return spec;
}

/**
 * Reads the requests of a tenant's instances.
 *
 * @param file The tenant file.
 * @throws TenantError that names the file of a request, each wrong field, what is allowed, and the fix.
 */
export async function withRequests(tenant: Tenant, file: string): Promise<Tenant> {
  if (tenant.instances.every(({ selfService }) => selfService === undefined)) return tenant;
  const instances: TenantInstance[] = [];
  for (const [index, instance] of tenant.instances.entries()) instances.push(await ofInstance(instance, index, file));
  return Object.freeze({ ...tenant, instances });
}

async function ofInstance(instance: TenantInstance, index: number, file: string): Promise<TenantInstance> {
  const { selfService } = instance;
  if (selfService === undefined) return instance;
  const folder = join(dirname(file), selfService.folder);
  if (!existsSync(folder)) {
    const path = ["instances", index, "selfService", "folder"];
    throw new TenantError(file, [
      problem(
        path,
        `"${selfService.folder}" does not exist beside the tenant file; make the folder, or name another one`,
      ),
    ]);
  }
  const requests: AccessRequest[] = [];
  for (const name of readdirSync(folder).sort())
    if (isRequest(name))
      requests.push(await readRequest(join(folder, name), { ...instance, selfService: { ...selfService, requests } }));
  return Object.freeze({
    ...instance,
    selfService: Object.freeze({ ...selfService, requests: Object.freeze(requests) }),
  });
}

function isRequest(name: string): boolean {
  return [".yaml", ".yml", ...MODULES].includes(extname(name)) && !/\.d\.m?ts$/.test(name);
}

type WithSelfService = TenantInstance & { readonly selfService: NonNullable<TenantInstance["selfService"]> };

/** @param instance The instance with the requests that were read before. */
async function readRequest(file: string, instance: WithSelfService): Promise<AccessRequest> {
  const { value, locate } = MODULES.includes(extname(file))
    ? { value: await importDefault(file), locate: (each: FieldProblem) => each }
    : readText(file);
  const fail = (problems: readonly FieldProblem[]): never => {
    throw new TenantError(file, problems.map(locate));
  };
  const checked = checkLiterally(value, (written) => check(requestSchema, written));
  if ("problems" in checked) return fail(checked.problems);
  const own = basename(file, extname(file));
  const request: AccessRequest = { ...checked.output, file, name: `${PREFIX}${own}` };
  const problems: FieldProblem[] = [];
  const report: Report = (path, reason) => problems.push(problem(path, reason));
  if (!DNS_LABEL.test(own))
    report([], `"${own}" is not a valid name of a request; name the file with up to 63 characters a-z, 0-9 and -`);
  for (const each of [checkRequestName, checkRequestGrants, checkRequestLogin, checkRequestLimits])
    if (problems.length === 0) each(request, instance, report);
  return problems.length > 0 ? fail(problems) : Object.freeze(request);
}

function readText(file: string): { value: unknown; locate: (problem: FieldProblem) => FieldProblem } {
  const read = readYaml(readFileSync(file, "utf8"));
  if ("problems" in read) throw new TenantError(file, read.problems);
  return read;
}

function problem(path: readonly PropertyKey[], reason: string): FieldProblem {
  return { field: fieldName(path), path, reason };
}

/** The role and its policy must replace no other one. */
function checkRequestName({ name }: AccessRequest, instance: WithSelfService, report: Report): void {
  const { roles = [], workloads = [], selfService } = instance;
  // A workload logs in as a role of its own.
  if ([...roles, ...workloads, ...selfService.requests].some((role) => role.name === name))
    report([], `another role or workload is named "${name}"; give the file another name`);
  checkPolicies({ ...instance, roles: [{ name }] }, (_path, reason) => report([], reason));
}

/** Everything that is requested must exist. */
function checkRequestGrants(request: AccessRequest, instance: WithSelfService, report: Report): void {
  const wanted = grantsOf(request);
  if (wanted.length === 0) report([], `requests nothing; add an entry to ${oneOf(GRANT_FIELDS)}, or remove the file`);
  for (const { field, entry, position } of wanted) {
    const refusal = refuseGrant(instance, field, entry);
    if (refusal !== undefined) report([field, position], refusal);
  }
  checkAliasNames({ ...instance, roles: [request] }, ([, , ...path], reason) => report(path, reason));
}

/** The login method must exist. */
function checkRequestLogin({ login }: AccessRequest, { logins = {} }: WithSelfService, report: Report): void {
  for (const field of ["gitlab", "github"] as const)
    if (login[field] !== undefined && logins[field] === undefined)
      report(["login", field], `there is no such login; add the field "${field}" to logins of the tenant file`);
}

/** A limit must name the project, and allow the lifetime. What is requested is compared once the policies are there. */
function checkRequestLimits(request: AccessRequest, { selfService }: WithSelfService, report: Report): void {
  const { ttl } = request;
  const limits = limitsOfProject(request, selfService.limits);
  if (limits.length === 0) {
    report(
      ["login"],
      `${projectsOf(request)} may request nothing; ask who looks after selfService.limits of the tenant file`,
    );
    return;
  }
  if (limitsOf(request, selfService.limits).length > 0) return;
  const longest = limits.map(({ maxTtl }) => maxTtl).reduce((one, other) => (one.isLongerThan(other) ? one : other));
  report(
    ["ttl"],
    `${ttl.toString()} is longer than ${projectsOf(request)} may request; write at most ${longest.toString()}`,
  );
}

/** The limits under which a request is. */
export function limitsOf(request: AccessRequest, limits: readonly RequestLimit[]): RequestLimit[] {
  return limitsOfProject(request, limits).filter(({ maxTtl }) => !request.ttl.isLongerThan(maxTtl));
}

function limitsOfProject({ login }: AccessRequest, limits: readonly RequestLimit[]): RequestLimit[] {
  const { gitlab, github } = login;
  return limits.filter(
    ({ gitlabProjects = [], githubRepositories = [] }) =>
      (gitlab === undefined || gitlabProjects.includes(gitlab.projectId)) &&
      (github === undefined || githubRepositories.includes(github.repositoryId)),
  );
}

/** The projects of a request, for messages. */
export function projectsOf({ login: { gitlab, github } }: Pick<AccessRequest, "login">): string {
  return [
    ...(gitlab === undefined ? [] : [`the GitLab project ${gitlab.projectId}`]),
    ...(github === undefined ? [] : [`the GitHub repository ${github.repositoryId}`]),
  ].join(" with ");
}

/** An entry of a field that grants something. */
export interface RequestedGrant {
  readonly field: string;
  readonly entry: string;
  readonly position: number;
}

/** Everything that a request asks for. */
export function grantsOf(request: AccessRequest): RequestedGrant[] {
  return GRANT_FIELDS.flatMap((field) =>
    ((request as unknown as Record<string, readonly string[] | undefined>)[field] ?? []).map((entry, position) => ({
      field,
      entry,
      position,
    })),
  );
}
