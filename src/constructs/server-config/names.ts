import { DNS_LABEL } from "../../core/dns-label";
import { ValidationError } from "../../core/errors";

/** Port of the API. */
export const API_PORT = 8200;
/** Port of raft and of forwarded requests. */
export const CLUSTER_PORT = 8201;

/** Names inside the cluster; https://developer.hashicorp.com/vault/docs/platform/k8s/helm/configuration */
export interface ReleaseNames {
  readonly tenant: string;
  /** Name of the Helm release, its StatefulSet, its Services, and cluster-scoped objects of the chart. */
  readonly release: string;
  readonly namespace: string;
  readonly tlsSecret: string;
  readonly pods: readonly string[];
}

/** Maximum number of servers in a raft cluster. */
export const MOST_REPLICAS = 7;

/** Helm's maximum of 53 characters, minus the longest suffix of this library, "-certificate". */
const LONGEST_RELEASE = 41;

/** @throws ValidationError if objects in Kubernetes cannot have the name; the name of a Service begins with a letter. */
export function releaseName({ tenant, name }: { readonly tenant: string; readonly name: string }): string {
  const release = `${tenant}-${name}`;
  if (!/^[a-z][a-z0-9-]*[a-z0-9]$/.test(release) || release.length > LONGEST_RELEASE) {
    throw new ValidationError(
      "release-name",
      `"${release}", made of the names of tenant and instance, cannot name objects of Kubernetes; use at most ${LONGEST_RELEASE} of a-z, 0-9 and -, beginning with a letter.`,
    );
  }
  return release;
}

/** @throws ValidationError if the names of tenant and instance cannot be those of a record. */
export function checkNames(
  names: { readonly tenant: string; readonly name: string },
  scope?: ConstructorParameters<typeof ValidationError>[2],
): void {
  for (const field of ["tenant", "name"] as const) {
    if (DNS_LABEL.test(names[field])) continue;
    throw new ValidationError(
      "instance-name",
      `${field} is ${JSON.stringify(names[field])}, which cannot name a record; use a-z, 0-9 and -, with a letter or digit at both ends.`,
      scope,
    );
  }
}

/**
 * The names of an instance's objects. If tenants share a cluster, the name of the tenant makes them unique, except that `a/b-c` and `a-b/c`
 * have the same: `loadTenants` refuses two such instances.
 */
export function releaseNames(
  { tenant, name }: { readonly tenant: string; readonly name: string },
  replicas: number,
): ReleaseNames {
  const release = releaseName({ tenant, name });
  return {
    tenant,
    release,
    namespace: release,
    tlsSecret: `${release}-tls`,
    pods: Array.from({ length: replicas }, (_, index) => `${release}-${index}`),
  };
}

/** Labels that both charts put on the pods of the servers, and on no other pods. */
export function serverLabels(release: string): Record<string, string> {
  return { "app.kubernetes.io/instance": release, component: "server" };
}

/** URL of a pod inside the cluster, by the headless service; it also works while the server is sealed. */
export function podAddress({ release }: ReleaseNames, pod: string): string {
  return `https://${pod}.${release}-internal:${API_PORT}`;
}

/** Patterns of PKI roles that match {@link serverNames} of one instance, without `localhost`, and no other names. */
export function serverPatterns(instance: { readonly tenant: string; readonly name: string }, host: string): string[] {
  const names = releaseNames(instance, MOST_REPLICAS);
  return serverNames(names, host).filter((name) => name !== "localhost");
}

/**
 * All names of the servers, for their certificate. Names of later replicas are included, because their pods start before a new
 * certificate could be issued.
 */
export function serverNames({ release, namespace }: ReleaseNames, host: string): string[] {
  return [
    ...Array.from({ length: MOST_REPLICAS }, (_, index) => `${release}-${index}.${release}-internal`),
    ...[release, `${release}-active`, `${release}-standby`].map((service) => `${service}.${namespace}.svc`),
    host,
    "localhost",
  ];
}
