import {
  IDENTITY_LOGIN,
  type EngineType,
  type Identity,
  type LoginName,
  type LoginType,
  type PluginType,
} from "../contract/identities";
import { isNamespaceLogin } from "../contract/namespaces";
import type { HeldAuthority } from "../contract/authorities";
import type { PlaceholderPaths } from "../contract/placeholders";
import type { Product } from "../core/product";
import { ceremonyStatements, keyStatus } from "./ceremony-policy";
import { EDIT, ENGINES, LOGINS, LOOK, MANAGE, WRITE, type Part } from "./configuration-parts";
import { namespaceStatements } from "./namespace-policy";
import { PolicyDocument, type Capability, type PolicyStatement } from "./policy-document";

/** What the identities of an instance administer. */
export interface IdentityScope {
  readonly product: Product;
  /** Secrets engines, each once. */
  readonly mounts: readonly { readonly path: string; readonly type: EngineType }[];
  /** Login methods, each once; paths without `auth/`. */
  readonly logins: readonly { readonly path: string; readonly type: LoginType }[];
  /** Secrets that people fill in later, by mount. @default - none */
  readonly placeholders?: readonly PlaceholderPaths[] | undefined;
  /** PKI mounts whose CAs have their keys in the central Vault as well. @default - none */
  readonly authorities?: readonly HeldAuthority[] | undefined;
  /** External plugins of a Vault, each once. @default - none */
  readonly plugins?: readonly { readonly type: PluginType; readonly name: string }[] | undefined;
  /** Whether the instance is a namespace of a shared one. @default false */
  readonly isNamespace?: boolean;
}

/** People and their groups. They are made by the paths without an ID. */
function people(may: readonly Capability[]): PolicyStatement[] {
  const made = (path: string, reason: string): PolicyStatement[] => [
    { path, capabilities: WRITE.filter((each) => may.includes(each)), reason },
    { path: `${path}/id/*`, capabilities: may, reason },
  ];
  return [
    ...made("identity/entity", "people"),
    ...made("identity/entity-alias", "logins of people"),
    ...made("identity/group", "groups of people"),
    ...made("identity/group-alias", "groups of another provider of identities"),
    {
      path: "identity/lookup/*",
      capabilities: WRITE.filter((each) => may.includes(each)),
      reason: "find people and groups",
    },
  ];
}

/** That people need second factors. These themselves are out of reach. */
function secondFactors(capabilities: readonly Capability[]): PolicyStatement[] {
  const method = "identity/mfa/method/totp";
  const read: PolicyStatement[] = [
    { path: `${method}/+`, capabilities, reason: "method of second factors" },
    { path: "identity/mfa/login-enforcement/+", capabilities, reason: "for whom a second factor is required" },
  ];
  if (!capabilities.includes("update")) return read;
  return [
    ...read,
    { path: method, capabilities: WRITE, reason: "make the method" },
    ...["generate", "admin-generate", "admin-destroy"].map((each): PolicyStatement => ({
      // The path of a method by its ID stands for these, too.
      path: `${method}/${each}`,
      capabilities: ["deny"],
      reason: "no second factor of a person",
    })),
  ];
}

/** The policy of an identity, or of the login of a namespace, as text. */
export function identityPolicy(identity: LoginName, scope: IdentityScope): string {
  const policy = new PolicyDocument();
  const statements = isNamespaceLogin(identity) ? namespaceStatements(identity) : STATEMENTS[identity](scope);
  for (const statement of [...ownToken(), ...statements]) policy.add(statement);
  return policy.render();
}

const STATEMENTS: Readonly<Record<Identity, (scope: IdentityScope) => PolicyStatement[]>> = {
  apply: (scope) => [
    ...configuration(scope, MANAGE),
    ...placeholders(scope),
    ...authorities(scope),
    ...logins(),
    ...moves(),
  ],
  plan: (scope) => configuration(scope, LOOK),
  operate: (scope) => [
    ...(scope.isNamespace === true ? [keyStatus()] : operations()),
    ...certificates(scope),
    ...placeholderMetadata(scope),
  ],
  ceremony: ceremonyStatements,
};

/** Login methods with groups of people. */
const OF_PEOPLE: readonly LoginType[] = ["userpass", "oidc", "ldap"];

