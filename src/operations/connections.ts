import type { Instance, Replica } from "../contract/instance";
import { OperationError } from "../core/errors";
import { openTunnels } from "../kubernetes/tunnels";
import { VaultClient } from "../vault/client";
import type { InstanceCluster } from "./cluster";
import type { NetworkOptions } from "./network";

/** Connections to the replicas of an instance. */
export interface Connections {
  client(replica: Replica): VaultClient;
  close(): Promise<void>;
}

/**
 * Connects to the replicas by their addresses, or through the Kubernetes API if their pods run in a cluster.
 *
 * @throws OperationError if servers in a cluster have no certificate yet.
 */
export async function openConnections(
  instance: Instance,
  cluster: InstanceCluster | undefined,
  { end, proxies }: NetworkOptions = {},
): Promise<Connections> {
  const forwarded = cluster && (await forward(instance, cluster));
  const clients = new Map(
    instance.replicas.map(({ name, address }) => [
      name,
      new VaultClient({
        address,
        caCertificate: forwarded?.caCertificate ?? instance.caCertificate,
        dial: forwarded?.tunnels.endpoint(name),
        proxy: forwarded === undefined ? proxies?.proxyFor(address) : undefined,
        signal: end,
      }),
    ]),
  );
  return {
    client: ({ name }) => {
      const client = clients.get(name);
      if (client === undefined) throw new Error(`${name} is not a replica of ${instance.tenant}/${instance.name}.`);
      return client;
    },
    close: async () => {
      await Promise.all([...clients.values()].map((client) => client.close()));
      forwarded?.tunnels.close();
    },
  };
}

async function forward({ tenant, name, replicas }: Instance, { client, namespace, certificate }: InstanceCluster) {
  const caCertificate = await certificate.readCa();
  if (caCertificate === undefined) {
    throw new OperationError(
      "certificate-missing",
      `The servers of ${tenant}/${name} have no certificate yet; run tenant-vault unseal ${tenant}/${name}.`,
    );
  }
  const ports = replicas.map(({ name: pod, address }) => ({ pod, port: Number(new URL(address).port) }));
  return { caCertificate, tunnels: await openTunnels(client, namespace, ports) };
}
