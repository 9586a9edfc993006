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
  /** Whether no plan shows it, because the provider does not read it. @default false */
  readonly isUnseen?: boolean;
}

type Values = Readonly<Record<string, string>>;

const merged = (path: string, change: object): HandChange => ({ path, change, replaces: true });
const loginRole = ({ backend, role_name }: Values): HandChange =>
  merged(`auth/${backend}/role/${role_name}`, { token_ttl: 77 });
const tune = (path: string): HandChange => ({ path: `${path}/tune`, change: { description: "by hand" } });

/** What lets a role of PKI certify more than its fields say. */
const OPEN_CERTIFICATES = {
  cn_validations: ["disabled"],
  allowed_uri_sans_template: true,
  issuer_ref: "former",
  key_usage: ["CertSign"],
};

/** Changes at paths that have no resource of their own, by the end or the beginning of the path. */
const ENDPOINTS: Readonly<Record<string, object>> = {
  "/config/acme": { allowed_roles: ["*"], eab_policy: "not-required" },
  "/config/auto-tidy": { safety_buffer: 77 },
  "/config/cluster": { path: "https://by-hand.example/v1/pki" },
  "/config/crl": { auto_rebuild: false, expiry: "77h" },
  "/issuer/default": { leaf_not_after_behavior: "permit" },
  "sys/policies/password/": { policy: 'length = 20\nrule "charset" { charset = "abcdefgh" }' },
};

/** A change of what the connection of a database is, beside its mount. */
function connection({ path, postgresql }: Values, change: object): HandChange {
  const [{ name }] = postgresql as unknown as [{ name: string }];
  return { path: `${path}/config/${name}`, change };
}

