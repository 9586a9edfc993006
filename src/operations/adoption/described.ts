import type { Block, SynthesizedStack } from "../preflight/synthesized-stack";

/** An object of an instance that a stack describes. */
export interface DescribedObject {
  /** Path of the object in the API of the instance. */
  readonly path: string;
  /** Address of the resource in the stack; undefined if it is a part of another resource. */
  readonly to: string | undefined;
  /** How the object is found, if its name does not tell the ID that the instance gave to it. @default - by its path */
  readonly lookup?: IdentityLookup;
}

/** An entity or a group by its name, or an alias of one; an enforcement of a second factor by its name, or the one method of it. */
export interface IdentityLookup {
  readonly kind: "entity" | "group" | "enforcement" | "method";
  readonly name: string;
  /** Path of the login, with `auth/`, of an alias; undefined for all others. */
  readonly login: string | undefined;
}

type Texts = Readonly<Record<string, string | undefined>>;

/** Path of the object that a resource describes, by its type. */
const PATHS: Readonly<Record<string, (block: Texts) => string>> = {
  vault_mount: ({ path }) => `sys/mounts/${path}`,
  vault_database_secrets_mount: ({ path }) => `sys/mounts/${path}`,
  vault_aws_secret_backend: ({ path }) => `sys/mounts/${path}`,
  vault_azure_secret_backend: ({ path }) => `sys/mounts/${path}`,
  vault_gcp_secret_backend: ({ path }) => `sys/mounts/${path}`,
  vault_terraform_cloud_secret_backend: ({ backend }) => `sys/mounts/${backend}`,
  vault_auth_backend: ({ path, type }) => `sys/auth/${path ?? type}`,
  vault_jwt_auth_backend: ({ path }) => `sys/auth/${path}`,
  vault_ldap_auth_backend: ({ path }) => `sys/auth/${path}`,
  vault_gcp_auth_backend: ({ path }) => `sys/auth/${path}`,
  vault_policy: ({ name }) => `sys/policies/acl/${name}`,
  vault_approle_auth_backend_role: ({ backend, role_name }) => `auth/${backend}/role/${role_name}`,
  vault_jwt_auth_backend_role: ({ backend, role_name }) => `auth/${backend}/role/${role_name}`,
  vault_kubernetes_auth_backend_role: ({ backend, role_name }) => `auth/${backend}/role/${role_name}`,
  vault_aws_auth_backend_role: ({ backend, role }) => `auth/${backend}/role/${role}`,
  vault_azure_auth_backend_role: ({ backend, role }) => `auth/${backend}/role/${role}`,
  vault_gcp_auth_backend_role: ({ backend, role }) => `auth/${backend}/role/${role}`,
  vault_cert_auth_backend_role: ({ backend, name }) => `auth/${backend}/certs/${name}`,
  vault_token_auth_backend_role: ({ role_name }) => `auth/token/roles/${role_name}`,
  vault_pki_secret_backend_role: ({ backend, name }) => `${backend}/roles/${name}`,
  vault_ssh_secret_backend_role: ({ backend, name }) => `${backend}/roles/${name}`,
  vault_database_secret_backend_role: ({ backend, name }) => `${backend}/roles/${name}`,
  vault_database_secret_backend_static_role: ({ backend, name }) => `${backend}/static-roles/${name}`,
  vault_aws_secret_backend_role: ({ backend, name }) => `${backend}/roles/${name}`,
  vault_azure_secret_backend_role: ({ backend, role }) => `${backend}/roles/${role}`,
  vault_gcp_secret_impersonated_account: (block) =>
    `${block.backend}/impersonated-account/${block.impersonated_account}`,
  vault_terraform_cloud_secret_role: ({ backend, name }) => `${backend}/role/${name}`,
  vault_ssh_secret_backend_ca: ({ backend }) => signingKeyOf(String(backend)),
  vault_audit: ({ path, type }) => `sys/audit/${path ?? type}`,
  vault_quota_rate_limit: ({ name }) => `sys/quotas/rate-limit/${name}`,
  vault_quota_lease_count: ({ name }) => `sys/quotas/lease-count/${name}`,
  vault_identity_entity: ({ name }) => `identity/entity/name/${name}`,
  vault_identity_group: ({ name }) => `identity/group/name/${name}`,
  // The API has aliases by their IDs alone.
  vault_identity_entity_alias: ({ mount_accessor: login, name }) => `identity/entity-alias/${login}/${name}`,
  vault_identity_group_alias: ({ mount_accessor: login, name }) => `identity/group-alias/${login}/${name}`,
  vault_identity_mfa_login_enforcement: ({ name }) => enforcementOf(String(name)),
  // Accounts of people, and settings of engines.
  vault_generic_endpoint: ({ path }) => String(path),
};

/** Path of the signing key of an SSH engine. */
export function signingKeyOf(mount: string): string {
  return `${mount}/config/ca`;
}

/** Path of an enforcement of a second factor. */
export function enforcementOf(name: string): string {
  return `identity/mfa/login-enforcement/${name}`;
}

