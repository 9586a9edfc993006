import { z } from "zod";
import { Secret } from "../core/secret";
import { ReplicaError } from "./errors";
import { parseAnswer } from "./answer";
import type { VaultClient, VaultRequest } from "./client";
import type { ReplicaState } from "./replica-state";
import { type InitAnswer, keyTypeOf } from "./keys";

/** Timeout of an initialisation in milliseconds. An HSM creates keys slowly. */
export const INIT_TIMEOUT = 60_000;

/** Bytes of the longest seal status. A watcher asks many servers at once, and those of tenants must not fill its memory. */
const STATUS_LIMIT = 64 * 1024;

/** Timeout of a change of the leader or the members, in milliseconds. */
const RAFT_TIMEOUT = 30_000;

/** Status with which a standby redirects a client to the active server. */
const REDIRECTED = 307;

/** Where no server listens. */
const NOBODY = "https://127.0.0.1:1";

/** What a server without data answers, with status 500, if it cannot reach the leader that it is told to join. */
const JOIN_FAILED = "failed to join raft cluster";

const sealStatus = z.object({
  type: z.string(),
  initialized: z.boolean(),
  sealed: z.boolean(),
  t: z.number(),
  n: z.number().optional(),
  migration: z.boolean().optional(),
  /** Present while the server has some of the keys that it needs. */
  nonce: z.string().optional(),
  /** Present if the server is unsealed. */
  cluster_id: z.string().optional(),
  storage_type: z.string().optional(),
});

const leadership = z.object({
  ha_enabled: z.boolean().optional(),
  is_self: z.boolean().optional(),
  leader_address: z.string().optional(),
  raft_applied_index: z.number().optional(),
});

const keys = z.array(z.string().min(1)).min(1);
const initAnswers = {
  unseal: z.object({ root_token: z.string().min(1), keys_base64: keys }).transform(({ root_token, keys_base64 }) => ({
    rootToken: new Secret(root_token),
    keys: keys_base64.map((key) => new Secret(key)),
  })),
  recovery: z
    .object({ root_token: z.string().min(1), recovery_keys_base64: keys })
    .transform(({ root_token, recovery_keys_base64 }) => ({
      rootToken: new Secret(root_token),
      keys: recovery_keys_base64.map((key) => new Secret(key)),
    })),
};

/** A member of a raft cluster. */
export interface RaftPeer {
  readonly id: string;
  /** Whether the member votes. A new member does not vote at first. */
  readonly voter: boolean;
}

const raftConfiguration = z.object({
  data: z.object({ config: z.object({ servers: z.array(z.object({ node_id: z.string(), voter: z.boolean() })) }) }),
});

/** Error of OpenBao and Vault if the seal of the configuration differs from the seal of the data: a migration is incomplete. */
const SEALS_DIFFER = /barrier seal type of "(\w+)" does not match (?:loaded|expected) type of "(\w+)"/;

/** One replica of an instance. */
export class ReplicaApi {
  constructor(private readonly client: VaultClient) {}

  /**
   * Reads the state. It never fails: a server that does not answer has the state `unreachable`.
   *
   * @param request Whether the deadline and the user cannot abort the request. @default - they can
   */
  async status(request: Pick<VaultRequest, "uninterruptible"> = {}): Promise<ReplicaState> {
    try {
      const { body } = await this.client.send("GET", "sys/seal-status", { ...request, limit: STATUS_LIMIT });
      return parseSealStatus(body);
    } catch (error) {
      const [, stored, seal] = SEALS_DIFFER.exec((error as Error).message) ?? [];
      if (stored !== undefined && seal !== undefined) return { state: "migrating", seal, stored };
      if (error instanceof ReplicaError) {
        return { state: "unreachable", reason: error.message, untrusted: error.failure === "untrusted" };
      }
      throw error;
    }
  }

  private async sealStatus() {
    const { body } = await this.client.send("GET", "sys/seal-status");
    return parseAnswer(sealStatus, body, "sys/seal-status");
  }

  private async leadership() {
    const { body } = await this.client.send("GET", "sys/leader");
    return parseAnswer(leadership, body, "sys/leader");
  }

  /**
   * Initialises the server.
   *
   * @param seal Seal of the server. A server that unseals itself generates recovery keys instead of unseal keys.
   */
  async initialize(
    seal: string,
    secretShares: number,
    secretThreshold: number,
  ): Promise<InitAnswer & { readonly rootToken: Secret }> {
    const keyType = keyTypeOf(seal);
    const prefix = keyType === "unseal" ? "secret" : "recovery";
    const { body } = await this.client.send("PUT", "sys/init", {
      body: { [`${prefix}_shares`]: secretShares, [`${prefix}_threshold`]: secretThreshold },
      timeout: INIT_TIMEOUT,
      uninterruptible: true,
    });
    return { keyType, ...parseAnswer(initAnswers[keyType], body, "sys/init") };
  }

  /**
   * Sends one unseal key.
   *
   * @param migrate Whether the seal is being migrated. The key then belongs to the former seal.
   */
  async unseal(key: Secret, migrate = false): Promise<{ readonly sealed: boolean }> {
    const { body } = await this.client.send("PUT", "sys/unseal", {
      body: { key: key.reveal(), ...(migrate ? { migrate } : {}) },
    });
    return { sealed: parseAnswer(sealStatus, body, "sys/unseal").sealed };
  }

