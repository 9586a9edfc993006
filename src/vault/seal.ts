import { z } from "zod";
import type { Secret } from "../core/secret";
import { parseAnswer } from "./answer";
import type { VaultClient } from "./client";

const STATUS = "sys/seal-status";
const UNSEAL = "sys/unseal";
/** Status with which a server refuses a key, or the keys that it has received. */
const REFUSED = 400;

/** What a server says of its seal. */
export interface SealStatus {
  /** Type of the seal. */
  readonly seal: string;
  readonly initialized: boolean;
  readonly sealed: boolean;
  /** Keys that the server has received since it was sealed or reset. */
  readonly progress: number;
  /** Keys that it needs. */
  readonly threshold: number;
  /** Keys that exist. */
  readonly shares: number;
  /** Version of the product. */
  readonly version: string;
  /** Id of the cluster; undefined if the server is sealed. */
  readonly cluster: string | undefined;
}

const answer = z
  .object({
    type: z.string(),
    initialized: z.boolean(),
    sealed: z.boolean(),
    t: z.number(),
    n: z.number(),
    progress: z.number(),
    version: z.string(),
    cluster_id: z.string().optional(),
  })
  .transform(({ type, t, n, cluster_id, ...same }): SealStatus => ({
    ...same,
    seal: type,
    threshold: t,
    shares: n,
    cluster: cluster_id,
  }));

/** The seal of one server, for people who give it one key each. It needs no token. */
export class SealApi {
  constructor(private readonly client: VaultClient) {}

  async status(): Promise<SealStatus> {
    const { body } = await this.client.send("GET", STATUS);
    return parseAnswer(answer, body, STATUS);
  }

  /** Sends one key. @returns "refused" if the server refuses it, or the keys that it then has; it forgets them in that case. */
  async give(key: Secret): Promise<SealStatus | "refused"> {
    const { status, body } = await this.client.send("PUT", UNSEAL, { body: { key: key.reveal() }, accept: [REFUSED] });
    return status === REFUSED ? "refused" : parseAnswer(answer, body, UNSEAL);
  }

  /** Has the server forget the keys that it has received. */
  async reset(): Promise<SealStatus> {
    const { body } = await this.client.send("PUT", UNSEAL, { body: { reset: true } });
    return parseAnswer(answer, body, UNSEAL);
  }
}
