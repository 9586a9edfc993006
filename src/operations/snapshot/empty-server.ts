import type { TemporaryKeys } from "../../central/temporary-keys";
import type { Replica } from "../../contract/instance";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import { keyTypeOf } from "../../vault/keys";
import type { OperationContext } from "../context";
import type { Waiting } from "../loop";
import { unsealReplica } from "../unseal/unsealing";
import type { Manifest } from "./manifest";
import type { SnapshotKeys } from "./snapshot-keys";

/** How far the restore into an empty server has come. */
export type EmptyServerStage =
  | Waiting
  /** It is open by its temporary keys, and this token may restore the snapshot. */
  | { readonly token: Secret }
  /** It is open by the keys of the snapshot. */
  | "restored";

/**
 * A server without data that receives a snapshot. It must be initialised for that, with keys of its own. They are temporary, and kept
 * beside the record, so that a run that is killed can be continued: which keys open the server tells how far it came.
 */
export class EmptyServer {
  private temporary: TemporaryKeys | undefined;
  private written = true;

  /** @param replica The server. */
  constructor(
    private readonly context: OperationContext,
    readonly replica: Replica,
    private readonly manifest: Manifest,
    private readonly snapshotKeys: SnapshotKeys,
  ) {}

  /** Initialises and unseals the server, as far as that was not done. @throws OperationError `restore-unfinished`. */
  async open(): Promise<EmptyServerStage> {
    const { context, replica, manifest } = this;
    this.temporary ??= await context.temporaryKeys.read();
    const status = await context.replica(replica).status();
    if (status.state === "uninitialized") await this.initialize();
    if (!this.written) await this.keep();
    const server = { ...replica, status: await context.replica(replica).status() };
    if (server.status.state === "sealed") {
      if (keyTypeOf(manifest.seal) === "recovery") return { wait: `${replica.name} is sealed; its seal opens it` };
      return this.unseal(server);
    }
    if (server.status.state !== "unsealed") return { wait: `${replica.name} is ${server.status.state}` };
    const token = this.temporary?.rootToken;
    const temporary = token !== undefined && (await context.access(replica, token).isAllowed("sys/mounts"));
    return temporary ? { token } : "restored";
  }

  /** Forgets the temporary keys, which open nothing any more. */
  async forget(): Promise<void> {
    await this.context.temporaryKeys.write(undefined);
    this.temporary = undefined;
  }

  /** With the number and threshold of the snapshot's keys, because a server keeps asking for as many as it was initialised with. */
  private async initialize(): Promise<void> {
    const { context, replica, manifest } = this;
    const { name, seal, shares, threshold } = manifest;
    this.temporary = { snapshot: name, keys: [], rootToken: undefined };
    await context.temporaryKeys.write(this.temporary);
    const { keys, rootToken } = await context
      .replica(replica)
      .initialize(seal, Math.max(1, shares), Math.max(1, threshold));
    this.temporary = { snapshot: name, keys, rootToken };
    this.written = false;
    await this.keep();
    context.log.info("initialised an empty server with temporary keys", { replica: replica.name });
  }

  private async keep(): Promise<void> {
    await this.context.temporaryKeys.write(this.temporary);
    this.written = true;
  }

  private async unseal(server: Parameters<typeof unsealReplica>[1]): Promise<EmptyServerStage> {
    const { keys: temporary = [] } = this.temporary ?? {};
    if (temporary.length > 0 && (await this.opens(server, temporary)))
      return { wait: "the empty server becomes active" };
    if (await this.opens(server, this.snapshotKeys.keys)) return "restored";
    const { name } = this.replica;
    const snapshot = this.temporary?.snapshot ?? this.manifest.name;
    const what =
      snapshot === this.manifest.name
        ? `was initialised for a restore that was interrupted, and its temporary keys are lost; nothing is in it`
        : `was initialised for a restore of the snapshot ${snapshot}, which has other keys; run that restore again, or, if you do not want it`;
    throw new OperationError("restore-unfinished", `${name} ${what}: delete its data, restart it, and run this again.`);
  }

  /** Whether the keys open the server. */
  private async opens(server: Parameters<typeof unsealReplica>[1], keys: readonly Secret[]): Promise<boolean> {
    const { context, manifest } = this;
    const instance = { ...context.instance, secretThreshold: Math.max(1, manifest.threshold) };
    try {
      return await unsealReplica({ ...context, instance }, server, keys);
    } catch (error) {
      if (error instanceof OperationError && error.code === "keys-refused") {
        await context.replica(server).resetUnseal();
        return false;
      }
      throw error;
    }
  }
}
