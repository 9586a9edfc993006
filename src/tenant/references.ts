import { firstDuplicate } from "../core/duplicates";
import { oneOf } from "./messages";
import { enginesOf, GRANT_FIELDS, mountsOf, policiesOf, refuseGrant, type EngineSpecs } from "./engines";

import { neededLogins } from "./sections/logins";
import type { Product } from "../core/product";
import { databaseMount, policyNameOf } from "../constructs/dynamic-db/dynamic-db";
import type { DynamicDbProps } from "../constructs/dynamic-db/dynamic-db-props";
import { checkStaticRotation } from "../constructs/dynamic-db/static-rotation";
import { checkPlugins, requireEngine, type ExternalPlugin } from "../constructs/server-config/external-plugin";
import { checkCatalog } from "../constructs/server-config/plugin-catalog";
import { validationMessage } from "./builders";

/** Reports a problem of a field, by the path of the field. */
export type Report = (path: readonly PropertyKey[], message: string) => void;

/** A role, as far as its grants are concerned. */
type Granted = Readonly<Record<string, unknown>>;

/** An instance, as far as its engines and roles are concerned. */
export type Referring = EngineSpecs & { readonly roles?: readonly Granted[] };

/** An instance, as far as what its servers have is concerned. */
interface CheckedServers {
  readonly product: Product;
  readonly plugins?: readonly ExternalPlugin[];
  readonly logins?: object;
  readonly databases?: readonly Pick<DynamicDbProps, "name" | "mount" | "staticRoles">[];
}

/** No mount may be another one, or be below it. */
export function checkMounts(instance: Referring, report: Report): void {
  const mounts = mountsOf(instance);
  mounts.forEach((mount, index) => {
    const other = mounts.slice(0, index).find((earlier) => isBelow(mount, earlier) || isBelow(earlier, mount));
    if (other === undefined) return;
    report([], `two engines are mounted at "${other}" and "${mount}"; choose mounts that are not within each other`);
  });
}

/** Whether a path is another one, or below it. */
function isBelow(path: string, other: string): boolean {
  return `${path}/`.startsWith(`${other}/`);
}

/** The servers must have every engine and login method, by themselves or by a plugin, and what databases use of theirs. */
export function checkServers(instance: Referring, report: Report): void {
  const { product, plugins = [], logins = {}, databases = [] } = instance as unknown as CheckedServers;
  // Only a Vault has the plugins as resources.
  const check = product === "vault" ? checkCatalog : checkPlugins;
  const refused = validationMessage(() => check(plugins));
  if (refused !== undefined) report(["plugins"], refused);
  for (const { path, engine } of [...enginesOf(instance), ...neededLogins(logins)]) {
    const missing = validationMessage(() => requireEngine({ product, plugins }, engine));
    if (missing !== undefined) report(path, missing);
  }
  checkPasswordPolicies(databases.map(databaseMount), report);
  databases.forEach(({ staticRoles = [] }, database) => {
    staticRoles.forEach((role, index) => {
      const unknown = validationMessage(() => checkStaticRotation(role, product));
      if (unknown !== undefined) report(["databases", database, "staticRoles", index], unknown);
    });
  });
}

/** Each database has a password policy of its own, whose name has less of the mount than its path. */
function checkPasswordPolicies(mounts: readonly string[], report: Report): void {
  mounts.forEach((mount, index) => {
    const name = policyNameOf(mount);
    const other = mounts.slice(0, index).find((earlier) => earlier !== mount && policyNameOf(earlier) === name);
    if (other === undefined) return;
    report(
      ["databases", index],
      `the mounts "${other}" and "${mount}" would have one password policy, "${name}"; choose mounts that differ in letters, digits, _ or -`,
    );
  });
}

/** A policy that has the name of another one would replace it. */
export function checkPolicies(instance: Referring, report: Report): void {
  const policies = policiesOf(instance);
  const twice = firstDuplicate(policies);
  if (twice !== undefined) {
    report(["keyValue"], `two policies are named "${twice}"; give each organization and each app its own name`);
  }
  instance.roles?.forEach(({ name }, index) => {
    if (!policies.includes(name as string)) return;
    report(["roles", index, "name"], `"${String(name)}" is the name of a policy of keyValue; choose another name`);
  });
}

/** Everything that a role is granted must exist. */
export function checkGrants(instance: Referring, report: Report): void {
  instance.roles?.forEach((role, index) => {
    const granted = GRANT_FIELDS.map((field) => ({ field, entries: (role[field] ?? []) as readonly string[] }));
    if (
      role.duty === undefined &&
      role.createTokens === undefined &&
      role.rotateSecretIds === undefined &&
      role.rawStatements === undefined &&
      granted.every(({ entries }) => entries.length === 0)
    ) {
      report(["roles", index], `is granted nothing; add an entry to ${oneOf(GRANT_FIELDS)}, or remove the role`);
    }
    for (const { field, entries } of granted) {
      entries.forEach((entry, position) => {
        const refusal = refuseGrant(instance, field, entry);
        if (refusal !== undefined) report(["roles", index, field, position], refusal);
      });
    }
  });
}
