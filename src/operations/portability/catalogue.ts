import type { Content } from "../../vault/content";

/** Objects of one kind below a mount, or one object. */
export interface Part {
  /** Path of the object, or of the list, below the mount. */
  readonly path: string;
  /** Path of each object of the list, without its name. @default - `path` is one object */
  readonly item?: string;
  /** Whether it leaves for people to read, because another server cannot use it. @default false */
  readonly isPublic?: true;
  /** Path, below an object, of something that belongs to its settings. @default - none */
  readonly beside?: string;
  /** Whether another server takes it only with a password. @default false */
  readonly needsPassword?: true;
  /** Fields that leave, where the others are the server's. @default - all */
  readonly fields?: readonly string[];
}

/** What kind of mount one is. */
export interface MountType {
  readonly side: "engine" | "login";
  readonly type: string;
  /** Version of a KV engine. */
  readonly version: string | undefined;
}

/** What a secrets engine or a login method of a type has. */
export interface MountContent {
  readonly parts: readonly Part[];
  /** What cannot leave, for people. @default - nothing */
  readonly stays?: string;
}

const listOf = (path: string, more: Partial<Part> = {}): Part => ({ path, item: path, ...more });

/** Secrets engines, by type. The secrets of KV leave one by one. */
export const ENGINE_CONTENT: Readonly<Record<string, MountContent>> = {
  kv: { parts: [] },
  generic: { parts: [] },
  "kv version 2": { parts: [{ path: "config" }] },
  pki: {
    parts: [
      { path: "config/urls" },
      { path: "config/crl" },
      { path: "config/cluster" },
      listOf("roles"),
      { path: "issuers", item: "issuer", isPublic: true },
    ],
    stays: "private keys of the CAs, and what they issued",
  },
  ssh: { parts: [listOf("roles"), { path: "config/ca", isPublic: true }], stays: "the private key of the CA" },
  database: {
    parts: [listOf("config"), listOf("roles"), listOf("static-roles")],
    stays: "passwords of connections and of static roles",
  },
  transit: { parts: [listOf("keys", { isPublic: true })], stays: "keys" },
  totp: { parts: [listOf("keys", { isPublic: true })], stays: "keys" },
  kubernetes: { parts: [{ path: "config" }, listOf("roles")], stays: "the token of its service account" },
  rabbitmq: { parts: [{ path: "config/lease" }, listOf("roles")], stays: "the password of its connection" },
};

/** Login methods, by type. */
export const LOGIN_CONTENT: Readonly<Record<string, MountContent>> = {
  approle: { parts: [listOf("role", { beside: "role-id" })], stays: "secret IDs" },
  userpass: { parts: [listOf("users", { needsPassword: true })], stays: "passwords" },
  jwt: { parts: [{ path: "config" }, listOf("role")], stays: "the client secret" },
  oidc: { parts: [{ path: "config" }, listOf("role")], stays: "the client secret" },
  kubernetes: { parts: [{ path: "config" }, listOf("role")], stays: "the token of its reviewer" },
  cert: { parts: [listOf("certs")] },
  ldap: { parts: [{ path: "config" }, listOf("groups"), listOf("users")], stays: "the password of its connection" },
  token: { parts: [listOf("roles")] },
};

/** Objects of the server itself. */
export const SYSTEM_CONTENT: readonly Part[] = [
  listOf("sys/policies/password", { fields: ["policy"] }),
  listOf("sys/policies/acl", { fields: ["policy"] }),
  listOf("sys/quotas/rate-limit"),
];

/** What cannot leave any server. */
export const ALWAYS_STAYS: readonly string[] = [
  "tokens and leases",
  "values of secret versions that were deleted or destroyed",
  "audit devices and the configuration of the servers",
  "names and rights of the identities of tenant-vault",
];

/** Parts of a mount, and what of it cannot leave. */
export function contentOf({ side, type, version }: MountType): MountContent {
  if (isBuiltIn(type) && type !== "token") return { parts: [] };
  const name = isKeyValue(type) && version === "2" ? "kv version 2" : type;
  const known = (side === "engine" ? ENGINE_CONTENT : LOGIN_CONTENT)[name];
  return known ?? { parts: [], stays: "everything but its settings, because its type is not known here" };
}

/** Whether a type of secrets engine is KV. */
export function isKeyValue(type: string): boolean {
  return type === "kv" || type === "generic";
}

/** Whether a mount belongs to the server itself. Such a mount is never created. */
export function isBuiltIn(type: string): boolean {
  return /^(ns_)?(system|identity|cubbyhole|token)$/.test(type);
}

/**
 * Settings as they are written: without those that nobody set. The server shows the settings of a database's connection in a group, and no
 * password.
 */
export function settingsOf({ connection_details: details, ...settings }: Content): Content {
  if (details === undefined) return without(settings, (value) => value === null);
  // What is written beside a connection becomes a part of it, even if it is empty.
  return { ...without(settings, (value) => String(value) === ""), ...(details as Content), verify_connection: false };
}

function without(settings: Content, isLeftOut: (value: unknown) => boolean): Content {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => !isLeftOut(value)));
}
