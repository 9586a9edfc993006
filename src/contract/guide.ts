import type { Product } from "../core/product";

/** What a client does with a path that a policy allows, so that a guide can say how. Lifetimes are in seconds. */
export type StatementUse =
  | { readonly kind: "secrets"; readonly mount: string; readonly folder: string }
  | {
      readonly kind: "certificate";
      readonly mount: string;
      readonly role: string;
      readonly request: "issue" | "sign";
      /** A name that the role allows. */
      readonly example: string;
      readonly keyType: string;
      readonly keyBits?: number;
    }
  | { readonly kind: "acme"; readonly mount: string; readonly role: string }
  | {
      readonly kind: "ssh-certificate";
      readonly mount: string;
      readonly role: string;
      readonly user: string;
      /** Domains of the hosts whose keys the same authority signs. */
      readonly hosts: readonly string[];
      readonly keyType: string;
      readonly keyBits?: number;
    }
  | { readonly kind: "ssh-host"; readonly mount: string; readonly role: string; readonly domain: string }
  | { readonly kind: "ssh-password"; readonly role: string; readonly user: string; readonly example: string }
  | {
      readonly kind: "database";
      readonly role: string;
      readonly server: DatabaseServer;
      /** Without it, the password of a user that stays. */
      readonly lifetime?: number;
    }
  | { readonly kind: "credentials"; readonly title: string }
  | { readonly kind: "secret-ids"; readonly role: string };

/** Where clients reach a database, by TLS. */
export interface DatabaseServer {
  readonly engine:
    | "postgresql"
    | "mysql"
    | "mariadb"
    | "mongodb"
    | "mssql"
    | "redis"
    | "valkey"
    | "cassandra"
    | "influxdb";
  /** Each with its port. */
  readonly addresses: readonly string[];
  /** Name of the database or keyspace. @default - the server has none */
  readonly database?: string;
}

/** How a client logs in as a role, so that a guide can say how. The path is without `auth/`. */
export type LoginUse =
  | {
      readonly kind: "appRole";
      readonly path: string;
      readonly secretIdTtl: number;
      /** Number of logins for which a secret ID may be used. @default - any number */
      readonly secretIdNumUses?: number;
    }
  | {
      readonly kind: "password";
      readonly path: string;
      readonly group: string;
      readonly firstLoginTtl: number;
      /** Whether a code of an authenticator app is needed, too. @default - a password is enough */
      readonly mfa?: true;
    }
  | {
      readonly kind: "jwt";
      /** The platform whose jobs log in, such as "gitlab". */
      readonly platform: string;
      readonly path: string;
      readonly audience: string;
      readonly claims: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "kubernetes";
      readonly path: string;
      readonly namespace: string;
      readonly serviceAccount: string;
      readonly audience: string;
    }
  | { readonly kind: "certificate"; readonly path: string; readonly commonName: string }
  | {
      readonly kind: "oidc";
      readonly path: string;
      readonly group: string;
      readonly redirectUris: readonly string[];
      /** Lifetime of tokens, seconds, of a login at which people choose no role. @default - they choose the role */
      readonly tokens?: { readonly ttl: number };
    }
  | {
      readonly kind: "ldap";
      readonly path: string;
      readonly group: string;
      /** Lifetimes of tokens, seconds. */
      readonly tokens: { readonly ttl: number; readonly maxTtl: number };
    }
  | {
      readonly kind: "aws";
      readonly path: string;
      readonly principals: readonly string[];
      readonly serverId: string;
      /** Region of the STS that confirms who logs in. @default - that of all regions */
      readonly region?: string;
    }
  | {
      readonly kind: "azure";
      readonly path: string;
      readonly servicePrincipalIds: readonly string[];
      readonly resource: string;
    }
  | { readonly kind: "gcp"; readonly path: string; readonly serviceAccounts: readonly string[] };

/** A path that a role may use. */
export interface GuidedStatement {
  readonly path: string;
  readonly capabilities: readonly string[];
  readonly reason: string;
  readonly use?: StatementUse;
}

/** A role, as its people see it. */
export interface GuidedRole {
  readonly name: string;
  /** What it administers, if it does. */
  readonly duty?: string;
  /** Lifetimes of tokens, seconds. */
  readonly tokenTtl: number;
  readonly tokenMaxTtl: number;
  readonly logins: readonly LoginUse[];
  readonly statements: readonly GuidedStatement[];
}

/** What the guide of an instance is made from: what the stack of its configuration says about it. It contains no secret. */
export interface GuidedInstance {
  readonly product: Product;
  readonly address: string;
  readonly namespace?: string;
  readonly roles: readonly GuidedRole[];
}

/** Key, in the comment of a synthesized stack, of its guided instances by `<tenant>/<instance>`. */
export const GUIDES = "guides";
