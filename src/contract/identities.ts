import { z } from "zod";
import { heldAuthority } from "./authorities";
import { INSTANCE_PATH, namespaceLogin, type NamespaceLogin } from "./namespaces";
import { placeholderPaths } from "./placeholders";

/** The logins of an instance that work in place of its root token. */
export const IDENTITIES = ["apply", "plan", "operate", "ceremony"] as const;

/** Name of an identity, of its role, and of its secret below {@link accessPath}. */
export type Identity = (typeof IDENTITIES)[number];

/** An identity of an instance, or the login of a namespace that the instance hosts. */
export type LoginName = Identity | NamespaceLogin;

/** Path, without `auth/`, of the AppRole mount in the instance at which the identities log in. */
export const IDENTITY_LOGIN = "tenant-vault";

/**
 * AppRole of a self-initialised instance, in the same mount. The hook makes the identities with it, has the policy of `apply`, and
 * deletes the role once they work.
 */
export const BOOTSTRAP_ROLE = "bootstrap";

/** What the names of the identities' policies begin with. */
export const IDENTITY_POLICY_PREFIX = "tenant-vault-";

/** Name of an identity's policy in the instance. */
export function identityPolicyName(identity: LoginName): string {
  return `${IDENTITY_POLICY_PREFIX}${identity}`;
}

/** KV version 2 mount in the central Vault that holds the credentials of the identities. */
export const ACCESS_MOUNT = "access";

/** Path below {@link ACCESS_MOUNT} of an identity's credentials. @param instance `<tenant>/<instance>`. */
export function accessPath(instance: string, identity: string): string {
  return `${instance}/${identity}`;
}

/** Name beside the identities of the lock of an instance. */
export const LOCK = "lock";

/** Fields of such a secret: other programs read them. */
export const ACCESS_FIELDS = {
  roleId: "role-id",
  secretId: "secret-id",
  /** Names the secret ID without telling it. */
  accessor: "secret-id-accessor",
  /** When the secret ID expires, RFC 3339. */
  expires: "secret-id-expires",
} as const;

/** Secrets engines whose configuration the identities `apply` and `plan` know; "kv" is version 2. */
export const ENGINE_TYPES = ["pki", "ssh", "database", "kv", "aws", "azure", "gcp", "terraform"] as const;

/** Type of a secrets engine. */
export type EngineType = (typeof ENGINE_TYPES)[number];

/** Login methods whose configuration they know. */
export const LOGIN_TYPES = [
  "approle",
  "jwt",
  "oidc",
  "kubernetes",
  "cert",
  "userpass",
  "ldap",
  "aws",
  "azure",
  "gcp",
] as const;

/** Type of a login method. */
export type LoginType = (typeof LOGIN_TYPES)[number];

/** Types of external plugins, as the server's catalogue names them. */
export const PLUGIN_TYPES = ["secret", "database", "auth"] as const;

/** Type of an external plugin. */
export type PluginType = (typeof PLUGIN_TYPES)[number];

/** What `apply` may configure besides mounts. */
export const FEATURES = ["token-roles", "quotas", "external-groups", "mfa"] as const;

/** A part of an instance's configuration besides mounts. */
export type Feature = (typeof FEATURES)[number];

/** Default lifetime of an identity's token, seconds: 1 hour. */
export const DEFAULT_TOKEN_TTL = 3_600;

/** Default lifetime of an identity's secret ID, seconds: 90 days. */
export const DEFAULT_SECRET_ID_TTL = 7_776_000;

/** What may become of the root token once the identities work. */
export const ROOT_TOKEN_CHOICES = ["keep", "revoke"] as const;

/** What becomes of the root token once the identities work. */
export type RootTokenChoice = (typeof ROOT_TOKEN_CHOICES)[number];

/** What the hook knows of an instance's identities. */
export const identitySettings = z.object({
  /** Secrets engines that the tenant file describes, whether they exist yet or not. */
  mounts: z.array(z.object({ path: z.string().min(1), type: z.enum(ENGINE_TYPES) })).readonly(),
  /** Login methods that it describes; paths without `auth/`. */
  logins: z.array(z.object({ path: z.string().min(1), type: z.enum(LOGIN_TYPES) })).readonly(),
  /**
   * What else it describes. The identities always have the rights, also to remove it. This lets the hook run, and grant them, once a
   * tenant file of before begins to use it.
   */
  features: z.array(z.enum(FEATURES)).min(1).readonly().optional(),
  /** Secrets that the hook of the config layer creates, for people to fill in. */
  placeholders: z.array(placeholderPaths).min(1).readonly().optional(),
  /** PKI mounts whose CAs have their keys in the central Vault as well. */
  authorities: z.array(heldAuthority).min(1).readonly().optional(),
  /** External plugins that the config layer registers in the catalogue of a Vault. */
  plugins: z
    .array(z.object({ type: z.enum(PLUGIN_TYPES), name: z.string().min(1) }))
    .min(1)
    .readonly()
    .optional(),
  /** Lifetime of a token, seconds. */
  tokenTtl: z.number().int().min(60).default(DEFAULT_TOKEN_TTL),
  /** Lifetime of a secret ID, seconds. */
  secretIdTtl: z.number().int().min(3_600).default(DEFAULT_SECRET_ID_TTL),
  /** What becomes of the root token in the record once the identities work. If unset, it is kept. */
  rootToken: z.enum(ROOT_TOKEN_CHOICES).optional(),
  /** Networks from which the identities may log in; without it, from everywhere. */
  boundCidrs: z.array(z.string().min(1)).min(1).readonly().optional(),
  /** Instances, `<tenant>/<instance>`, that are namespaces of this one. Each has a login here. */
  namespaces: z.array(z.string().regex(INSTANCE_PATH)).min(1).readonly().optional(),
});

/** What the hook knows of an instance's identities. */
export type IdentitySettings = Readonly<z.output<typeof identitySettings>>;

/** Names of all logins that the hook makes in an instance. */
export function loginNames({ namespaces = [] }: Pick<IdentitySettings, "namespaces">): readonly LoginName[] {
  return [...IDENTITIES, ...namespaces.map(namespaceLogin)];
}
