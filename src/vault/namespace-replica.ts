import { z } from "zod";
import { Secret } from "../core/secret";
import { parseAnswer } from "./answer";
import type { VaultClient, VaultRequest, VaultResponse } from "./client";
import { ReplicaError } from "./errors";
import type { InitAnswer } from "./keys";
import { INIT_TIMEOUT, ReplicaApi, type RaftPeer, type ReplicaRequests } from "./replica";
import type { ReplicaState } from "./replica-state";

/** Opens a client of the shared server, with a token for the namespace. */
export type OpenServer = () => Promise<VaultClient>;

/** Milliseconds. A server with many namespaces loads the data of one before it answers. */
const SEAL_TIMEOUT = 30_000;

/** What OpenBao answers about a namespace that does not exist. */
const MISSING = /doesn't exist|does not exist/;

const sealStatus = z.object({
  data: z.object({ type: z.string(), sealed: z.boolean(), t: z.number(), n: z.number() }),
});
const created = z.object({ data: z.object({ key_shares: z.array(z.string().min(1)).min(1) }) });

/**
 * A namespace with a seal of its own, as operations see a server. The parent answers for it, because a sealed namespace answers no
 * request. OpenBao 2.6 or later; https://openbao.org/api-docs/system/namespaces/
 */
export class NamespaceReplica implements ReplicaRequests {
  /** @param path Of the namespace. */
  constructor(
    private readonly server: VaultClient,
    private readonly path: string,
    private readonly open: OpenServer,
  ) {}

  async status(request: Pick<VaultRequest, "uninterruptible"> = {}): Promise<ReplicaState> {
    try {
      return await this.sealStatus(request);
    } catch (error) {
      if (!(error instanceof ReplicaError)) throw error;
      if (MISSING.test(error.message)) return { state: "uninitialized", seal: "shamir" };
      const reason = error.failure === "sealed" ? `the shared server is sealed (${error.message})` : error.message;
      return { state: "unreachable", reason, untrusted: error.failure === "untrusted" };
    }
  }

  /** Creates the namespace. The server tells its keys only in this answer. */
  async initialize(_seal: string, shares: number, threshold: number): Promise<InitAnswer> {
    const { body } = await this.ask("POST", "", {
      body: { seal: `seal "shamir" {\n  shares = ${shares}\n  threshold = ${threshold}\n}` },
      timeout: INIT_TIMEOUT,
      uninterruptible: true,
    });
    const { data } = parseAnswer(created, body, this.endpoint(""));
    return { keyType: "unseal", keys: data.key_shares.map((key) => new Secret(key)) };
  }

  async unseal(key: Secret): Promise<{ readonly sealed: boolean }> {
    const { body } = await this.ask("PUT", "/unseal", { body: { key: key.reveal() }, timeout: SEAL_TIMEOUT });
    return { sealed: parseAnswer(sealStatus, body, this.endpoint("/unseal")).data.sealed };
  }

  async resetUnseal(): Promise<void> {
    await this.ask("PUT", "/unseal", { body: { reset: true } });
  }

  /** The login of the namespace does it, because the identities in the namespace may not. */
  async seal(): Promise<void> {
    await this.ask("PUT", "/seal", { timeout: SEAL_TIMEOUT });
  }

  /** An unsealed namespace is served by the server that leads. */
  async leader(): Promise<{ readonly address: string; readonly isSelf: boolean } | undefined> {
    const { state } = await this.sealStatus({});
    return state === "unsealed" ? { address: this.server.address, isSelf: true } : undefined;
  }

  certificate(): Promise<{ readonly fingerprint: string; readonly expiresAt: Date }> {
    return new ReplicaApi(this.server).certificate();
  }

  shownFingerprint(): Promise<string | undefined> {
    return new ReplicaApi(this.server).shownFingerprint();
  }

  /** Raft is the shared server's. */
  raftPeers(): Promise<readonly RaftPeer[] | undefined> {
    return Promise.resolve(undefined);
  }

  appliedIndex(): Promise<number | undefined> {
    return Promise.resolve(undefined);
  }

  raftHealthy = unavailable;
  removePeer = unavailable;
  join = unavailable;
  hasOwnData = unavailable;
  stepDown = unavailable;
  /** The shared server's audit devices are not a tenant's business. */
  auditDevices = unavailable;

  private async sealStatus(request: VaultRequest): Promise<ReplicaState> {
    const { body } = await this.ask("GET", "/seal-status", request);
    const { type, sealed, t, n } = parseAnswer(sealStatus, body, this.endpoint("/seal-status")).data;
    return { state: sealed ? "sealed" : "unsealed", seal: type, threshold: t, shares: n };
  }

  private async ask(method: "GET" | "POST" | "PUT", part: string, request: VaultRequest): Promise<VaultResponse> {
    return (await this.open()).send(method, this.endpoint(part), request);
  }

  private endpoint(part: string): string {
    return `sys/namespaces/${this.path}${part}`;
  }
}

/** What belongs to the servers, and no operation asks of a namespace. */
function unavailable(): Promise<never> {
  return Promise.reject(new ReplicaError("denied", "a namespace does not tell anything of its server", 403));
}