/** One change of each type whose drift a plan shows, and of each part of a type. */
const CHANGES: Readonly<Record<string, (values: Values) => HandChange>> = {
  ...Object.fromEntries(
    Object.entries(ENDPOINTS).map(([part, change]) => [part, ({ path = "" }: Values) => ({ path, change })]),
  ),
  vault_approle_auth_backend_role: (values) => ({ ...loginRole(values), replaces: false }),
  vault_auth_backend: ({ path }) => tune(`sys/auth/${path}`),
  vault_cert_auth_backend_role: ({ backend, name }) => merged(`auth/${backend}/certs/${name}`, { token_ttl: 77 }),
  vault_database_secret_backend_role: ({ backend, name }) => merged(`${backend}/roles/${name}`, { default_ttl: 77 }),
  vault_database_secret_backend_static_role: ({ backend, name }) =>
    merged(`${backend}/static-roles/${name}`, { rotation_period: 77 }),
  vault_database_secrets_mount: ({ path }) => tune(`sys/mounts/${path}`),
  "vault_database_secrets_mount, connection": (values) =>
    connection(values, {
      allowed_roles: ["*"],
      password_policy: "",
      max_open_connections: 7,
      username_template: "{{random 20}}",
    }),
  "vault_database_secrets_mount, connection_url": (values) => ({
    ...connection(values, {
      connection_url: "postgresql://{{username}}:{{password}}@by-hand.example/a",
      verify_connection: false,
    }),
    isUnseen: true,
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

/** The kinds of changes of a resource, which CHANGES names by its type, or by its type and a part. */
function kindsOf({ type, values }: StateResource): string[] {
  if (type === "vault_database_secrets_mount" && (values.postgresql as unknown[]).length > 0)
    return [type, `${type}, connection`, `${type}, connection_url`];
  if (type !== "vault_generic_endpoint") return [type];
  const path = String(values.path);
  const part = Object.keys(ENDPOINTS).find((each) =>
    each.startsWith("/") ? path.endsWith(each) : path.startsWith(each),
  );
  // Commands, and writes of nothing.
  return values.disable_read === true || values.data_json === "{}" ? [] : [part ?? path];
}

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
  /** As in CHANGES. */
  readonly kind: string;
  readonly address: string;
  /** Reads what it is now. */
  readonly now: () => Promise<object>;
  /** The same, before the change. */
  readonly before: object;
  /** Whether no plan shows it. */
  readonly isUnseen: boolean;
}

/**
 * Changes one resource of each kind by hand. The next plan shows exactly those that the provider reads, and applying it puts them back.
 *
 * @param client Has the root token.
 * @param isWatched Whether a resource may be changed. It is in the server of the client.
 * @returns The kinds that the plans show, sorted.
 */
export async function proveDrift(
  project: TerraformProject,
  stacks: readonly LayerStack[],
  client: VaultClient,
  isWatched: (resource: StateResource) => boolean,
): Promise<string[]> {
  const changed: ChangedByHand[] = [];
  for (const stack of stacks) {
    const resources = (await project.state(stack)).filter(isWatched);
    const own = await changeByHand(client, resources, new Set(changed.map(({ kind }) => kind)));
    changed.push(...own);
    if (own.length > 0) await putBack(project, stack, own);
  }
  return changed
    .filter(({ isUnseen }) => !isUnseen)
    .map(({ kind }) => kind)
    .sort();
}

async function putBack(project: TerraformProject, stack: LayerStack, changed: readonly ChangedByHand[]): Promise<void> {
  const [unseen, seen] = [true, false].map((isUnseen) => changed.filter((change) => change.isUnseen === isUnseen)) as [
    ChangedByHand[],
    ChangedByHand[],
  ];
  expect((await project.changes(stack)).map(({ action, address }) => `${action} ${address}`)).toEqual(
    seen.map(({ address }) => `update ${address}`),
  );
  await project.applyPlan(stack);
  for (const { address, now, before } of seen) expect(await now(), address).toEqual(before);
  for (const { address, now, before } of unseen) expect(await now(), address).not.toEqual(before);
  expect(await project.changes(stack)).toEqual([]);
}

/**
 * Changes one resource of each kind, as a person with the root token could.
 *
 * @param done Kinds that are left alone.
 * @returns What was changed, sorted by address.
 * @throws Error for a type that is neither known to be seen in a plan nor not to be.
 */
async function changeByHand(
  client: VaultClient,
  resources: readonly StateResource[],
  done: ReadonlySet<string>,
): Promise<ChangedByHand[]> {
  const changed = new Map<string, ChangedByHand>();
  const withoutDrift = new Set(Object.values(WITHOUT_DRIFT).flat());
  for (const resource of resources) {
    const { address, mode, type, values } = resource;
    const isElsewhere = (values.namespace ?? null) !== null;
    if (mode !== "managed" || !type.startsWith("vault_") || withoutDrift.has(type) || isElsewhere) continue;
    const kinds = kindsOf(resource);
    const unknown = kinds.find((each) => !(each in CHANGES));
    if (unknown !== undefined)
      throw new Error(`Nobody says how ${unknown} is changed by hand; add it to changed-by-hand.ts.`);
    // Each resource is changed once, so that one change does not hide another.
    const kind = kinds.find((each) => !changed.has(each) && !done.has(each));
    const change = CHANGES[kind ?? ""]?.(values as Values);
    if (kind === undefined || change === undefined) continue;
    changed.set(kind, { kind, address, ...(await write(client, change)) });
  }
  return [...changed.values()].sort((one, other) => (one.address < other.address ? -1 : 1));
}

async function write(
  client: VaultClient,
  { path, change, replaces = false, isUnseen = false }: HandChange,
): Promise<Omit<ChangedByHand, "kind" | "address">> {
  const read = async (): Promise<Record<string, unknown>> => {
    const data = (await client.send("GET", path)).body.data as Record<string, unknown>;
    return { ...data, ...(data.connection_details as object | undefined) };
  };
  const former = await read();
  const now = async (): Promise<object> => {
    const found = await read();
    // Servers return either of both for what is not set.
    return Object.fromEntries(Object.keys(change).map((name) => [name, found[name] === "" ? undefined : found[name]]));
  };
  const before = await now();
  await client.send("POST", path, { body: replaces ? { ...former, ...change } : change });
  expect(await now(), path).not.toEqual(before);
  return { now, before, isUnseen };
}
