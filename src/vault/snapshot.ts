import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { z } from "zod";
import { systemClock, type Clock } from "../core/clock";
import type { Secret } from "../core/secret";
import { parseAnswer } from "./answer";
import type { VaultClient } from "./client";
import { ReplicaError } from "./errors";

const PATH = "sys/storage/raft/snapshot";

/** The servers' answer to a snapshot of other keys, https://developer.hashicorp.com/vault/api-docs/system/storage/raft */
const OTHER_KEYS = "could not verify hash file";

/** A secret of the token alone. The restored data do not have it, and may not know the token. */
const MARK = "cubbyhole/tenant-vault-restore";
/** Milliseconds within which a server replaces its data. */
const PATIENCE = 60_000;
const POLL = 50;

const version = z.object({ version: z.string().min(1) });

/** Snapshots of the raft storage of one server. */
export class SnapshotApi {
  constructor(
    private readonly client: VaultClient,
    private readonly clock: Pick<Clock, "now" | "sleep"> = systemClock,
  ) {}

  /** @param token Of the caller. */
  static as(client: VaultClient, token: Secret): SnapshotApi {
    return new SnapshotApi(client.withToken(token));
  }

  /** Version of the server. */
  async serverVersion(): Promise<string> {
    const { body } = await this.client.send("GET", "sys/seal-status");
    return parseAnswer(version, body, "sys/seal-status").version;
  }

  /** Takes a snapshot: a gzipped tar, encrypted as the storage is. */
  take(): Promise<Readable> {
    return this.client.download(PATH);
  }

  /**
   * Replaces the data of the instance by a snapshot. The server answers before it does so, and a server that steps down meanwhile keeps
   * its former data and is sealed; so this waits until a mark in them is gone.
   *
   * @param force Whether a snapshot of other keys is accepted as well. The servers are sealed then.
   * @returns "other-keys" if the server refuses the snapshot because the keys in use do not open it.
   */
  async restore(snapshot: AsyncIterable<Uint8Array>, force: boolean): Promise<"restored" | "other-keys"> {
    // Another restore may have left its own: a snapshot that was refused, or is of later.
    const mark = randomUUID();
    const isMarked = await unlessRefused(async () => {
      await this.client.send("POST", MARK, { body: { restore: mark } });
      return true;
    });
    try {
      await this.client.upload(force ? `${PATH}-force` : PATH, snapshot);
    } catch (error) {
      if (error instanceof ReplicaError && error.message.includes(OTHER_KEYS)) return "other-keys";
      throw error;
    }
    const giveUp = this.clock.now() + PATIENCE;
    while (isMarked && this.clock.now() < giveUp && (await this.has(mark))) await this.clock.sleep(POLL);
    return "restored";
  }

  /** Whether the former data are there. A server that does not answer as before is at work, or has done it. */
  private async has(mark: string): Promise<boolean> {
    return unlessRefused(async () => {
      const { body } = await this.client.send("GET", MARK, { timeout: PATIENCE });
      return (body.data as { restore?: unknown } | undefined)?.restore === mark;
    });
  }
}

async function unlessRefused(work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ReplicaError) return false;
    throw error;
  }
}
