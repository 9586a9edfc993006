import { KEY_VALUE_MOUNT } from "../constructs/key-value/key-value";
import { placeholdersOf } from "../constructs/key-value/placeholders";
import type { AdministeredMounts } from "../constructs/vault-instance/identity-settings";
import type { EngineType } from "../contract/identities";
import { PEOPLE_LOGIN } from "../contract/people";
import type { InstanceMounts } from "../policy/policy-lint";
import { mountsOf, type EngineFields } from "./engines";
import { cloudMounts } from "./sections/cloud-credentials";
import { loginMounts } from "./sections/logins";
import { hasAppRole } from "./sections/roles";
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
  const { roles = [], appRole, logins: methods = {}, people, clouds = [], tokenRoles = [] } = instance;
  const logins = [
    ...(roles.some(hasAppRole) ? [{ path: appRole?.path ?? "approle", type: "approle" as const }] : []),
    ...loginMounts(methods),
    ...(people === undefined ? [] : [{ path: people.path ?? PEOPLE_LOGIN, type: "userpass" as const }]),
  ];
  const placeholders = (instance.keyValue ?? []).flatMap(({ mount = KEY_VALUE_MOUNT, ...spec }) =>
    placeholdersOf(mount, spec).map(({ path }) => ({ mount, path })),
  );
  return {
    engines: [...engines, ...cloudMounts(clouds)],
    logins,
    ...(tokenRoles.length === 0 ? {} : { features: ["token-roles" as const] }),
    ...(placeholders.length === 0 ? {} : { placeholders }),
  };
}

/** The same mounts, for the comparison of roles' policies with the APIs of their engines. */
export function instanceMounts(instance: TenantInstance): InstanceMounts {
  const { engines, logins } = administeredMounts(instance);
  const below = logins.map(({ path, type }) => ({ path: `auth/${path}`, type: `auth/${type}` }));
  return { product: instance.product, mounts: [...engines, ...below] };
}
