import { AUTHORITIES_MOUNT } from "../contract/authorities";
import { CLUSTERS_MOUNT } from "../contract/central-vault";
import { isKept } from "../contract/kept-mounts";
import { ValidationError } from "../core/errors";
import { SecretRef } from "../core/secret-ref";

/** A tenant, as far as this check is concerned. */
interface CheckedTenant {
  readonly name: string;
  readonly cluster?: object;
  readonly instances: readonly object[];
}

type Place = Pick<SecretRef, "mount" | "path">;

function refusal({ mount, path }: Place): string {
  return `${mount}/${path} is where tenant-vault keeps keys and credentials; name a secret in another mount, such as "operator"`;
}

/**
 * The tenant's `deploy` may read what the file names, so that must be nothing of another tenant.
 *
 * @throws ValidationError if this library keeps the secret. An authority may be the tenant's own, see {@link checkCentralSecrets}.
 */
export function checkNotKept(secret: SecretRef): SecretRef {
  if (isKept(secret) && secret.mount !== AUTHORITIES_MOUNT)
    throw new ValidationError("tenant-secret", `${refusal(secret)}.`);
  return secret;
}

/** Authorities are the tenant's own. The kubeconfig may be one of the library's, because tenants may share a cluster. */
export function checkCentralSecrets(
  tenant: CheckedTenant,
  report: (path: readonly PropertyKey[], message: string) => void,
): void {
  for (const [at, secret] of secretsIn(tenant, []))
    if (isKept(secret) && !secret.path.startsWith(`${tenant.name}/`)) report(at, refusal(secret));
  const { cluster } = tenant;
  if (cluster === undefined || !("kubeconfig" in cluster) || cluster.kubeconfig === undefined) return;
  const kubeconfig = cluster.kubeconfig as Place;
  if (isKept(kubeconfig) && kubeconfig.mount !== CLUSTERS_MOUNT) report(["cluster", "kubeconfig"], refusal(kubeconfig));
}

function secretsIn(value: unknown, at: readonly PropertyKey[]): [PropertyKey[], SecretRef][] {
  if (value instanceof SecretRef) return [[[...at], value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    secretsIn(child, [...at, Array.isArray(value) ? Number(key) : key]),
  );
}
