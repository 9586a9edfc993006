import { groupKey } from "../constructs/login/external-groups";
import type { UserProps } from "../constructs/users/users-props";
import type { Report } from "./references";
import { runsInCluster, type Deployment } from "./sections/deployment";
import { LOGIN_FIELDS, type LoginsSpec } from "./sections/logins";
import type { RoleLoginSpec } from "./sections/role-login";

/** An instance, as far as the logins of its roles are concerned. */
interface CheckedInstance {
  readonly deployment: Deployment;
  readonly logins?: Partial<Record<keyof LoginsSpec, object>> &
    Partial<Record<"kubernetes" | "certificate", { readonly caCertificate?: string }>>;
  readonly people?: { readonly users: readonly UserProps[]; readonly groupMetadata?: Readonly<Record<string, object>> };
  readonly pki?: unknown;
  readonly roles?: readonly { readonly login?: RoleLoginSpec }[];
}

/** Every login must be able to work, every login that a role names must exist, and every group that a user has must be that of a role. */
export function checkRoleLogins(
  { deployment, logins = {}, people, pki, roles = [] }: CheckedInstance,
  report: Report,
): void {
  const mayReview = !runsInCluster(deployment) || deployment.kubernetesAuth === true;
  if (logins.kubernetes !== undefined && logins.kubernetes.caCertificate === undefined && !mayReview)
    report(
      ["logins", "kubernetes"],
      "needs servers that may review tokens; add kubernetesAuth: true to the deployment, or caCertificate for pods of another cluster, whose service accounts need the ClusterRole system:auth-delegator",
    );
  if (logins.certificate !== undefined && logins.certificate.caCertificate === undefined && pki === undefined)
    report(
      ["logins", "certificate"],
      "has no authority of the clients; add caCertificate, or the field pki to the instance",
    );
  roles.forEach(({ login = {} }, index) => {
    for (const field of LOGIN_FIELDS) {
      if (login[field] === undefined || logins[field] !== undefined) continue;
      report(["roles", index, "login", field], `there is no such login; add the field "${field}" to logins`);
    }
    for (const field of ["oidc", "ldap"] as const) {
      if (login[`${field}Groups`] === undefined || logins[field] !== undefined) continue;
      report(["roles", index, "login", `${field}Groups`], `there is no such login; add the field "${field}" to logins`);
    }
    if (login.groups !== undefined && people === undefined)
      report(["roles", index, "login", "groups"], "there are no people; add the field people to the instance");
  });
  const reached = roles.flatMap(({ login }) => login?.groups ?? []);
  const checkReached = (group: string, path: readonly PropertyKey[]): void => {
    if (reached.includes(group)) return;
    const known = [...new Set(reached)].join(", ") || "none";
    report(path, `no role names the group "${group}"; write it in login.groups of a role, or use one of: ${known}`);
  };
  people?.users.forEach(({ groups = [] }, user) => {
    groups.forEach((group, position) => checkReached(group, ["people", "users", user, "groups", position]));
  });
  for (const group of Object.keys(people?.groupMetadata ?? {})) checkReached(group, ["people", "groupMetadata", group]);
}

/** Groups of another provider of identities are told apart by their names, which have less of a group in the instance and in Terraform. */
export function checkExternalGroups({ roles = [] }: Pick<CheckedInstance, "roles">, report: Report): void {
  for (const field of ["oidcGroups", "ldapGroups"] as const) {
    const known = new Map<string, string>();
    roles.forEach(({ login = {} }, role) => {
      login[field]?.forEach((group, position) => {
        const key = groupKey(field, group);
        const other = known.get(key) ?? group;
        known.set(key, other);
        if (other === group) return;
        report(
          ["roles", role, "login", field, position],
          `"${group}" and "${other}" differ in case, punctuation or letters other than a to z alone, so they would be one group; name one of them, or rename it at the provider of identities`,
        );
      });
    });
  }
}
