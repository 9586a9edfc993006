import { KEY_VALUE_MOUNT } from "../constructs/key-value/key-value";
import { placeholdersOf } from "../constructs/key-value/placeholders";
import { PKI_MOUNT } from "../constructs/tenant-pki/tenant-pki";
import type { AdministeredMounts } from "../constructs/vault-instance/identity-settings";
import type { EngineType, Feature } from "../contract/identities";
import type { InstanceMounts } from "../policy/policy-lint";
import { mountsOf, type EngineFields } from "./engines";
import { instanceLogins } from "./instance-logins";
import { cloudMounts } from "./sections/cloud-credentials";
import type { TenantInstance } from "./tenant-schema";

/** Type of the secrets engine that each field of the tenant file describes. */
const TYPES: Readonly<Record<Exclude<keyof EngineFields, "clouds">, EngineType>> = {
  pki: "pki",
  ssh: "ssh",
  databases: "database",
  keyValue: "kv",
};

/** The mounts that the tenant file describes, for the policies of the identities that configure them. */
export function administeredMounts(instance: TenantInstance): AdministeredMounts {
  const engines = Object.entries(TYPES).flatMap(([field, type]) =>
    mountsOf({ [field]: instance[field as keyof EngineFields] }).map((path) => ({ path, type })),
  );
  const { clouds = [], tokenRoles = [], rateLimits = [], leaseLimits = [] } = instance;
  const placeholders = (instance.keyValue ?? []).flatMap(({ mount = KEY_VALUE_MOUNT, ...spec }) =>
    placeholdersOf(mount, spec).map(({ path }) => ({ mount, path })),
  );
  const held = instance.pki?.authority?.held;
  const features: readonly Feature[] = [
    ...(tokenRoles.length === 0 ? [] : ["token-roles" as const]),
    ...(rateLimits.length + leaseLimits.length === 0 ? [] : ["quotas" as const]),
    ...((instance.roles ?? []).some(({ login }) => (login?.oidcGroups ?? login?.ldapGroups) !== undefined)
      ? ["external-groups" as const]
      : []),
    ...(instance.people?.mfa === undefined ? [] : ["mfa" as const]),
  ];
  return {
    engines: [...engines, ...cloudMounts(clouds)],
    logins: instanceLogins(instance),
    ...(features.length === 0 ? {} : { features }),
    ...(placeholders.length === 0 ? {} : { placeholders }),
    ...(held === undefined ? {} : { authorities: [{ mount: instance.pki?.mount ?? PKI_MOUNT, type: held }] }),
  };
}

/** The same mounts, for the comparison of roles' policies with the APIs of their engines. */
export function instanceMounts(instance: TenantInstance): InstanceMounts {
  const { engines, logins } = administeredMounts(instance);
  const below = logins.map(({ path, type }) => ({ path: `auth/${path}`, type: `auth/${type}` }));
  return { product: instance.product, mounts: [...engines, ...below] };
}
