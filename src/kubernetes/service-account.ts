import { Secret } from "../core/secret";
import { KubernetesError, type KubernetesClient } from "./client";

/** Lifetime of a token in seconds. It is longer than any run, and clusters usually allow it. */
export const TOKEN_SECONDS = 3600;

/**
 * Returns a client of the same cluster that acts as a ServiceAccount, with a token that expires. It does not use the permissions
 * of the stored kubeconfig.
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
