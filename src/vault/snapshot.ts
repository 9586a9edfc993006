import type { Readable } from "node:stream";
import { z } from "zod";
import type { Secret } from "../core/secret";
import { parseAnswer } from "./answer";
import type { VaultClient } from "./client";
import { ReplicaError } from "./errors";

const PATH = "sys/storage/raft/snapshot";

/** The servers' answer to a snapshot of other keys, https://developer.hashicorp.com/vault/api-docs/system/storage/raft */
const OTHER_KEYS = "could not verify hash file";

const version = z.object({ version: z.string().min(1) });

/** Snapshots of the raft storage of one server. */
export class SnapshotApi {
  constructor(private readonly client: VaultClient) {}

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
   * Replaces the data of the instance by a snapshot.
   *
   * @param force Whether a snapshot of other keys is accepted as well. The servers are sealed then.
   * @returns "other-keys" if the server refuses the snapshot because the keys in use do not open it.
   */
  async restore(snapshot: AsyncIterable<Uint8Array>, force: boolean): Promise<"restored" | "other-keys"> {
    try {
      await this.client.upload(force ? `${PATH}-force` : PATH, snapshot);
      return "restored";
    } catch (error) {
      if (error instanceof ReplicaError && error.message.includes(OTHER_KEYS)) return "other-keys";
      throw error;
    }
  }
}
