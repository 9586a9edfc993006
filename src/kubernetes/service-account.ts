import { z } from "zod";
import { HEADER_VALUE } from "../core/header-value";
import { Secret } from "../core/secret";
import type { KubernetesClient } from "./client";

/** Lifetime of a token in seconds. It is longer than any run, and clusters usually allow it. */
export const TOKEN_SECONDS = 3600;

const issued = z.object({ status: z.object({ token: z.string().regex(HEADER_VALUE) }) });

/**
 * Returns a client of the same cluster that acts as a ServiceAccount, with a token that expires. It does not use the permissions
 * of the stored kubeconfig.
 */
export async function asServiceAccount(
  client: KubernetesClient,
  namespace: string,
  name: string,
): Promise<KubernetesClient> {
  const { status } = await client.ask(
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
    issued,
  );
  return client.withToken(new Secret(status.token));
}