function ownToken(): PolicyStatement[] {
  return [
    { path: "auth/token/lookup-self", capabilities: ["read"], reason: "know its own token" },
    { path: "auth/token/revoke-self", capabilities: ["update"], reason: "end its own token" },
  ];
}

/** Mounts, policies, logins and the configuration of engines, as far as the identity may do that at all. */
function configuration(scope: IdentityScope, may: readonly Capability[]): PolicyStatement[] {
  const allowed = (wanted: readonly Capability[]): Capability[] => wanted.filter((each) => may.includes(each));
  const below = (mount: string, parts: readonly Part[]): PolicyStatement[] =>
    parts.map(({ path, apply = MANAGE, reason }) => ({
      path: `${mount}/${path}`,
      capabilities: allowed(apply),
      reason: `${mount}: ${reason}`,
    }));
  const statements: PolicyStatement[] = [
    { path: "sys/mounts", capabilities: ["read"], reason: "find secrets engines" },
    { path: "sys/mounts/*", capabilities: allowed(EDIT), reason: "secrets engines" },
    { path: "sys/auth", capabilities: ["read"], reason: "find login methods" },
    { path: "sys/auth/*", capabilities: [...allowed(EDIT), "sudo"], reason: "login methods" },
    { path: "sys/policies/acl/*", capabilities: allowed(MANAGE), reason: "policies" },
    { path: "auth/token/roles/+", capabilities: allowed(MANAGE), reason: "token roles, and first logins of people" },
    ...(scope.isNamespace === true ? [] : quotas(scope, allowed(MANAGE))),
    ...(scope.mounts.some(({ type }) => type === "database") ? passwordPolicies(allowed(EDIT)) : []),
    ...scope.mounts.flatMap(({ path, type }) => below(path, ENGINES[type])),
    ...scope.logins.flatMap(({ path, type }) => below(`auth/${path}`, LOGINS[type])),
    ...(scope.logins.some(({ type }) => OF_PEOPLE.includes(type)) ? people(allowed(MANAGE)) : []),
    ...(scope.logins.some(({ type }) => type === "userpass") ? secondFactors(allowed(EDIT)) : []),
    ...(scope.product === "vault" ? [...auditDevices(allowed(EDIT)), ...catalogue(scope, allowed)] : []),
  ];
  return statements.filter(({ capabilities }) => capabilities.length > 0);
}

/** They say how databases generate passwords, and hold none. */
function passwordPolicies(capabilities: readonly Capability[]): PolicyStatement[] {
  return [{ path: "sys/policies/password/+", capabilities, reason: "how passwords of databases are generated" }];
}

/** Only Vault has quotas of leases, and no namespace has quotas. */
function quotas({ product }: IdentityScope, capabilities: readonly Capability[]): PolicyStatement[] {
  const kinds = ["rate-limit", ...(product === "vault" ? ["lease-count"] : [])];
  return kinds.map((kind) => ({ path: `sys/quotas/${kind}/+`, capabilities, reason: "quotas" }));
}

/** OpenBao has audit devices in its servers' configuration alone. */
function auditDevices(capabilities: readonly Capability[]): PolicyStatement[] {
  return [
    { path: "sys/audit", capabilities: ["read", "sudo"], reason: "find audit devices" },
    { path: "sys/audit/*", capabilities: [...capabilities, "sudo"], reason: "audit devices" },
  ];
}

/** OpenBao has plugins in its servers' configuration alone. An entry that left the tenant file can still be read and removed. */
function catalogue(
  { plugins = [] }: IdentityScope,
  allowed: (wanted: readonly Capability[]) => Capability[],
): PolicyStatement[] {
  const entry = (path: string, wanted: readonly Capability[], reason: string): PolicyStatement => ({
    path: `sys/plugins/catalog/${path}`,
    capabilities: [...allowed(wanted), "sudo"],
    reason,
  });
  return [
    entry("+/+", ["read", "delete"], "find and remove external plugins"),
    ...plugins.map(({ type, name }) =>
      entry(`${type}/${name}`, ["create", "read", "update", "delete"], `register the ${type} plugin ${name}`),
    ),
  ];
}

