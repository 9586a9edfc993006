import type { Instance, Replica } from "../contract/instance";
import { connectToCluster } from "./cluster";
import { StatefulSetPods, type Pods } from "./pods";
import { SealTokenSecret } from "./supply/seal-token";
import { CertificateSecret } from "./supply/server-certificate";
import { asServiceAccount } from "../kubernetes/service-account";
import { openTunnels } from "../kubernetes/tunnels";
import { VaultClient } from "../vault/client";
import type { Patience } from "../core/clock";

/** Ways to each replica of an instance. */
export interface Connections {
  client(replica: Replica): VaultClient;
  /** Undefined outside Kubernetes. */
  readonly pods: Pods | undefined;
  /** Undefined where the servers need no token for their seal, or get it from somebody else. */
  readonly sealToken: SealTokenSecret | undefined;
  close(): Promise<void>;
}

/**
 * Connects to the replicas by their addresses, or through the Kubernetes API where their pods run.
 *
 * @param supply Gives servers a certificate that fits and lasts, and a token for their seal, where they have none, and waits that
 *   long for what others give. @default - nothing is changed
 */
export async function openConnections(
  central: VaultClient,
  instance: Instance,
  supply?: Patience,
): Promise<Connections> {
  const cluster = await enterCluster(central, instance, supply);
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
    pods: cluster?.pods,
    sealToken: cluster?.sealToken,
    client: ({ name }) => {
      const client = clients.get(name);
      if (client === undefined) throw new Error(`${name} is no replica of ${instance.tenant}/${instance.name}.`);
      return client;
    },
    close: async () => {
      await Promise.all([...clients.values()].map((client) => client.close()));
      await cluster?.close();
    },
  };
}

async function enterCluster(
  central: VaultClient,
  { kubernetes, replicas, tenant, name }: Instance,
  supply: Patience | undefined,
) {
  if (kubernetes === undefined) return undefined;
  const { namespace, serviceAccount, sealToken } = kubernetes;
  const stored = await connectToCluster(central, kubernetes.kubeconfig);
  const client = serviceAccount === undefined ? stored : await asServiceAccount(stored, namespace, serviceAccount);
  const secret = CertificateSecret.of(client, kubernetes);
  const caCertificate = supply === undefined ? await secret.readCa() : await secret.ensure(central, supply);
  if (caCertificate === undefined) {
    throw new Error(`The servers have no certificate yet; run tenant-vault unseal ${tenant}/${name}.`);
  }
  const token = sealToken === undefined ? undefined : SealTokenSecret.of(client, namespace, sealToken);
  if (supply !== undefined) await token?.ensure(central);
  const ports = replicas.map(({ name: pod, address }) => ({ pod, port: Number(new URL(address).port) }));
  const tunnels = await openTunnels(client, namespace, ports);
  return {
    caCertificate,
    sealToken: token,
    tunnels,
    pods: new StatefulSetPods(client, kubernetes),
    close: async () => {
      tunnels.close();
      await Promise.all([stored.close(), client.close()]);
    },
  };
}
