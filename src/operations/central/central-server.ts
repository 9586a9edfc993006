import { CentralError } from "../../central/client";
import type { Secret } from "../../core/secret";
import { ReplicaError } from "../../vault/errors";
import type { ReplicaApi } from "../../vault/replica";
import type { SealApi } from "../../vault/seal";
import type { SnapshotApi } from "../../vault/snapshot";

/** One server of the central Vault. */
export interface CentralServer {
  readonly address: string;
  /** PEM of its CA. @default - the certificates that Node.js trusts */
  readonly caCertificate: string | undefined;
  readonly seal: Pick<SealApi, "status" | "give" | "reset">;
  readonly replica: Pick<
    ReplicaApi,
    "leader" | "appliedIndex" | "initialize" | "unseal" | "join" | "raftPeers" | "raftHealthy" | "stepDown"
  >;
  snapshots(token: Secret): Pick<SnapshotApi, "take" | "restore">;
  /** Token of the user. @throws CentralError if there is none, or the server refuses the login. */
  logIn(): Promise<Secret>;
}

/** Runs requests to one server. Its failure names the server, and what to do. */
export async function asCentral<Result>({ address }: CentralServer, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ReplicaError)) throw error;
    const fix: Partial<Record<typeof error.failure, string>> = {
      denied: "use a token with the policy of docs/operating/lost-central.md",
      untrusted:
        "set VAULT_CACERT to the certificate of its CA, and VAULT_TLS_SERVER_NAME to the name in its certificate",
      sealed: 'unseal it with "tenant-vault central unseal"',
      unreachable: "check the address and that the server runs",
    };
    throw new CentralError(
      error.failure,
      `The server ${address} of the central Vault failed (${error.message}); ${fix[error.failure] ?? "read its log, and run this again"}.`,
      error.status,
    );
  }
}

/** Finds the active server. @throws CentralError if none of the servers is active. */
export async function findActiveCentral(servers: readonly CentralServer[]): Promise<CentralServer> {
  for (const server of servers) {
    const leader = await server.replica.leader().catch((error: unknown) => {
      if (error instanceof ReplicaError) return undefined;
      throw error;
    });
    if (leader?.isSelf === true) return server;
  }
  throw new CentralError(
    "unreachable",
    `None of ${servers.map(({ address }) => address).join(", ")} is the active server of the central Vault; name each of its servers with --address, and unseal them first.`,
  );
}
