import type { AdministeredMounts } from "../constructs/vault-instance/identity-settings";
import type { EngineType } from "../contract/identities";
import { mountsOf, type EngineFields } from "./engines";
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
  const { roles = [], appRole, clouds = [] } = instance;
  const logins = roles.length === 0 ? [] : [{ path: appRole?.path ?? "approle", type: "approle" as const }];
  return { engines: [...engines, ...cloudMounts(clouds)], logins };
}