/** How the objects of types are found whose paths do not tell their IDs. */
const LOOKUPS: Readonly<Record<string, IdentityLookup["kind"]>> = {
  vault_identity_entity: "entity",
  vault_identity_entity_alias: "entity",
  vault_identity_group: "group",
  vault_identity_group_alias: "group",
  vault_identity_mfa_login_enforcement: "enforcement",
};

/** Types of resources that are settings within one of the others, secrets, or of a kind that the inventory leaves out. */
const WITHIN =
  /^vault_(audit|identity_\w+|plugin|quota_\w+|\w+_auth_backend_(client|config)|kv_secret\w*|pki_secret_backend_(config|intermediate|root)_\w+)$/;

/**
 * Addresses of the resources of an instance whose objects cannot be told from the stack: of other types, or with a name that only
 * Terraform computes. Such an object looks as if nothing described it.
 */
export function unclearResources(stack: SynthesizedStack, instance: string): readonly string[] {
  const clear = new Set(describedObjects(stack, instance).map(({ to }) => to?.replace(/\[.*$/, "")));
  return Object.entries(stack.json.resource ?? {})
    .filter(([type]) => type.startsWith("vault_") && !WITHIN.test(type))
    .flatMap(([type, blocks]) =>
      Object.entries(blocks)
        .filter(([, { provider, count }]) => provider === providerOf(instance) && count !== 0)
        .map(([name]) => `${type}.${name}`),
    )
    .filter((address) => !clear.has(address));
}

/** What a stack describes in an instance, as far as it can be adopted or listed. */
export function describedObjects(stack: SynthesizedStack, instance: string): readonly DescribedObject[] {
  return Object.entries(PATHS).flatMap(([type, pathOf]) =>
    Object.entries(stack.json.resource?.[type] ?? {})
      .filter(([, { provider }]) => provider === providerOf(instance))
      .flatMap(([name, block]) =>
        instancesOf(block).flatMap(({ key, index }) => {
          const texts = textsOf(stack, block, key);
          const path = pathOf(texts);
          if (path.split("/").includes(String(undefined))) return [];
          const lookup = lookupOf(type, texts);
          const object = { path, to: `${type}.${name}${index}`, ...(lookup === undefined ? {} : { lookup }) };
          return [object, ...connections(block, texts.path), ...methodsOf(block, texts.name)];
        }),
      ),
  );
}

/** Instances of a resource, as far as they can be told: one for each key of a list, or one. */
function instancesOf({ count, for_each: list }: Block): { readonly key?: string; readonly index: string }[] {
  if (count !== undefined) return [];
  if (list === undefined) return [{ index: "" }];
  const [, keys = "[]"] = /^\$\{toset\((\[.*\])\)\}$/.exec(typeof list === "string" ? list : "") ?? [];
  return (JSON.parse(keys) as string[]).map((key) => ({ key, index: `[${JSON.stringify(key)}]` }));
}

function providerOf(instance: string): string {
  return `vault.instance-${instance}`;
}

function lookupOf(type: string, { name = "", mount_accessor: login }: Texts): IdentityLookup | undefined {
  const kind = LOOKUPS[type];
  return kind && { kind, name, login };
}

/** The method of an enforcement. Only the enforcement tells which one of the instance it is. */
function methodsOf({ mfa_method_ids: methods }: Block, name: string | undefined): DescribedObject[] {
  const [, to] = /^\$\{(vault_identity_mfa_totp\.[\w-]+)\.method_id\}$/.exec(String(methods)) ?? [];
  if (to === undefined || name === undefined) return [];
  return [{ path: `${enforcementOf(name)}/method`, to, lookup: { kind: "method", name, login: undefined } }];
}

/** The connections in the block of an engine for databases. */
function connections(block: Block, mount: string | undefined): DescribedObject[] {
  return Object.values(block).flatMap((value) =>
    Array.isArray(value)
      ? (value as readonly (Block | null)[]).flatMap((each) =>
          typeof each?.plugin_name === "string" || typeof each?.connection_url === "string"
            ? [{ path: `${mount}/config/${String(each.name)}`, to: undefined }]
            : [],
        )
      : [],
  );
}

/** The arguments of a resource that are texts. @param key Of an instance of a list. */
function textsOf(stack: SynthesizedStack, block: Block, key: string | undefined): Texts {
  return Object.fromEntries(Object.entries(block).map(([name, value]) => [name, resolved(stack, value, key)]));
}

/** A text, with what its references name; undefined if only Terraform can tell it. The accessor of a login is its path. */
function resolved(stack: SynthesizedStack, value: unknown, key: string | undefined): string | undefined {
  if (typeof value !== "string") return undefined;
  const named = (_reference: string, type = "", name = "", attribute = ""): string => {
    const block = stack.json.resource?.[type]?.[name];
    if (attribute !== "accessor") return resolved(stack, block?.[attribute], key) ?? UNKNOWN;
    return (block && PATHS[type]?.(textsOf(stack, block, key)).replace(/^sys\//, "")) ?? UNKNOWN;
  };
  const text = value
    .replaceAll("${each.key}", key ?? UNKNOWN)
    .replace(/\$\{(\w+)\.([\w-]+)(?:\[each\.key\])?\.(\w+)\}/g, named);
  return text.includes("${") ? undefined : text;
}

/** An expression that nothing resolves. */
const UNKNOWN = "${unknown}";
