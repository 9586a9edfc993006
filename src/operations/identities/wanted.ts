import {
  DEFAULT_SECRET_ID_TTL,
  DEFAULT_TOKEN_TTL,
  ENGINE_TYPES,
  IDENTITY_LOGIN,
  identityPolicyName,
  LOGIN_TYPES,
  type IdentitySettings,
  type LoginName,
} from "../../contract/identities";
import type { Instance } from "../../contract/instance";
import type { IdentityScope } from "../../policy/identity-policies";
import type { RoleSettings } from "../../vault/access";
import type { ServerMount } from "../../vault/access-answers";

const DEFAULTS: IdentitySettings = {
  mounts: [],
  logins: [],
  tokenTtl: DEFAULT_TOKEN_TTL,
  secretIdTtl: DEFAULT_SECRET_ID_TTL,
};

/** How an instance's identities are to be, as far as its description says. */
export function settingsOf({ identities }: Pick<Instance, "identities">): IdentitySettings {
  return identities ?? DEFAULTS;
}

/** Seconds for which what the mount of the identities issues is valid at most. */
export function longestTtl({ tokenTtl, secretIdTtl }: IdentitySettings): number {
  return Math.max(tokenTtl, secretIdTtl);
}

/**
 * What the identities administer: what the tenant file describes, and what exists. An engine that left the tenant file exists until
 * the config layer, which needs the identity for that, has destroyed it.
 */
export function scopeOf(
  { product, identities, sharedInstance }: Pick<Instance, "product" | "identities" | "sharedInstance">,
  engines: readonly ServerMount[],
  logins: readonly ServerMount[],
): IdentityScope {
  const settings = settingsOf({ identities });
  const ours = logins.filter(({ path }) => path !== IDENTITY_LOGIN);
  return {
    product,
    ...(sharedInstance === undefined ? {} : { isNamespace: true }),
    mounts: unique([...settings.mounts, ...engines.filter(isKeyValue2OrOther).flatMap(typed(ENGINE_TYPES))]),
    placeholders: settings.placeholders,
    authorities: settings.authorities,
    plugins: settings.plugins,
    logins: unique([...settings.logins, ...ours.flatMap(typed(LOGIN_TYPES))]),
  };
}

/** Role of an identity, with the names of the API. */
export function wantedRole(identity: LoginName, settings: IdentitySettings): RoleSettings {
  const cidrs = settings.boundCidrs ?? [];
  return {
    bind_secret_id: true,
    secret_id_bound_cidrs: cidrs,
    secret_id_num_uses: 0,
    secret_id_ttl: settings.secretIdTtl,
    token_bound_cidrs: cidrs,
    token_max_ttl: settings.tokenTtl,
    token_no_default_policy: true,
    token_num_uses: 0,
    token_period: 0,
    token_policies: [identityPolicyName(identity)],
    token_ttl: settings.tokenTtl,
  };
}

/** The settings with which a role becomes what it was. */
export function formerRole(found: Readonly<Record<string, unknown>>): RoleSettings {
  const names = Object.keys(wantedRole("plan", DEFAULTS));
  return Object.fromEntries(names.map((name) => [name, found[name] ?? []])) as RoleSettings;
}

/** Whether a role is as it is to be; what nobody set is of no account. */
export function isAsWanted(found: Readonly<Record<string, unknown>> | undefined, wanted: RoleSettings): boolean {
  if (found === undefined) return false;
  return Object.entries(wanted).every(([name, value]) => comparable(found[name]) === comparable(value));
}

/** The server leaves out empty lists, and the length of the prefix of a single address. */
function comparable(value: unknown): string {
  const list = Array.isArray(value) ? value.map((each) => String(each).replace(/\/32$/, "")) : undefined;
  return JSON.stringify(list ?? value ?? []);
}

/** Version 1 of KV has secrets where version 2 has its configuration. */
function isKeyValue2OrOther({ type, version }: ServerMount): boolean {
  return type !== "kv" || version === "2";
}

function typed<Type extends string>(types: readonly Type[]) {
  return ({ path, type }: ServerMount): { readonly path: string; readonly type: Type }[] => {
    const known = types.find((each) => each === type);
    return known === undefined ? [] : [{ path, type: known }];
  };
}

function unique<Type extends string>(
  mounts: readonly { readonly path: string; readonly type: Type }[],
): readonly { readonly path: string; readonly type: Type }[] {
  const byPath = new Map(mounts.map((mount) => [mount.path, mount]));
  return [...byPath.values()];
}
