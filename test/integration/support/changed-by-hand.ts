import { expect } from "vitest";
import type { LayerStack } from "../../../src";
import type { VaultClient } from "../../../src/vault/client";
import type { TerraformProject } from "./terraform-project";

/** A resource of the state. */
export interface StateResource {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** How somebody changes a resource in the server. */
interface HandChange {
  readonly path: string;
  readonly change: object;
  /** Whether a write replaces what it does not name. @default false */
  readonly replaces?: boolean;
}

type Values = Readonly<Record<string, string>>;

const merged = (path: string, change: object): HandChange => ({ path, change, replaces: true });
const loginRole = ({ backend, role_name }: Values): HandChange =>
  merged(`auth/${backend}/role/${role_name}`, { token_ttl: 77 });
const tune = (path: string): HandChange => ({ path: `${path}/tune`, change: { description: "by hand" } });

/** What lets a role of PKI certify more than its fields say. */
const OPEN_CERTIFICATES = { cn_validations: ["disabled"], allowed_uri_sans_template: true };

/** Of the paths that have no resource of their own, these are read again. */
const PASSWORD_POLICIES = "sys/policies/password/";

/** One change of each type whose drift a plan shows. */
const CHANGES: Readonly<Record<string, (values: Values) => HandChange>> = {
  vault_approle_auth_backend_role: (values) => ({ ...loginRole(values), replaces: false }),
  vault_auth_backend: ({ path }) => tune(`sys/auth/${path}`),
  vault_cert_auth_backend_role: ({ backend, name }) => merged(`auth/${backend}/certs/${name}`, { token_ttl: 77 }),
  vault_database_secret_backend_role: ({ backend, name }) => merged(`${backend}/roles/${name}`, { default_ttl: 77 }),
  vault_database_secret_backend_static_role: ({ backend, name }) =>
    merged(`${backend}/static-roles/${name}`, { rotation_period: 77 }),
  vault_database_secrets_mount: ({ path }) => tune(`sys/mounts/${path}`),
  vault_generic_endpoint: ({ path = "" }) => ({
    path,
    change: { policy: 'length = 20\nrule "charset" { charset = "abcdefgh" }' },
  }),
  vault_identity_entity: ({ id }) => ({ path: `identity/entity/id/${id}`, change: { policies: ["by-hand"] } }),
  vault_identity_group: ({ id }) => ({ path: `identity/group/id/${id}`, change: { policies: ["by-hand"] } }),
  vault_jwt_auth_backend: ({ path }) => merged(`auth/${path}/config`, { default_role: "by-hand" }),
  vault_jwt_auth_backend_role: ({ backend, role_name }) =>
    merged(`auth/${backend}/role/${role_name}`, { bound_claims_type: "glob" }),
  vault_kubernetes_auth_backend_role: loginRole,
  vault_kv_secret_backend_v2: ({ mount }) => ({ path: `${mount}/config`, change: { max_versions: 77 } }),
  vault_mount: ({ path }) => tune(`sys/mounts/${path}`),
  vault_pki_secret_backend_config_issuers: ({ backend }) =>
    merged(`${backend}/config/issuers`, { default_follows_latest_issuer: true }),
  vault_pki_secret_backend_config_urls: ({ backend }) => ({
    path: `${backend}/config/urls`,
    change: { crl_distribution_points: ["https://by-hand.example/crl"] },
  }),
  vault_pki_secret_backend_role: ({ backend, name }) =>
    merged(`${backend}/roles/${name}`, { ...OPEN_CERTIFICATES, ttl: "7s" }),
  vault_policy: ({ name }) => ({ path: `sys/policies/acl/${name}`, change: { policy: 'path "by-hand" {}' } }),
  vault_quota_rate_limit: ({ name }) => merged(`sys/quotas/rate-limit/${name}`, { rate: 77 }),
  vault_ssh_secret_backend_role: ({ backend, name }) =>
    merged(`${backend}/roles/${name}`, { max_ttl: "77s", ttl: "7s" }),
  vault_token_auth_backend_role: ({ role_name }) => merged(`auth/token/roles/${role_name}`, { token_period: 77 }),
};

/** Types that cannot be changed in place, or whose content no plan may see, by the reason. */
const WITHOUT_DRIFT: Readonly<Record<string, readonly string[]>> = {
  "a certificate or a key, which nobody can change": [
    "vault_pki_secret_backend_intermediate_cert_request",
    "vault_pki_secret_backend_intermediate_set_signed",
    "vault_pki_secret_backend_root_cert",
    "vault_pki_secret_backend_root_sign_intermediate",
    "vault_ssh_secret_backend_ca",
  ],
  "a secret, which Terraform never reads": ["vault_kv_secret_v2"],
};

/** What somebody has changed. */
interface ChangedByHand {
  readonly type: string;
  readonly address: string;
  /** Reads what it is now. */
  readonly now: () => Promise<object>;
  /** The same, before the change. */
  readonly before: object;
}

/**
 * Changes one resource of each type by hand. The next plan shows exactly these, and applying it puts them back.
 *
 * @param client Has the root token.
 * @param isWatched Whether a resource may be changed. It is in the server of the client.
 * @returns The types, sorted.
 */
export async function proveDrift(
  project: TerraformProject,
  stack: LayerStack,
  client: VaultClient,
  isWatched: (resource: StateResource) => boolean,
): Promise<string[]> {
  const resources = (await project.state(stack)).filter(isWatched);
  const changed = await changeByHand(client, resources);
  expect((await project.changes(stack)).map(({ action, address }) => `${action} ${address}`)).toEqual(
    changed.map(({ address }) => `update ${address}`),
  );
  await project.applyPlan(stack);
  for (const { address, now, before } of changed) expect(await now(), address).toEqual(before);
  expect(await project.changes(stack)).toEqual([]);
  return changed.map(({ type }) => type).sort();
}

/**
 * Changes one resource of each type, as a person with the root token could.
 *
 * @returns What was changed, sorted by address.
 * @throws Error for a type that is neither known to be seen in a plan nor not to be.
 */
async function changeByHand(client: VaultClient, resources: readonly StateResource[]): Promise<ChangedByHand[]> {
  const changed = new Map<string, ChangedByHand>();
  const unseen = new Set(Object.values(WITHOUT_DRIFT).flat());
  for (const { address, mode, type, values } of resources) {
    if (mode !== "managed" || !type.startsWith("vault_") || unseen.has(type)) continue;
    const change = CHANGES[type];
    if (change === undefined) throw new Error(`Nobody says how ${type} is changed by hand; add it to CHANGES.`);
    const isOther = type === "vault_generic_endpoint" && !String(values.path).startsWith(PASSWORD_POLICIES);
    const isElsewhere = (values.namespace ?? null) !== null;
    if (isOther || isElsewhere || changed.has(type)) continue;
    changed.set(type, { type, address, ...(await write(client, change(values as Values))) });
  }
  return [...changed.values()].sort((one, other) => (one.address < other.address ? -1 : 1));
}

async function write(
  client: VaultClient,
  { path, change, replaces = false }: HandChange,
): Promise<Omit<ChangedByHand, "type" | "address">> {
  const read = async (): Promise<Record<string, unknown>> =>
    (await client.send("GET", path)).body.data as Record<string, unknown>;
  const former = await read();
  const now = async (): Promise<object> => {
    const found = await read();
    return Object.fromEntries(Object.keys(change).map((name) => [name, found[name]]));
  };
  const before = await now();
  await client.send("POST", path, { body: replaces ? { ...former, ...change } : change });
  expect(await now(), path).not.toEqual(before);
  return { now, before };
}
