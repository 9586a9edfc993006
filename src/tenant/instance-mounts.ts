import type { EngineType } from "../contract/identities";
import type { Product } from "../core/product";
import type { InstanceMounts } from "../policy/policy-lint";
import { mountsOf, type EngineFields, type EngineSpecs } from "./engines";
import { instanceLogins, type WithLogins } from "./instance-logins";
import { cloudMounts } from "./sections/cloud-credentials";

/** Type of the secrets engine that each field of the tenant file describes. */
const TYPES: Readonly<Record<Exclude<keyof EngineFields, "clouds">, EngineType>> = {
  pki: "pki",
  ssh: "ssh",
  databases: "database",
  keyValue: "kv",
};

/** An instance, as far as its secrets engines are concerned. */
export interface WithEngines {
  readonly clouds?: Parameters<typeof cloudMounts>[0] | undefined;
}

/** A mount of a secrets engine. */
export interface EngineMount {
  readonly path: string;
  readonly type: EngineType;
}

/** The secrets engines that an instance describes. */
export function engineMounts({ clouds = [], ...instance }: WithEngines): EngineMount[] {
  const engines = Object.entries(TYPES).flatMap(([field, type]) =>
    mountsOf({ [field]: (instance as EngineSpecs)[field] }).map((path) => ({ path, type })),
  );
  return [...engines, ...cloudMounts(clouds)];
}

/** All mounts, for the comparison of policies with the APIs of their engines. */
export function instanceMounts(instance: WithEngines & WithLogins & { readonly product: Product }): InstanceMounts {
  const logins = instanceLogins(instance).map(({ path, type }) => ({ path: `auth/${path}`, type: `auth/${type}` }));
  return { product: instance.product, mounts: [...engineMounts(instance), ...logins] };
}
