/** KV version 2 mount in the central Vault that holds the records. */
export const RECORDS_MOUNT = "customers";

/** The record of an instance, as Vault's own command names it. */
export function recordPath(instance: string): string {
  return `${RECORDS_MOUNT}/${instance}`;
}

/** KV version 2 mount in the central Vault that holds the kubeconfig of each tenant's cluster, in the field `kubeconfig`. */
export const CLUSTERS_MOUNT = "clusters";

/** Where a kubeconfig is kept: a KV version 2 secret of the central Vault with the field `kubeconfig`. */
export interface KubeconfigLocation {
  /** Path of the mount. */
  readonly mount: string;
  /** Path of the secret. */
  readonly path: string;
}

/** Transit mount in the central Vault that holds a key for each instance that is sealed by it. */
export const SEALS_MOUNT = "tenant-seals";

/** What the names of token roles and policies of seals begin with. */
export const SEAL_ROLE_PREFIX = "tenant-vault-seal-";

/** Path of the AppRole mount that the hook logs in at, and name of its policy. */
export const HOOK_LOGIN = "tenant-vault";

export const HOOK_POLICY = "tenant-vault-hook";
/** Mount of the root CA, and the role of it that issues the TLS certificates of tenants' instances. */
export const ROOT_CA_MOUNT = "pki-root";

export const INSTANCE_CERTIFICATE_ROLE = "instances";
