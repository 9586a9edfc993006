import { DNS_LABEL } from "../../core/dns-label";
import { firstDuplicate } from "../../core/duplicates";
import { ValidationError } from "../../core/errors";
import { checkFolder } from "./folder";
import type { KeyValueAppProps, KeyValueOrganizationProps } from "./key-value-props";

/** A policy for the secrets of environments. */
export interface EnvironmentPolicy {
  readonly name: string;
  readonly access: "read" | "write";
  /** Folders of the environments, below the mount. */
  readonly folders: readonly string[];
}

/** An environment of an app. */
interface Environment {
  /** Name without that of the app. */
  readonly environment: string;
  /** Name with that of the app, such as `web-dev`. */
  readonly name: string;
  readonly folder: string;
  readonly isProtected: boolean;
  readonly hasPolicies: boolean;
}

const DEFAULT_ENVIRONMENTS = ["local", "dev", "qa", "stg", "prod"];
const DEFAULT_PROTECTED = ["prod"];

type Scope = ConstructorParameters<typeof ValidationError>[2];

/**
 * The policies of organizations, apps and environments. Servers refuse an empty policy, so none is without a folder.
 *
 * @throws ValidationError if a name is not possible, or two of them could be confused.
 */
export function environmentPolicies(
  organizations: readonly KeyValueOrganizationProps[],
  scope?: Scope,
): EnvironmentPolicy[] {
  checkEnvironments(organizations, scope);
  const policies = organizations.flatMap(policiesOf).filter(({ folders }) => folders.length > 0);
  checkPolicyNames(policies, scope);
  return policies;
}

function policiesOf({ name, apps }: KeyValueOrganizationProps): EnvironmentPolicy[] {
  const environments = apps.map((app) => environmentsOf(name, app));
  return [
    admin(name, open(environments.flat())),
    ...apps.flatMap((app, index) => pair(app.name, open(environments[index] ?? []))),
    ...environments
      .flat()
      .filter(({ hasPolicies }) => hasPolicies)
      .flatMap((environment) => pair(environment.name, [environment])),
  ];
}

function pair(name: string, environments: readonly Environment[]): EnvironmentPolicy[] {
  return [admin(name, environments), { name: `${name}-user`, access: "read", folders: foldersOf(environments) }];
}

function admin(name: string, environments: readonly Environment[]): EnvironmentPolicy {
  return { name: `${name}-admin`, access: "write", folders: foldersOf(environments) };
}

function foldersOf(environments: readonly Environment[]): string[] {
  return environments.map(({ folder }) => folder);
}

function open(environments: readonly Environment[]): Environment[] {
  return environments.filter(({ isProtected }) => !isProtected);
}

/** The environments of an app. */
export function environmentsOf(
  organization: string,
  { name: app, environments = DEFAULT_ENVIRONMENTS, ...props }: KeyValueAppProps,
): Environment[] {
  const { protectedEnvironments = DEFAULT_PROTECTED, environmentPolicies: all = false } = props;
  return environments.map((environment) => {
    const name = `${app}-${environment}`;
    const isProtected = protectedEnvironments.includes(environment);
    return {
      environment,
      name,
      folder: `${organization}/${app}/${name}`,
      isProtected,
      hasPolicies: isProtected || all,
    };
  });
}

function checkEnvironments(organizations: readonly KeyValueOrganizationProps[], scope: Scope): void {
  for (const { name, apps } of organizations) {
    checkName("organization", name, scope);
    checkFolder(name);
    for (const app of apps) checkApp(app, scope);
  }
  checkDistinct(
    organizations.flatMap(({ name, apps }) => apps.flatMap((app) => environmentsOf(name, app))),
    scope,
  );
}

function checkApp(
  { name, environments = DEFAULT_ENVIRONMENTS, protectedEnvironments = [] }: KeyValueAppProps,
  scope: Scope,
): void {
  checkName("app", name, scope);
  for (const environment of environments) checkName("environment", environment, scope);
  if (environments.length === 0) {
    throw new ValidationError("environments", `The app ${name} has no environment; add one, or remove the app.`, scope);
  }
  const unknown = protectedEnvironments.find((environment) => !environments.includes(environment));
  if (unknown === undefined) return;
  throw new ValidationError(
    "environments",
    `The app ${name} has no environment "${unknown}" to protect; use one of: ${environments.join(", ")}.`,
    scope,
  );
}

/** A name is a part of a path, and of the name of a policy, which servers store in lower case. */
function checkName(kind: string, name: string, scope: Scope): void {
  if (DNS_LABEL.test(name)) return;
  throw new ValidationError(
    "environment-name",
    `${JSON.stringify(name)} is not a valid name of an ${kind}; use up to 63 characters a-z, 0-9 and -, beginning and ending with a letter or digit.`,
    scope,
  );
}

/** A rule that somebody writes for `web-dev*` must match no other environment. It also keeps names of policies apart. */
function checkDistinct(environments: readonly Environment[], scope: Scope): void {
  environments.forEach(({ name, folder }, index) => {
    const other = environments.find((each, position) => position !== index && name.startsWith(each.name));
    if (other === undefined) return;
    const problem =
      name === other.name
        ? `The environment ${name} is defined twice`
        : `The environment ${folder} begins with the name of ${other.folder}, so that a rule for ${other.name}* would match both`;
    throw new ValidationError("environment-prefix", `${problem}; rename an app or an environment.`, scope);
  });
}

/** Only one of two policies with the same name would exist. */
function checkPolicyNames(policies: readonly EnvironmentPolicy[], scope: Scope): void {
  const twice = firstDuplicate(policies.map(({ name }) => name));
  if (twice === undefined) return;
  throw new ValidationError(
    "duplicate-policy",
    `Two policies are named "${twice}"; give each organization and each app its own name.`,
    scope,
  );
}
