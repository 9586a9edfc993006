import { Secret } from "../core/secret";
import { KubernetesError, type KubernetesClient } from "./client";

/** Seconds that a token is valid: longer than any run waits, and the shortest maximum that clusters usually set. */
const TOKEN_SECONDS = 3600;

/**
 * The same cluster, asked as a ServiceAccount with a token that expires by itself. From there on nothing is done with the
 * rights of the stored kubeconfig.
 */
export async function asServiceAccount(
  client: KubernetesClient,
  namespace: string,
  name: string,
): Promise<KubernetesClient> {
  const { status } = await client.ask<{ readonly status?: { readonly token?: string } }>(
    `request a token of the ServiceAccount ${namespace}/${name}`,
    {
      method: "POST",
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
      body: {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: { audiences: [], expirationSeconds: TOKEN_SECONDS },
      },
    },
  );
  if (status?.token === undefined) {
    throw new KubernetesError(
      `The Kubernetes API gave no token of the ServiceAccount ${namespace}/${name}.`,
      undefined,
    );
  }
  return client.withToken(new Secret(status.token));
}
