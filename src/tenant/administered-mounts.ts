import { KEY_VALUE_MOUNT } from "../constructs/key-value/key-value";
import { placeholdersOf } from "../constructs/key-value/placeholders";
import { PKI_MOUNT } from "../constructs/tenant-pki/tenant-pki";
import type { AdministeredMounts } from "../constructs/vault-instance/identity-settings";
import type { Feature } from "../contract/identities";
import { instanceLogins } from "./instance-logins";
import { engineMounts } from "./instance-mounts";
import type { TenantInstance } from "./tenant-schema";

/** The mounts that the tenant file describes, for the policies of the identities that configure them. */
export function administeredMounts(instance: TenantInstance): AdministeredMounts {
  const { product, plugins = [], tokenRoles = [], rateLimits = [], leaseLimits = [] } = instance;
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
    engines: engineMounts(instance),
    logins: instanceLogins(instance),
    ...(features.length === 0 ? {} : { features }),
    ...(placeholders.length === 0 ? {} : { placeholders }),
    // OpenBao has no entries over its API.
    ...(product === "openbao" || plugins.length === 0 ? {} : { plugins }),
    ...(held === undefined ? {} : { authorities: [{ mount: instance.pki?.mount ?? PKI_MOUNT, type: held }] }),
  };
}
