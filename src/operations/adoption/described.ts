import type { Block, SynthesizedStack } from "../preflight/synthesized-stack";

/** An object of an instance that a stack describes. */
export interface DescribedObject {
  /** Path of the object in the API of the instance. */
  readonly path: string;
  /** Address of the resource in the stack; undefined if it is a part of another resource. */
  readonly to: string | undefined;
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
  // Accounts of people, and settings of engines.
  vault_generic_endpoint: ({ path }) => String(path),
};

/** Path of the signing key of an SSH engine. */
export function signingKeyOf(mount: string): string {
  return `${mount}/config/ca`;
}

/** Types of resources that the provider writes over what exists, because it cannot adopt them. */
const NOT_ADOPTED = /^vault_(generic_endpoint|cert_auth_backend_role)\./;

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
          const texts = Object.fromEntries(
            Object.entries(block).map(([name, value]) => [name, resolved(stack, value, key)]),
          );
          const path = pathOf(texts);
          if (path.split("/").includes(String(undefined))) return [];
          return [{ path, to: `${type}.${name}${index}` }, ...connections(block, texts.path)];
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

/** Blocks by which Terraform adopts what exists already. */
export function importBlocks(objects: readonly DescribedObject[]): string {
  return objects
    .flatMap(({ path, to }) =>
      to === undefined || NOT_ADOPTED.test(to)
        ? []
        : [`import {\n  to = ${to}\n  id = ${JSON.stringify(idOf(path))}\n}\n`],
    )
    .join("\n");
}

function providerOf(instance: string): string {
  return `vault.instance-${instance}`;
}

function idOf(path: string): string {
  return path.replace(/^sys\/(mounts|auth|policies\/acl)\/|\/config\/ca$/, "");
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

/** A text, with what its references name; undefined if only Terraform can tell it. @param key Of an instance of a list. */
function resolved(stack: SynthesizedStack, value: unknown, key: string | undefined): string | undefined {
  if (typeof value !== "string") return undefined;
  const named = (_reference: string, type = "", name = "", attribute = ""): string =>
    resolved(stack, stack.json.resource?.[type]?.[name]?.[attribute], key) ?? UNKNOWN;
  const text = value
    .replaceAll("${each.key}", key ?? UNKNOWN)
    .replace(/\$\{(\w+)\.([\w-]+)(?:\[each\.key\])?\.(\w+)\}/g, named);
  return text.includes("${") ? undefined : text;
}

/** An expression that nothing resolves. */
const UNKNOWN = "${unknown}";
