import type { DurationText } from "../core/duration";
import type { SecretLocation } from "../core/secret-ref";
import type { ClusterProps } from "./cluster-props";
import type { DeploymentProps } from "./deployment-props";
import type { SealProps } from "./seal-props";

/** A tenant as its file under `tenants/` describes it. */
export interface TenantProps {
  /** Name of the customer, a DNS-1123 label; the names of its stacks, machines and records begin with it. */
  readonly name: string;
  /**
   * Its machines and network on OpenStack, or a Kubernetes cluster that exists.
   *
   * @default - none: its instances run elsewhere
   */
  readonly cluster?: ClusterProps;
  /** Its Vault or OpenBao instances. */
  readonly instances: readonly InstanceProps[];
  /**
   * Whether Terraform refuses to destroy what holds data: volumes, CA keys, secrets. To retire a tenant, set this to
   * `false` and deploy, then destroy.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/** One Vault or OpenBao of a tenant. */
export interface InstanceProps {
  /** A DNS-1123 label other than `central`; the instance's record is `customers/<tenant>/<name>` in the central Vault. */
  readonly name: string;
  readonly product: "vault" | "openbao";
  /** URL by which clients and Terraform reach the instance, such as `"https://vault.customer10.example:8200"`. */
  readonly address: string;
  /**
   * PEM file of the CA of its TLS certificate, relative to the project.
   *
   * @default - the certificate that VAULT_CACERT names when Terraform runs, else those that the machine trusts
   */
  readonly caCertificateFile?: string;
  readonly deployment: DeploymentProps;
  /**
   * What protects its data while it is not running.
   *
   * @default - Shamir's secret sharing, 5 shares, threshold 3
   */
  readonly seal?: SealProps;
  /**
   * An intermediate CA, signed by the operator's root.
   *
   * @default - none
   */
  readonly pki?: PkiProps;
  /**
   * An authority for SSH logins.
   *
   * @default - none
   */
  readonly ssh?: SshProps;
  /**
   * Databases that credentials are made on.
   *
   * @default - none
   */
  readonly databases?: readonly DatabaseProps[];
  /**
   * Trees of secrets that users write and read.
   *
   * @default - none
   */
  readonly keyValue?: readonly KeyValueTreeProps[];
  /**
   * Who uses the instance, and for what.
   *
   * @default - none
   */
  readonly roles?: readonly RoleProps[];
  /**
   * Whether it is taken down: what runs is destroyed; volumes, the key of a transit seal and the record stay.
   *
   * @default false
   */
  readonly retired?: boolean;
}

/** Certificates of a tenant. */
export interface PkiProps {
  /** @default "pki" */
  readonly mount?: string;
  /**
   * Name in the intermediate's subject.
   *
   * @default - made of the tenant's and the instance's name
   */
  readonly commonName?: string;
  /** @default - none */
  readonly organization?: string;
  /**
   * Life of the intermediate.
   *
   * @default "1825d"
   */
  readonly lifetime?: DurationText;
  /**
   * Domains that the intermediate may sign for, and all below them; nobody trusts what it signs for another.
   *
   * @default - none: the root does not constrain the intermediate
   */
  readonly permittedDomains?: readonly string[];
  readonly roles: readonly PkiRoleDescription[];
}

/** What certificates a role issues. */
export interface PkiRoleDescription {
  readonly name: string;
  /** Names that certificates may be for, or be subdomains of. */
  readonly allowedDomains: readonly string[];
  /** @default true */
  readonly allowSubdomains?: boolean;
  /**
   * Whether the listed domains themselves may be named.
   *
   * @default false
   */
  readonly allowBareDomains?: boolean;
  /**
   * Whether a certificate may be for all names below a domain, as `*.` and the domain.
   *
   * @default false
   */
  readonly allowWildcards?: boolean;
  /** @default "server" */
  readonly usage?: "server" | "client" | "both";
  /** Longest life of a certificate. */
  readonly maxTtl: DurationText;
}

/** SSH logins of a tenant. */
export interface SshProps {
  /** @default "ssh" */
  readonly mount?: string;
  readonly roles: readonly (SshCertificateRoleDescription | SshOneTimePasswordRoleDescription)[];
}

/** Signs users' keys. */
export interface SshCertificateRoleDescription {
  readonly type: "certificate";
  readonly name: string;
  /** Principals that a certificate may name. */
  readonly allowedUsers: readonly string[];
  /** @default - the first of allowedUsers */
  readonly defaultUser?: string;
  /** Longest life of a certificate. */
  readonly maxTtl: DurationText;
}

/** Deals passwords that a host accepts once. */
export interface SshOneTimePasswordRoleDescription {
  readonly type: "one-time-password";
  readonly name: string;
  readonly defaultUser: string;
  /** Addresses of the hosts, as CIDRs. */
  readonly cidrs: readonly string[];
}

/** A database server and the credentials that are made on it. */
export interface DatabaseProps {
  /** Also the end of the mount's path, `database/<name>`. */
  readonly name: string;
  readonly engine: "postgresql";
  readonly host: string;
  /** @default 5432 */
  readonly port?: number;
  readonly database: string;
  /** A role that may create and drop roles. */
  readonly username: string;
  /** Where its password is, in the central Vault. */
  readonly password: SecretLocation;
  /**
   * PEM file of the CA of the server's TLS certificate, as the instance's own servers find it on their disks.
   *
   * @default - the certificates that the machines of the instance trust
   */
  readonly caCertificatePath?: string;
  readonly roles: readonly DatabaseRoleDescription[];
}

/** What credentials may do, and for how long. */
export interface DatabaseRoleDescription {
  readonly name: string;
  /**
   * SQL that makes a login; the engine fills in `{{name}}`, `{{password}}` and `{{expiration}}`.
   *
   * @default - a login that may read the tables of the schema public
   */
  readonly creationStatements?: readonly string[];
  /**
   * SQL that takes a login away.
   *
   * @default - the engine's own
   */
  readonly revocationStatements?: readonly string[];
  /** @default "1h" */
  readonly defaultTtl?: DurationText;
  /** @default "24h" */
  readonly maxTtl?: DurationText;
}

/** A KV version 2 mount. */
export interface KeyValueTreeProps {
  /** @default "kv" */
  readonly mount?: string;
  /** @default 10 */
  readonly maxVersions?: number;
}

/** A program or group that logs in by AppRole; it may do what is listed here and nothing else. */
export interface RoleProps {
  readonly name: string;
  /** @default "1h" */
  readonly tokenTtl?: DurationText;
  /** @default - the longer of 4 hours and {@link tokenTtl} */
  readonly tokenMaxTtl?: DurationText;
  /** Life of a secret id; a new one is drawn before it ends. @default "30d" */
  readonly secretIdTtl?: DurationText;
  /** Networks from which it logs in and uses its tokens, as CIDRs. @default - none: it may come from anywhere */
  readonly boundCidrs?: readonly string[];
  /** Roles of {@link InstanceProps.pki} to have certificates issued from. @default - none */
  readonly certificates?: readonly string[];
  /** Roles of {@link InstanceProps.ssh} to log in to hosts with. @default - none */
  readonly ssh?: readonly string[];
  /** Roles of {@link InstanceProps.databases} to draw credentials of, as `<database>/<role>`. @default - none */
  readonly databases?: readonly string[];
  /** Folders to read, as `<mount>/<folder>`. @default - none */
  readonly read?: readonly string[];
  /** Folders to read and write, as `<mount>/<folder>`. @default - none */
  readonly write?: readonly string[];
}