  /** Discards the keys that the server has received so far. */
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

  /**
   * Whether this server has data of its own. A server that is about to join counts as initialised, too, and cannot be told from
   * a former member by its seal status. Only a server without data tries to reach the leader that it is told to join.
   */
  async hasOwnData(): Promise<boolean> {
    try {
      await this.client.send("POST", "sys/storage/raft/join", { body: { leader_api_addr: NOBODY } });
      return true;
    } catch (error) {
      // Any other failure says nothing about the data, and a server that may have stale data gets no key.
      if (error instanceof ReplicaError && (error.status === 400 || error.message.includes(JOIN_FAILED))) return false;
      throw error;
    }
  }

  /** The address that the active server tells its peers; undefined while there is none. */
  async leader(): Promise<{ readonly address: string; readonly isSelf: boolean } | undefined> {
    const { ha_enabled, leader_address, is_self } = await this.leadership();
    if (ha_enabled === false) return { address: this.client.address, isSelf: true };
    return leader_address === undefined || leader_address === ""
      ? undefined
      : { address: leader_address, isSelf: is_self === true };
  }

  /** Returns the members of the raft cluster; undefined if the storage is not raft. */
  async raftPeers(token: Secret): Promise<readonly RaftPeer[] | undefined> {
    if ((await this.sealStatus()).storage_type !== "raft") return undefined;
    const { body } = await this.client.withToken(token).send("GET", "sys/storage/raft/configuration");
    const { data } = parseAnswer(raftConfiguration, body, "sys/storage/raft/configuration");
    return data.config.servers.map(({ node_id, voter }) => ({ id: node_id, voter }));
  }

  /** Whether every member of the raft cluster answers the leader and has caught up. */
  async raftHealthy(token: Secret): Promise<boolean> {
    const { body } = await this.client.withToken(token).send("GET", "sys/storage/raft/autopilot/state");
    return (body.data as { healthy?: boolean } | null | undefined)?.healthy === true;
  }

  /** Removes a member from the raft cluster. */
  async removePeer(token: Secret, id: string): Promise<void> {
    await this.client
      .withToken(token)
      .send("POST", "sys/storage/raft/remove-peer", { body: { server_id: id }, timeout: RAFT_TIMEOUT });
  }

  /** Makes the active server a standby, so that another server becomes active. */
  async stepDown(token: Secret): Promise<void> {
    await this.client.withToken(token).send("PUT", "sys/step-down", { local: true, timeout: RAFT_TIMEOUT });
  }

  /** Seals this server alone. A standby of Vault refuses that. */
  async seal(token: Secret): Promise<void> {
    await this.client.withToken(token).send("PUT", "sys/seal", { local: true, timeout: RAFT_TIMEOUT });
  }

  /** Returns the fingerprint and the expiry of the server's certificate. */
  async certificate(): Promise<{ readonly fingerprint: string; readonly expiresAt: Date }> {
    const { fingerprint256, validTo } = await this.client.certificate();
    return { fingerprint: fingerprint256, expiresAt: new Date(validTo) };
  }

  /** Returns the fingerprint of the server's certificate without verification; undefined if it presents none. */
  async shownFingerprint(): Promise<string | undefined> {
    try {
      return (await this.client.unverifiedCertificate()).fingerprint256;
    } catch (error) {
      if (error instanceof ReplicaError) return undefined;
      throw error;
    }
  }

  /** Returns the raft index up to which this server has applied the log; undefined if the storage is not raft. */
  async appliedIndex(): Promise<number | undefined> {
    return (await this.leadership()).raft_applied_index;
  }

  /**
   * Returns the audit devices of this server.
   *
   * @returns Undefined if the server does not answer the question. Standbys of Vault do not.
   */
  async auditDevices(token: Secret): Promise<readonly string[] | undefined> {
    const { status, body } = await this.client
      .withToken(token)
      .send("GET", "sys/audit", { local: true, accept: [REDIRECTED] });
    return status === REDIRECTED ? undefined : Object.keys(body.data ?? {});
  }
}

/** The requests of operations to a replica. The class sends them to a server of the instance's own. */
export interface ReplicaRequests extends Omit<Pick<ReplicaApi, keyof ReplicaApi>, "initialize"> {
  initialize(...settings: Parameters<ReplicaApi["initialize"]>): Promise<InitAnswer>;
}

/** State of a server that answers `sys/seal-status`. @throws ReplicaError `refused` if the answer is not that of a Vault. */
export function parseSealStatus(body: unknown): ReplicaState {
  const { type, initialized, sealed, t, n, nonce, migration, cluster_id } = parseAnswer(
    sealStatus,
    body,
    "sys/seal-status",
  );
  if (!initialized) return { state: "uninitialized", seal: type };
  if (sealed) {
    const attempt = nonce === "" ? undefined : nonce;
    return { state: "sealed", seal: type, threshold: t, shares: n, attempt, migrating: migration === true };
  }
  return { state: "unsealed", seal: type, threshold: t, shares: n, cluster: cluster_id };
}
