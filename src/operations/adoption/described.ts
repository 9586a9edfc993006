import type { Block, SynthesizedStack } from "../preflight/synthesized-stack";

/** An object of an instance that a stack describes. */
export interface DescribedObject {
  /** Path of the object in the API of the instance. */
  readonly path: string;
  /** Address of the resource in the stack; undefined if it is a part of another resource. */
  readonly to: string | undefined;
}

type Texts = Readonly<Record<string, string | undefined>>;

/** Paths of the objects that a resource describes, by its type. The first one is the resource itself. */
const PATHS: Readonly<Record<string, (block: Texts) => string>> = {
  vault_mount: ({ path }) => `sys/mounts/${path}`,
  vault_database_secrets_mount: ({ path }) => `sys/mounts/${path}`,
  vault_auth_backend: ({ path, type }) => `sys/auth/${path ?? type}`,
  vault_policy: ({ name }) => `sys/policies/acl/${name}`,
  vault_approle_auth_backend_role: ({ backend, role_name }) => `auth/${backend}/role/${role_name}`,
  vault_pki_secret_backend_role: ({ backend, name }) => `${backend}/roles/${name}`,
  vault_ssh_secret_backend_role: ({ backend, name }) => `${backend}/roles/${name}`,
  vault_database_secret_backend_role: ({ backend, name }) => `${backend}/roles/${name}`,
  vault_database_secret_backend_static_role: ({ backend, name }) => `${backend}/static-roles/${name}`,
};

/** Types of resources that are settings within one of the others, secrets, or plugins, which the inventory leaves out. */
const WITHIN =
  /^vault_(plugin|generic_endpoint|kv_secret\w*|ssh_secret_backend_ca|pki_secret_backend_(config|intermediate|root)_\w+)$/;

/**
 * Addresses of the resources of an instance whose objects cannot be told from the stack: of other types, or with a name that only
 * Terraform computes. Such an object looks as if nothing described it.
 */
export function unclearResources(stack: SynthesizedStack, instance: string): readonly string[] {
  const clear = new Set(describedObjects(stack, instance).map(({ to }) => to));
  return Object.entries(stack.json.resource ?? {})
    .filter(([type]) => type.startsWith("vault_") && !WITHIN.test(type))
    .flatMap(([type, blocks]) =>
      Object.entries(blocks)
        .filter(([, { provider }]) => provider === providerOf(instance))
        .map(([name]) => `${type}.${name}`),
    )
    .filter((address) => !clear.has(address));
}

/** What a stack describes in an instance, as far as it can be adopted or listed. */
export function describedObjects(stack: SynthesizedStack, instance: string): readonly DescribedObject[] {
  return Object.entries(PATHS).flatMap(([type, pathOf]) =>
    Object.entries(stack.json.resource?.[type] ?? {})
      .filter(([, { provider }]) => provider === providerOf(instance))
      .flatMap(([name, block]) => {
        const texts = Object.fromEntries(Object.entries(block).map(([key, value]) => [key, resolved(stack, value)]));
        const path = pathOf(texts);
        if (path.split("/").includes(String(undefined))) return [];
        return [{ path, to: `${type}.${name}` }, ...connections(block, texts.path)];
      }),
  );
}

/** Blocks by which Terraform adopts what exists already. */
export function importBlocks(objects: readonly DescribedObject[]): string {
  return objects
    .flatMap(({ path, to }) =>
      to === undefined ? [] : [`import {\n  to = ${to}\n  id = ${JSON.stringify(idOf(path))}\n}\n`],
    )
    .join("\n");
}

function providerOf(instance: string): string {
  return `vault.instance-${instance}`;
}

function idOf(path: string): string {
  return path.replace(/^sys\/(mounts|auth|policies\/acl)\//, "");
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

/** A text, or the text of the attribute that a reference names; undefined if only Terraform can tell it. */
function resolved({ json }: SynthesizedStack, value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  if (!value.includes("${")) return value;
  const [, type = "", name = "", attribute = ""] = /^\$\{(\w+)\.([\w-]+)\.(\w+)\}$/.exec(value) ?? [];
  const found = json.resource?.[type]?.[name]?.[attribute];
  return typeof found === "string" ? found : undefined;
}
