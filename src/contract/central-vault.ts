/** KV version 2 mount in the central Vault that holds the records. */
export const RECORDS_MOUNT = "customers";

/** Path of an instance's record for `vault kv` commands. */
export function recordPath(instance: string): string {
  return `${RECORDS_MOUNT}/${instance}`;
}

/** KV version 2 mount in the central Vault that holds the kubeconfig of each tenant's cluster, in the field `kubeconfig`. */
export const CLUSTERS_MOUNT = "clusters";

/**
 * Location of a kubeconfig: a KV version 2 secret in the central Vault with the field `kubeconfig`.
 *
 * @changes in place: the next deployment uses the kubeconfig there; a different cluster needs new instances
 */
export interface KubeconfigLocation {
  /** Path of the mount. */
  readonly mount: string;
  /** Path of the secret. */
  readonly path: string;
}

/** Transit mount in the central Vault with one key per instance that it seals. */
export const SEALS_MOUNT = "tenant-seals";

/** Prefix of the names of token roles and policies of seals. */
export const SEAL_ROLE_PREFIX = "tenant-vault-seal-";

/** Path, without `auth/`, of the AppRole mount at which the command and pipelines log in. */
export const COMMAND_LOGIN = "tenant-vault";

/** Identities of each tenant in the central Vault. */
export const TENANT_IDENTITIES = ["hook", "deploy", "plan"] as const;

/** Name of an identity of a tenant in the central Vault. */
export type TenantIdentity = (typeof TENANT_IDENTITIES)[number];

/** Name of the role with which an identity of a tenant logs in. */
export function tenantRole(tenant: string, identity: TenantIdentity): string {
  return `${tenant}-${identity}`;
}

/** Name of the policy of an identity of a tenant. */
export function tenantPolicyName(tenant: string, identity: TenantIdentity): string {
  return `tenant-vault-${tenantRole(tenant, identity)}`;
}

/** Role, at {@link COMMAND_LOGIN}, of the login that watches all tenants. */
export const WATCH_ROLE = "watch";

/** Policy of the login that watches all tenants. */
export const WATCH_POLICY = "tenant-vault-watch";

/** Policy of a watcher that also renews what expires. */
export const MAINTENANCE_POLICY = "tenant-vault-maintenance";

/**
 * KV version 2 mount in the central Vault with a part of the keys of each instance for each group of watchers that none of them
 * can unseal alone.
 */
export const SHARES_MOUNT = "shares";

/** Secret at {@link SHARES_MOUNT} whose custom metadata name the groups, in the field `groups`, separated by spaces. */
export const SHARE_GROUPS = "groups";

/** Path of a group's shares of an instance for `vault kv` commands. */
export function sharesPath(group: string, instance: string): string {
  return `${SHARES_MOUNT}/${group}/${instance}`;
}

/** Role, at {@link COMMAND_LOGIN}, of the login that watches all tenants; that of a share group has only its shares. */
export function watchRole(shareGroup: string | undefined): string {
  return shareGroup === undefined ? WATCH_ROLE : `${WATCH_ROLE}-${shareGroup}`;
}

/** Policy of the login of {@link watchRole}. */
export function watchPolicyName(shareGroup: string | undefined): string {
  return shareGroup === undefined ? WATCH_POLICY : `${WATCH_POLICY}-${shareGroup}`;
}

/** Role of the login that keeps snapshots. Its policy is {@link WATCH_POLICY}, which reads what a snapshot needs. */
export const SNAPSHOTS_ROLE = "snapshots";

/** PKI mount of the root CA in the central Vault. */
export const ROOT_CA_MOUNT = "pki-root";

/** Role of the root CA that issues the TLS certificates of a tenant's instances. */
export function certificateRole(tenant: string): string {
  return `instances-${tenant}`;
}
