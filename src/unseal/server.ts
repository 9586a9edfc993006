import type { ReplicaState } from "./decide";
import { keyTypeOf, type InitAnswer } from "./record";
import { z } from "zod";
import { VaultError, type VaultClient } from "./vault-client";

/** Milliseconds that an initialisation may take; a key ceremony in an HSM is slow. */
export const INIT_TIMEOUT = 60_000;

const sealStatus = z.object({
  type: z.string(),
  initialized: z.boolean(),
  sealed: z.boolean(),
  t: z.number(),
  /** Of a server that is unsealed. */
  cluster_id: z.string().optional(),
  storage_type: z.string().optional(),
});

const keys = z.array(z.string().min(1)).min(1);
const initAnswers = {
  unseal: z
    .object({ root_token: z.string().min(1), keys_base64: keys })
    .transform(({ root_token, keys_base64 }) => ({ rootToken: root_token, keys: keys_base64 })),
  recovery: z
    .object({ root_token: z.string().min(1), recovery_keys_base64: keys })
    .transform(({ root_token, recovery_keys_base64 }) => ({ rootToken: root_token, keys: recovery_keys_base64 })),
};

/** One replica of an instance. */
export class Server {
  constructor(private readonly client: VaultClient) {}

  /** Never fails: a server that does not answer has a state as well. */
  async status(): Promise<ReplicaState> {
    try {
      const { type, initialized, sealed, t, cluster_id } = await this.sealStatus();
      if (!initialized) return { state: "uninitialized", seal: type };
      if (sealed) return { state: "sealed", seal: type, threshold: t };
      return { state: "unsealed", seal: type, threshold: t, cluster: cluster_id };
    } catch (error) {
      if (error instanceof VaultError) return { state: "unreachable", reason: error.message };
      throw error;
    }
  }

  private async sealStatus() {
    const { body } = await this.client.send("GET", "sys/seal-status");
    return understand(sealStatus, body, "sys/seal-status");
  }

  /** @param seal Of the server: one that unseals itself deals recovery keys instead of unseal keys. */
  async initialize(seal: string, secretShares: number, secretThreshold: number): Promise<InitAnswer> {
    const keyType = keyTypeOf(seal);
    const prefix = keyType === "unseal" ? "secret" : "recovery";
    const { body } = await this.client.send("PUT", "sys/init", {
      body: { [`${prefix}_shares`]: secretShares, [`${prefix}_threshold`]: secretThreshold },
      timeout: INIT_TIMEOUT,
    });
    return { keyType, ...understand(initAnswers[keyType], body, "sys/init") };
  }

  /** Sends one unseal key. */
  async unseal(key: string): Promise<{ readonly sealed: boolean }> {
    const { body } = await this.client.send("PUT", "sys/unseal", { body: { key } });
    return { sealed: understand(sealStatus, body, "sys/unseal").sealed };
  }

  /** Discards keys that were sent and did not suffice. */
  async resetUnseal(): Promise<void> {
    await this.client.send("PUT", "sys/unseal", { body: { reset: true } });
  }

  /** Makes this empty server a member of the leader's raft cluster; it is sealed afterwards. */
  async join(leaderAddress: string, leaderCaCertificate: string | undefined): Promise<void> {
    await this.client.send("POST", "sys/storage/raft/join", {
      body: {
        leader_api_addr: leaderAddress,
        ...(leaderCaCertificate === undefined ? {} : { leader_ca_cert: leaderCaCertificate }),
      },
    });
  }

  /** The address that the active server tells its peers; undefined while there is none. */
  async leader(): Promise<{ readonly address: string; readonly isSelf: boolean } | undefined> {
    const { body } = await this.client.send("GET", "sys/leader");
    const { ha_enabled, leader_address, is_self } = body as {
      ha_enabled?: boolean;
      leader_address?: string;
      is_self?: boolean;
    };
    if (ha_enabled === false) return { address: this.client.address, isSelf: true };
    return leader_address === undefined || leader_address === ""
      ? undefined
      : { address: leader_address, isSelf: is_self === true };
  }

  /** How many servers raft counts; undefined where the storage is not raft. */
  async raftPeers(token: string): Promise<number | undefined> {
    if ((await this.sealStatus()).storage_type !== "raft") return undefined;
    const { body } = await this.client.withToken(token).send("GET", "sys/storage/raft/configuration");
    return (body.data as { config: { servers: unknown[] } }).config.servers.length;
  }
}

/** Something that answers on the address and is no Vault must not be taken for an empty one. */
function understand<Answer>(schema: z.ZodType<Answer>, body: unknown, path: string): Answer {
  const { data } = schema.safeParse(body);
  if (data === undefined) throw new VaultError("refused", `${path}: the answer is not that of a Vault or OpenBao`);
  return data;
}
