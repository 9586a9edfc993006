import { checkLeaseLimit } from "../constructs/quotas/lease-limit";
import { quotaPath, type CheckedQuota } from "../constructs/quotas/quota-target";
import type { Product } from "../core/product";
import { validationMessage } from "./builders";
import { mountsOf, type EngineSpecs } from "./engines";
import { instanceLogins, type WithLogins } from "./instance-logins";
import type { Report } from "./references";
import type { Deployment } from "./sections/deployment";
import { unknownName } from "./sections/engine";
import type { RoleLoginSpec } from "./sections/role-login";

/** An instance, as far as its quotas are concerned. */
interface CheckedInstance extends WithLogins {
  readonly product: Product;
  readonly deployment: Pick<Deployment, "mode"> & { readonly of?: string };
  readonly roles?: readonly { readonly name: string; readonly login?: RoleLoginSpec }[];
  readonly rateLimits?: readonly CheckedQuota[];
  readonly leaseLimits?: readonly (CheckedQuota & { readonly maxLeases: number })[];
}

/** Login methods whose roles a server tells apart before a login succeeds. */
const WITH_ROLES: readonly string[] = ["approle", "jwt", "oidc", "kubernetes", "cert", "aws", "azure", "gcp"];

/** Quotas need a server of the instance's own, a product that has them, and a mount that exists; each target has one. */
export function checkQuotas(instance: CheckedInstance, report: Report): void {
  for (const field of ["rateLimits", "leaseLimits"] as const) {
    const quotas: readonly CheckedQuota[] = instance[field] ?? [];
    if (quotas.length > 0 && instance.deployment.mode === "namespace") {
      const { of = "" } = instance.deployment;
      report(
        [field],
        `a namespace has no quotas of its own; write them at ${of}, with namespace: "<tenant>/<instance>" of this one`,
      );
      return;
    }
    quotas.forEach((quota, index) => {
      checkTarget(instance, quota, (path, message) => report([field, index, ...path], message));
      const same = quotas.findIndex((other) => quotaPath(other) === quotaPath(quota) && other.role === quota.role);
      if (same < index) report([field, index], `limits the same as "${quotas[same]?.name ?? ""}"; remove one of them`);
    });
  }
  (instance.leaseLimits ?? []).forEach((limit, index) => {
    const refused = validationMessage(() => checkLeaseLimit(limit, instance.product));
    if (refused !== undefined) report(["leaseLimits", index], refused);
  });
}

/** The mounts and roles of a namespace are in another file. */
function checkTarget(instance: CheckedInstance, { mount, login, role, namespace }: CheckedQuota, report: Report): void {
  if (namespace !== undefined) return;
  const logins = instanceLogins(instance);
  const known = {
    mount: mountsOf(instance as unknown as EngineSpecs),
    login: logins.map(({ path }) => path),
    role: (instance.roles ?? []).map(({ name }) => name),
  };
  for (const [field, value] of Object.entries({ mount, login, role })) {
    const problem = value === undefined ? undefined : unknownName(value, known[field as keyof typeof known]);
    if (problem !== undefined) report([field], problem);
  }
  const type = logins.find(({ path }) => path === login)?.type;
  if (role !== undefined && type !== undefined && !WITH_ROLES.includes(type))
    report(["role"], `the login "${login ?? ""}" has no roles; remove role`);
}
