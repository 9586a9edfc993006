import type { Instance, Replica } from "./instance";
import { loadKubeconfig } from "./kubeconfig";
import { ensureServerCertificate } from "./server-certificate";
import { openTunnels } from "./tunnels";
import { VaultClient } from "./vault-client";

/** Ways to each replica of an instance. */
export interface Connections {
  client(replica: Replica): VaultClient;
  close(): Promise<void>;
}

/** Connects to the replicas by their addresses, or through the Kubernetes API where their pods run. */
export async function openConnections(central: VaultClient, instance: Instance): Promise<Connections> {
  const cluster =
    instance.kubernetes === undefined ? undefined : await enterCluster(central, instance.kubernetes, instance.replicas);
  const clients = new Map(
    instance.replicas.map(({ name, address }) => [
      name,
      new VaultClient({
        address,
        caCertificate: cluster?.caCertificate ?? instance.caCertificate,
        dial: cluster?.tunnels.endpoint(name),
      }),
    ]),
  );
  return {
    client: ({ name }) => {
      const client = clients.get(name);
      if (client === undefined) throw new Error(`${name} is no replica of ${instance.tenant}/${instance.name}.`);
      return client;
    },
    close: async () => {
      await Promise.all([...clients.values()].map((client) => client.close()));
      cluster?.tunnels.close();
    },
  };
}

async function enterCluster(
  central: VaultClient,
  kubernetes: NonNullable<Instance["kubernetes"]>,
  replicas: readonly Replica[],
) {
  const kubeconfig = await loadKubeconfig(central, kubernetes.kubeconfig);
  const caCertificate = await ensureServerCertificate(central, kubeconfig, kubernetes);
  return { caCertificate, tunnels: await openTunnels(kubeconfig, kubernetes.namespace, replicas) };
}
