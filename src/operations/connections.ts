import type { Instance, Replica } from "../contract/instance";
import { OperationError } from "../core/errors";
import { VaultClient, type VaultClientOptions } from "../vault/client";
import type { InstanceCluster } from "./cluster";
import type { NetworkOptions } from "./network";

/** Connections to the replicas of an instance. */
export interface Connections {
  client(replica: Replica): VaultClient;
  close(): Promise<void>;
}

/** Where the replicas of an instance are, and how to connect to them. */
export interface Endpoints {
  of(replica: Replica): VaultClientOptions;
  /** Closes tunnels. */
  close(): void;
}

/**
 * Connects to the replicas by their addresses, or through the Kubernetes API if their pods run in a cluster.
 *
 * @throws OperationError if servers in a cluster have no certificate yet.
 */
export async function openConnections(
  instance: Instance,
  cluster: InstanceCluster | undefined,
  network?: NetworkOptions,
): Promise<Connections> {
  const endpoints = await openEndpoints(instance, cluster, network);
  const connections = connectTo(instance, endpoints);
  return {
    ...connections,
    close: async () => {
      await connections.close();
      endpoints.close();
    },
  };
}

/** Clients of the replicas. Closing them leaves the endpoints open. */
export function connectTo(instance: Instance, endpoints: Endpoints): Connections {
  const clients = new Map(instance.replicas.map((replica) => [replica.name, new VaultClient(endpoints.of(replica))]));
  return {
    client: ({ name }) => {
      const client = clients.get(name);
      if (client === undefined) throw new Error(`${name} is not a replica of ${instance.tenant}/${instance.name}.`);
      return client;
    },
    close: async () => {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

/**
 * Finds the replicas by their addresses, or opens tunnels to them through the Kubernetes API.
 *
 * @throws OperationError if servers in a cluster have no certificate yet.
 */
export async function openEndpoints(
  instance: Instance,
  cluster: InstanceCluster | undefined,
  { end, proxies }: NetworkOptions = {},
): Promise<Endpoints> {
  const forwarded = cluster && (await forward(instance, cluster));
  return {
    of: ({ name, address }) => ({
      address,
      caCertificate: forwarded?.caCertificate ?? instance.caCertificate,
      dial: forwarded?.tunnels.endpoint(name),
      proxy: forwarded === undefined ? proxies?.proxyFor(address) : undefined,
      signal: end,
    }),
    close: () => forwarded?.tunnels.close(),
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
  // Only instances in Kubernetes need what this loads.
  const { openTunnels } = await import("../kubernetes/tunnels.js");
  const ports = replicas.map(({ name: pod, address }) => ({ pod, port: Number(new URL(address).port) }));
  return { caCertificate, tunnels: await openTunnels(client, namespace, ports) };
}
