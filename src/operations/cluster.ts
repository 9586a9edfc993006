import { KubeconfigStore } from "../central/kubeconfig-store";
import { CentralError } from "../central/record-store";
import type { KubeconfigLocation } from "../contract/central-vault";
import { KubernetesClient } from "../kubernetes/client";
import { KubeconfigError, parseKubeconfig } from "../kubernetes/kubeconfig";
import type { VaultClient } from "../vault/client";

/**
 * Connects to the cluster whose kubeconfig the central Vault holds. The kubeconfig never touches the disk.
 *
 * @throws CentralError if there is no kubeconfig, or none that can be used.
 */
export async function connectToCluster(central: VaultClient, location: KubeconfigLocation): Promise<KubernetesClient> {
  const store = new KubeconfigStore(central, location);
  const text = await store.readKubeconfig();
  try {
    return new KubernetesClient(parseKubeconfig(text));
  } catch (error) {
    if (!(error instanceof KubeconfigError)) throw error;
    throw new CentralError(
      "refused",
      `What the central Vault has at ${store.path} ${error.message}; put another there: vault kv put ${store.path} kubeconfig=@FILE.`,
    );
  }
}
