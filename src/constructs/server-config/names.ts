import { ValidationError } from "../../core/errors";

/** Port of the API, and of raft and forwarded requests. */
export const API_PORT = 8200;
export const CLUSTER_PORT = 8201;

/** Names inside the cluster; https://developer.hashicorp.com/vault/docs/platform/k8s/helm/configuration */
export interface ReleaseNames {
  readonly tenant: string;
  /** Of the Helm release, its StatefulSet and its Services; the chart makes cluster-scoped objects of that name, too. */
  readonly release: string;
  readonly namespace: string;
  readonly tlsSecret: string;
  readonly pods: readonly string[];
}

/** The most that raft is used with. */
export const MOST_REPLICAS = 7;

/** What Helm allows a release to be called, 53, less the suffix of the longest of ours, "-certificate". */
const LONGEST_RELEASE = 41;

/** @throws ValidationError when Kubernetes would not have objects of that name; a Service's begins with a letter. */
export function releaseName({ tenant, name }: { readonly tenant: string; readonly name: string }): string {
  const release = `${tenant}-${name}`;
  if (!/^[a-z][a-z0-9-]*[a-z0-9]$/.test(release) || release.length > LONGEST_RELEASE) {
    throw new ValidationError(
      "release-name",
      `"${release}", of the tenant's and the instance's name, cannot name objects of Kubernetes; use at most ${LONGEST_RELEASE} of a-z, 0-9 and -, beginning with a letter.`,
    );
  }
  return release;
}

/** The names of an instance's objects; the tenant's name makes them unique where tenants share a cluster. */
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

/** Where a pod is reached inside the cluster, by the headless service, sealed or not. */
export function podAddress({ release }: ReleaseNames, pod: string): string {
  return `https://${pod}.${release}-internal:${API_PORT}`;
}

/**
 * Every name that clients know the servers by, for their certificate. Replicas that there may be later are among them: their pods
 * start before a certificate could be issued anew.
 */
export function serverNames({ release, namespace }: ReleaseNames, host: string): string[] {
  return [
    ...Array.from({ length: MOST_REPLICAS }, (_, index) => `${release}-${index}.${release}-internal`),
    ...[release, `${release}-active`, `${release}-standby`].map((service) => `${service}.${namespace}.svc`),
    host,
    "localhost",
  ];
}
