import { KubeconfigStore } from "../central/kubeconfig-store";
import type { KubeconfigLocation } from "../contract/central-vault";
import type { Instance } from "../contract/instance";
import { OperationError } from "../core/errors";
import { KubernetesClient } from "../kubernetes/client";
import { KubeconfigError, parseKubeconfig } from "../kubernetes/kubeconfig";
import { asServiceAccount } from "../kubernetes/service-account";
import type { VaultClient } from "../vault/client";
import type { NetworkOptions } from "./network";
import { StatefulSetPods, type Pods } from "./pods";
import { SealTokenSecret } from "./supply/seal-token";
import { BootstrapCredential } from "./supply/bootstrap-credential";
import { CertificateSecret } from "./supply/server-certificate";

/** Resources of an instance in its cluster. */
export interface InstanceCluster {
  readonly client: KubernetesClient;
  readonly namespace: string;
  readonly certificate: CertificateSecret;
  /** Undefined if the servers need no token for their seal, or another program provides it. */
  readonly sealToken: SealTokenSecret | undefined;
  /** Undefined unless the servers initialise themselves. */
  readonly bootstrap: BootstrapCredential | undefined;
  readonly pods: Pods;
  close(): Promise<void>;
}

/**
 * Connects to the cluster of an instance as the described ServiceAccount; undefined outside Kubernetes.
 */
export async function enterCluster(
  central: VaultClient,
  { kubernetes }: Instance,
  network: NetworkOptions = {},
): Promise<InstanceCluster | undefined> {
  if (kubernetes === undefined) return undefined;
  const { namespace, serviceAccount, sealToken, bootstrap } = kubernetes;
  const stored = await connectToCluster(central, kubernetes.kubeconfig, network);
  const client = serviceAccount === undefined ? stored : await asServiceAccount(stored, namespace, serviceAccount);
  return {
    client,
    namespace,
    certificate: CertificateSecret.of(client, kubernetes),
    sealToken: sealToken && SealTokenSecret.of(client, namespace, sealToken),
    bootstrap: bootstrap && new BootstrapCredential(client, namespace, bootstrap.secretName),
    pods: new StatefulSetPods(client, kubernetes),
    close: async () => {
      await Promise.all([stored.close(), client.close()]);
    },
  };
}

/**
 * Connects to the cluster whose kubeconfig the central Vault holds. The kubeconfig never touches the disk.
 *
 * @throws OperationError if the kubeconfig is missing or unusable.
 */
export async function connectToCluster(
  central: VaultClient,
  location: KubeconfigLocation,
  { end, proxies }: NetworkOptions = {},
): Promise<KubernetesClient> {
  const store = new KubeconfigStore(central, location);
  const text = await store.readKubeconfig();
  try {
    const kubeconfig = parseKubeconfig(text);
    const { proxyUrl = proxies?.proxyFor(kubeconfig.server) } = kubeconfig;
    return new KubernetesClient({ ...kubeconfig, proxyUrl }, end);
  } catch (error) {
    if (!(error instanceof KubeconfigError)) throw error;
    throw new OperationError(
      error.code,
      `What the central Vault has at ${store.path} ${error.message}; put another there: vault kv put ${store.path} kubeconfig=@FILE.`,
    );
  }
}
