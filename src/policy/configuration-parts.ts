import type { EngineType, LoginType } from "../contract/identities";
import type { Capability } from "./policy-document";

/** For lists of objects, and the objects. */
export const MANAGE: readonly Capability[] = ["create", "read", "update", "patch", "delete", "list"];
/** For paths of single objects. */
export const EDIT: readonly Capability[] = ["create", "read", "update", "patch", "delete"];
/** For settings, which exist as long as their engine does. */
const CONFIGURE: readonly Capability[] = ["create", "read", "update", "patch"];
/** For readers. */
export const LOOK: readonly Capability[] = ["read", "list"];
/** For endpoints that carry something out. */
export const WRITE: readonly Capability[] = ["create", "update"];
/** For settings of engines that know no patch. */
const SET: readonly Capability[] = ["create", "read", "update"];

/** A part of an engine's API, below its mount. */
export interface Part {
  readonly path: string;
  readonly reason: string;
  /** What `apply` may do there. `plan` may read and list if `apply` may. @default - everything */
  readonly apply?: readonly Capability[];
  /**
   * Whether it holds a credential that the server sends to an address which stands there, too, or a key that its writer knows.
   *
   * @default false
   */
  readonly holdsCredential?: boolean;
}

/** The configuration of each engine. Nothing at these paths returns a secret value, creates a credential or signs. */
export const ENGINES: Readonly<Record<EngineType, readonly Part[]>> = {
  pki: [
    // Not config/ca, which imports a CA whose key its sender knows.
    ...["acme", "auto-tidy", "cluster", "crl", "issuers", "keys", "urls"].map((name) => ({
      path: `config/${name}`,
      apply: CONFIGURE,
      reason: "configure the authority",
    })),
    { path: "roles", apply: ["list"], reason: "find roles" },
    // Below a role, accounts of ACME are created.
    { path: "roles/+", reason: "roles of certificates" },
    { path: "issuers", apply: ["list"], reason: "find issuers" },
    { path: "issuer/+", apply: EDIT, reason: "certificates of issuers" },
    { path: "keys", apply: ["list"], reason: "find keys of issuers" },
    { path: "key/+", apply: EDIT, reason: "names of keys of issuers, which never leave the server" },
    { path: "cert/+", apply: ["read"], reason: "certificates, which are public" },
    { path: "keys/generate/internal", apply: WRITE, reason: "generate a key that never leaves the server" },
    { path: "intermediate/generate/internal", apply: WRITE, reason: "request a signature for such a key" },
    { path: "issuers/generate/intermediate/internal", apply: WRITE, reason: "request a signature for such a key" },
    { path: "intermediate/set-signed", apply: WRITE, reason: "import the signed intermediate" },
    {
      path: "issuers/generate/root/internal",
      apply: WRITE,
      reason: "make a root CA whose key never leaves the server",
    },
    { path: "issuers/import/cert", apply: WRITE, reason: "import the signed intermediate" },
  ],
  ssh: [
    { path: "config/*", apply: EDIT, reason: "configure the authority", holdsCredential: true },
    { path: "roles/*", reason: "roles of logins" },
  ],
  database: [
    { path: "config/*", reason: "connections, without their passwords", holdsCredential: true },
    { path: "roles/*", reason: "roles of credentials" },
    { path: "static-roles/*", reason: "roles of static credentials" },
    { path: "rotate-root/+", apply: WRITE, reason: "replace a connection's password by one that nobody knows" },
  ],
  kv: [
    {
      path: "config",
      // The engine refuses the deletion, which keeps the secrets, and its answer says more than a denial.
      apply: EDIT,
      reason: "how many versions are kept, and how long",
    },
  ],
  aws: [
    { path: "config/root", apply: SET, reason: "the root key, without its secret", holdsCredential: true },
    { path: "config/rotate-root", apply: WRITE, reason: "replace the root credential by one that nobody knows" },
    { path: "roles/+", reason: "roles of credentials" },
  ],
  azure: [
    {
      path: "config",
      apply: SET,
      reason: "the application that creates service principals, without its secret",
      holdsCredential: true,
    },
    { path: "rotate-root", apply: WRITE, reason: "replace the root credential by one that nobody knows" },
    { path: "roles/+", reason: "roles of credentials" },
  ],
  gcp: [
    {
      path: "config",
      apply: SET,
      reason: "how service accounts are impersonated, without the key",
      holdsCredential: true,
    },
    { path: "config/rotate-root", apply: WRITE, reason: "replace the root credential by one that nobody knows" },
    { path: "impersonated-account/+", reason: "roles of access tokens" },
  ],
  terraform: [
    { path: "config", apply: SET, reason: "the address of Terraform Cloud, without the token", holdsCredential: true },
    { path: "role/+", reason: "roles of tokens" },
  ],
};

/** Logins by tokens that another party signed. The secret of a client is never returned. */
const TOKEN_LOGIN: readonly Part[] = [
  { path: "config", apply: SET, reason: "who signs tokens" },
  { path: "role", apply: ["list"], reason: "find roles" },
  { path: "role/+", reason: "roles of clients" },
];

/** Roles of programs that a cloud identifies. */
const CLOUD_ROLES: readonly Part[] = [{ path: "role/+", reason: "roles of programs" }];

/** The configuration of each login method, below `auth/<path>/`. */
export const LOGINS: Readonly<Record<LoginType, readonly Part[]>> = {
  approle: [
    { path: "role", apply: ["list"], reason: "find roles" },
    { path: "role/+", reason: "roles of programs" },
    { path: "role/+/role-id", apply: ["read", "create", "update"], reason: "role IDs, which are not secret" },
  ],
  jwt: TOKEN_LOGIN,
  oidc: TOKEN_LOGIN,
  kubernetes: TOKEN_LOGIN,
  cert: [
    { path: "certs", apply: ["list"], reason: "find roles" },
    { path: "certs/+", reason: "roles of clients" },
    { path: "crls/+", apply: ["create", "read", "update", "delete"], reason: "revoked certificates, which are public" },
  ],
  userpass: [
    { path: "users", apply: ["list"], reason: "find users" },
    { path: "users/+", reason: "users, without their passwords" },
  ],
  ldap: [{ path: "config", apply: SET, reason: "the directory, without the password of its account" }],
  aws: [{ path: "config/client", apply: EDIT, reason: "where the service is that knows the programs" }, ...CLOUD_ROLES],
  azure: [{ path: "config", apply: EDIT, reason: "whose programs log in" }, ...CLOUD_ROLES],
  gcp: [{ path: "config", apply: SET, reason: "the account that finds others, without its key" }, ...CLOUD_ROLES],
};