/** To write a secret that exists, KV version 2 requires `update`, so an identity that may only create it overwrites nothing. */
function placeholders(scope: IdentityScope): PolicyStatement[] {
  return pathsOf(scope, (mount, path) => [
    { path: `${mount}/data/${path}`, capabilities: ["create"], reason: "write a placeholder, once" },
    {
      path: `${mount}/metadata/${path}`,
      capabilities: ["read", "patch"],
      reason: "whether the placeholder exists, and whose it is",
      allowedParameters: { custom_metadata: [] },
    },
  ]);
}

/** A CA whose key is known elsewhere may come into the mounts that the tenant file describes so, and into no other. */
function authorities({ authorities: held = [] }: IdentityScope): PolicyStatement[] {
  return held.flatMap(({ mount, type }): PolicyStatement[] => [
    {
      path: `${mount}/issuers/import/bundle`,
      capabilities: WRITE,
      reason: "import the CA that the central Vault holds",
    },
    ...(type === "exported"
      ? [
          { path: `${mount}/keys/import`, capabilities: WRITE, reason: "import the key of a new CA" },
          {
            path: `${mount}/issuers/generate/root/existing`,
            capabilities: WRITE,
            reason: "make the certificate of that CA",
          },
        ]
      : []),
  ]);
}

/** Certificates are public. An identity that may seal the instance may also end what the instance has issued. */
function certificates({ mounts }: IdentityScope): PolicyStatement[] {
  return mounts
    .filter(({ type }) => type === "pki")
    .flatMap(({ path }): PolicyStatement[] => [
      { path: `${path}/certs`, capabilities: ["list"], reason: "find certificates" },
      { path: `${path}/cert/+`, capabilities: ["read"], reason: "certificates, which are public" },
      { path: `${path}/revoke`, capabilities: WRITE, reason: "revoke certificates" },
      { path: `${path}/crl/rotate`, capabilities: ["read"], reason: "publish what is revoked" },
    ]);
}

function placeholderMetadata(scope: IdentityScope): PolicyStatement[] {
  return pathsOf(scope, (mount, path) => [
    { path: `${mount}/metadata/${path}`, capabilities: ["read"], reason: "whether the placeholder is filled in" },
  ]);
}

function pathsOf(
  { placeholders: found = [] }: IdentityScope,
  statements: (mount: string, path: string) => PolicyStatement[],
): PolicyStatement[] {
  return found.flatMap(({ mount, paths }) => paths.flatMap((path) => statements(mount, path)));
}

/** The identities themselves, so that the hook repairs them without the root token. */
function logins(): PolicyStatement[] {
  const role = `auth/${IDENTITY_LOGIN}/role`;
  return [
    { path: `${role}/+`, capabilities: MANAGE, reason: "repair the identities" },
    { path: `${role}/+/role-id`, capabilities: ["read"], reason: "role IDs of the identities" },
    { path: `${role}/+/secret-id`, capabilities: [...WRITE, "list"], reason: "rotate secret IDs of the identities" },
    { path: `${role}/+/secret-id-accessor/lookup`, capabilities: WRITE, reason: "find former secret IDs" },
    { path: `${role}/+/secret-id-accessor/destroy`, capabilities: WRITE, reason: "destroy former secret IDs" },
  ];
}

function moves(): PolicyStatement[] {
  return [
    { path: "sys/remount", capabilities: ["update", "sudo"], reason: "move a mount with its data" },
    { path: "sys/remount/status/*", capabilities: ["read"], reason: "wait for that" },
  ];
}

/** What works on the servers of an instance, and reads and writes nothing inside it. */
export function operations(): PolicyStatement[] {
  return [
    { path: "sys/storage/raft/configuration", capabilities: ["read"], reason: "members of raft" },
    { path: "sys/storage/raft/autopilot/*", capabilities: ["read"], reason: "whether they have caught up" },
    { path: "sys/storage/raft/remove-peer", capabilities: ["update"], reason: "remove members that are gone" },
    {
      path: "sys/storage/raft/snapshot",
      capabilities: ["read"],
      reason: "take a snapshot, encrypted as the storage is",
    },
    { path: "sys/step-down", capabilities: ["update", "sudo"], reason: "let another server lead" },
    { path: "sys/seal", capabilities: ["update", "sudo"], reason: "seal in an emergency" },
    { path: "sys/audit", capabilities: ["read", "sudo"], reason: "count audit devices" },
  ];
}
