import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { askKubernetes, coreApi, KubernetesError } from "./api";

/** Seconds that a token lasts: longer than any run waits, and the shortest time that is usual among clusters. */
const TOKEN_SECONDS = 3600;

/**
 * A kubeconfig of the same cluster whose user is a ServiceAccount, by a token that ends by itself. From there on nothing is
 * done with the rights of the stored kubeconfig.
 */
export async function asServiceAccount(kubeconfig: KubeConfig, namespace: string, name: string): Promise<KubeConfig> {
  const api = await coreApi(kubeconfig);
  const { status } = await askKubernetes(kubeconfig, `draw a token of the ServiceAccount ${namespace}/${name}`, () =>
    api.createNamespacedServiceAccountToken({
      namespace,
      name,
      body: { spec: { audiences: [], expirationSeconds: TOKEN_SECONDS } },
    }),
  );
  const [cluster, token] = [kubeconfig.getCurrentCluster(), status?.token];
  if (cluster === null || token === undefined) {
    throw new KubernetesError(
      `The Kubernetes API gave no token of the ServiceAccount ${namespace}/${name}.`,
      undefined,
    );
  }
  const { KubeConfig } = await import("@kubernetes/client-node");
  const narrowed = new KubeConfig();
  narrowed.loadFromClusterAndUser(cluster, { name, token });
  return narrowed;
}
