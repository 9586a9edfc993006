import { centralEndpoint, logInToCentral } from "../central/login";
import type { CentralServer } from "../operations/central/central-server";
import { VaultClient } from "../vault/client";
import { ReplicaApi } from "../vault/replica";
import { SealApi } from "../vault/seal";
import { SnapshotApi } from "../vault/snapshot";
import type { CommandHost } from "./command";

/** Options of the commands for the central Vault. */
export interface CentralOptions {
  /** Addresses of its servers. @default - VAULT_ADDR */
  readonly address?: readonly string[];
}

/** Connects to each server of the central Vault, and disconnects when the work is done. A token is read only when it is needed. */
export async function withCentralServers<Result>(
  { environment, signal }: CommandHost,
  { address: addresses = [] }: CentralOptions,
  work: (servers: readonly CentralServer[]) => Promise<Result>,
): Promise<Result> {
  const named = addresses.length === 0 ? [undefined] : [...new Set(addresses)];
  const clients = named.map((address) => new VaultClient({ ...centralEndpoint(environment, address), signal }));
  try {
    return await work(clients.map((client) => serverOf(client, environment)));
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

function serverOf(client: VaultClient, environment: NodeJS.ProcessEnv): CentralServer {
  return {
    address: client.address,
    caCertificate: client.caCertificate,
    seal: new SealApi(client),
    replica: new ReplicaApi(client),
    snapshots: (token) => SnapshotApi.as(client, token),
    logIn: () => logInToCentral(client, environment),
  };
}
