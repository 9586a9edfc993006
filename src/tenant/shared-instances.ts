import { OFFICIAL_IMAGES } from "../constructs/vault-instance/chart";
import { hasSealedNamespaces, namespacePath, SEALED_NAMESPACES_SINCE } from "../contract/namespaces";
import { closest } from "../core/closest";
import { runsInCluster } from "./sections/deployment";
import type { Tenant, TenantInstance } from "./tenant-schema";

/** Path of the namespace that an instance is; undefined for an instance with servers of its own. */
export function instanceNamespace(
  tenant: string,
  { name, deployment }: Pick<TenantInstance, "name" | "deployment">,
): string | undefined {
  return deployment.mode === "namespace" ? namespacePath(`${tenant}/${name}`) : undefined;
}

/** The instances of all tenants that are namespaces of one, `<tenant>/<instance>`. Retired ones need no login any more. */
export function hostedInstances(tenants: readonly Tenant[], host: string): string[] {
  return tenants.flatMap(({ name: tenant, instances }) =>
    instances
      .filter(
        ({ deployment, retired }) => deployment.mode === "namespace" && deployment.of === host && retired !== true,
      )
      .map(({ name }) => `${tenant}/${name}`),
  );
}

/** The namespaces of a tenant, for the rights of its logins in the central Vault. */
export function sharedNamespaces({ name: tenant, instances }: Tenant): { instance: string; sharedInstance: string }[] {
  return instances.flatMap(({ name, deployment }) =>
    deployment.mode === "namespace" ? [{ instance: `${tenant}/${name}`, sharedInstance: deployment.of }] : [],
  );
}

/**
 * Why an instance cannot be a namespace of another one; undefined if it can.
 *
 * @param tenants Of which the other one may be.
 */
export function refuseHost(
  of: string,
  { retired: leaves }: Pick<TenantInstance, "retired">,
  tenants: readonly Tenant[],
): string | undefined {
  const known = tenants.flatMap(({ name: tenant, instances }) =>
    instances.map((instance) => ({ path: `${tenant}/${instance.name}`, instance })),
  );
  const host = known.find(({ path }) => path === of)?.instance;
  if (host === undefined) return unknownHost(of, known);
  const { deployment, product, retired } = host;
  if (deployment.mode === "namespace")
    return `${of} is a namespace itself; name the instance that hosts it, ${deployment.of}`;
  if (product !== "openbao")
    return `${of} runs Vault, whose namespaces have no keys of their own; name an instance of OpenBao`;
  if (retired === true && leaves !== true) return `${of} is retired; name another instance, or retire this one as well`;
  const tag = runsInCluster(deployment) ? (deployment.image ?? OFFICIAL_IMAGES[product]).tag : "";
  return hasSealedNamespaces(tag)
    ? undefined
    : `${of} runs OpenBao ${tag}, whose namespaces have no keys of their own; upgrade it to ${SEALED_NAMESPACES_SINCE} or later`;
}

type Known = readonly { readonly path: string; readonly instance: TenantInstance }[];

function unknownHost(of: string, known: Known): string {
  const hosts = known.filter(({ instance }) => instance.deployment.mode !== "namespace").map(({ path }) => path);
  const meant = closest(of, hosts);
  return `"${of}" does not exist; ${meant === undefined ? `write one of ${hosts.join(", ") || "none"}` : `did you mean "${meant}"?`}`;
}
