import { CentralError } from "../../central/client";
import type { TemporaryKeys } from "../../central/temporary-keys";
import { OperationError } from "../../core/errors";
import type { Replica } from "../../contract/instance";
import type { Secret } from "../../core/secret";
import { ReplicaError } from "../../vault/errors";
import { keyTypeOf } from "../../vault/keys";
import { findActive } from "../active";
import type { Lease, OperationContext } from "../context";
import { reasonOf, runLoop, UnfinishedError, type Outcome, type Waiting } from "../loop";
import { withLock } from "../operation-lock";
import { allVote } from "../raft";
import type { SeenReplica } from "../seen";
import { unsealInstance, type UnsealReport } from "../unseal/unseal-instance";
import { unsealSealed } from "../unseal/unseal-sealed";
import { EmptyServer } from "./empty-server";
import { recallCredentials } from "./former-credentials";
import { keysOpen, proveKeys, withRootToken } from "./key-proof";
import type { Manifest } from "./manifest";
import { checkSnapshot, openSnapshot } from "./open-snapshot";
import {
  adoptRootToken,
  adoptSnapshotKeys,
  findSnapshotKeys,
  keepSnapshotKeys,
  type SnapshotKeys,
} from "./snapshot-keys";
import { admitStandby, noteRestored, type Origin } from "./standby";
import type { SnapshotTarget } from "./target";

const POLL = 500;
/** Milliseconds in which a server seals itself after it received the data of another root key. */
const SEALS_WITHIN = 15_000;

/** What to restore. */
export interface Restore {
  readonly manifest: Manifest;
  /** Private keys of age. */
  readonly identities: readonly Secret[];
  /** Whether a snapshot of other keys is accepted, and empty servers are initialised for it. It is break-glass. */
  readonly force: boolean;
  /** Of which instance the snapshot is. This one is its standby then, which needs no force for other keys. @default - of this one */
  readonly origin?: Origin | undefined;
}

/** What a restore did. */
export interface RestoreReport extends Pick<UnsealReport, "leader" | "raftPeers" | "unsealed" | "joined"> {
  /** Whether the servers had no data. */
  readonly blank: boolean;
}

/** What a restore meets: servers without data, or an instance that runs. */
type Situation = "blank" | "running" | Waiting;

/**
 * Replaces the data of an instance by those of a snapshot, and proves that every replica is unsealed and votes. Can be run again after
 * any interruption. At every moment the record has the keys that open the data.
 *
 * @throws OperationError if the snapshot is damaged, has other keys and is not forced, or time is up.
 */
export function restoreSnapshot(
  context: OperationContext,
  target: SnapshotTarget,
  restore: Restore,
): Promise<RestoreReport> {
  if (restore.force && context.breakGlass === undefined) {
    throw new OperationError(
      "usage",
      "--force replaces data without a check of their seal; say why with --break-glass REASON.",
    );
  }
  return withLock(context, "restore", async (locked) => {
    const { manifest, identities, origin, force } = restore;
    const keys = await findSnapshotKeys(locked, manifest, origin?.store);
    const renew = (): Promise<void> => locked.lease.renew();
    // Before anything is changed, the whole snapshot is decrypted and checked.
    await checkSnapshot(openSnapshot(target, manifest, identities, renew));
    if (origin !== undefined) await admitStandby(locked, origin, force);
    const open = (): AsyncIterable<Uint8Array> => openSnapshot(target, manifest, identities, renew);
    return new RestoreRun(locked, restore, keys, open).run();
  });
}

class RestoreRun {
  private readonly empty: EmptyServer | undefined;
  private restored = false;
  private blank = false;
  /** Whether an empty server got the data from this run. What an earlier one has sent may be another snapshot, or was changed since. */
  private sent = false;

  constructor(
    private readonly context: OperationContext & { readonly lease: Lease },
    private readonly restore: Restore,
    private readonly keys: SnapshotKeys,
    private readonly open: () => AsyncIterable<Uint8Array>,
  ) {
    const [first] = context.instance.replicas;
    this.empty = first && new EmptyServer(context, first, restore.manifest, keys);
  }

  async run(): Promise<RestoreReport> {
    const { context, restore } = this;
    if (restore.force)
      context.log.warn("restores by force", { snapshot: restore.manifest.name, reason: context.breakGlass });
    await this.repeat(async () => (this.restored ? { done: true } : this.replaceData()));
    context.log.info("the servers have the data of the snapshot", { snapshot: restore.manifest.name });
    await context.operator.end();
    await this.repeat(() => this.repairLogins());
    this.checkRestart();
    const { leader, raftPeers, unsealed, joined } = await unsealInstance(context);
    await this.repeat(() => this.adoptKeys());
    await this.repeat(() => this.verify());
    if (restore.origin !== undefined) await noteRestored(context, restore.manifest);
    return { leader, raftPeers, unsealed, joined, blank: this.blank };
  }

  private async replaceData(): Promise<Outcome<true>> {
    const { context, empty } = this;
    const replicas = await Promise.all(
      context.instance.replicas.map(async (replica) => ({
        ...replica,
        status: await context.replica(replica).status(),
      })),
    );
    const situation = situationOf(replicas, await context.temporaryKeys.read());
    if (typeof situation === "object") return situation;
    return situation === "blank" && empty !== undefined ? this.fillEmpty(empty) : this.replaceRunning();
  }

  private async fillEmpty(empty: EmptyServer): Promise<Outcome<true>> {
    const { context, restore, keys } = this;
    if (!restore.force && restore.origin === undefined) {
      throw new OperationError(
        "data-lost",
        `No replica of ${context.store.path} has data; to restore the snapshot into the empty servers, write --force and say why with --break-glass REASON.`,
      );
    }
    this.blank = true;
    await keepSnapshotKeys(context, restore.manifest, keys);
    const stage = await empty.open();
    if (stage === "restored") {
      await empty.forget();
      this.restored = this.sent;
      return this.sent ? { done: true } : undefined;
    }
    if ("wait" in stage) return stage;
    await this.send(empty.replica, stage.token);
    this.sent = true;
    await this.waitUntilSealed(empty.replica);
    return undefined;
  }

  private async replaceRunning(): Promise<Outcome<true>> {
    const { context, restore, keys } = this;
    const active = await this.findActive();
    // A former run may have been killed after the data were replaced.
    await recallCredentials(context, active, restore.origin?.credentials);
    if (restore.force || restore.origin !== undefined) {
      await keepSnapshotKeys(context, restore.manifest, keys, (pending) => keysOpen(context, pending));
    }
    await withRootToken(context, active, async (token) => {
      await this.send(active, token);
      this.restored = true;
    });
    if (restore.origin !== undefined && this.unchecked) await this.waitUntilSealed(active);
    return { done: true };
  }

  /** Data of another instance seal the servers, and a former run may have been killed then. */
  private async findActive(): Promise<Replica> {
    if (this.restore.origin !== undefined) await unsealSealed(this.context);
    return findActive(this.context);
  }

  /**
   * Whether the snapshot takes the endpoint that does not check its seal. A seal that unseals by itself must open the snapshot of
   * another instance, so it is always checked.
   */
  private get unchecked(): boolean {
    const { restore, keys, blank } = this;
    if (restore.origin === undefined) return restore.force;
    return keys.type === "unseal" && (blank || !keys.current);
  }

  private async send(replica: Replica, token: Secret): Promise<void> {
    const { manifest, origin } = this.restore;
    if ((await this.context.snapshots(replica, token).restore(this.open(), this.unchecked)) === "restored") return;
    if (origin !== undefined) {
      throw new OperationError(
        "snapshot-keys",
        `The seal of ${this.context.store.path} does not open the snapshot ${manifest.name}; give it the seal of ${origin.store.path}, with the same key.`,
      );
    }
    throw new OperationError(
      "snapshot-keys",
      `The keys of ${this.context.store.path} were rotated after the snapshot ${manifest.name}; its keys are in version ${manifest.recordVersion} of the record: to go back to these keys as well, write --force and say why with --break-glass REASON.`,
    );
  }

  /** A server with Shamir's seal seals itself, because its keys do not open the restored data. */
  private async waitUntilSealed(replica: Replica): Promise<void> {
    const { clock, instance } = this.context;
    if (keyTypeOf(instance.seal) === "recovery") return;
    const giveUp = clock.now() + SEALS_WITHIN;
    while (clock.now() < giveUp && (await this.context.replica(replica).status()).state !== "sealed")
      await clock.sleep(POLL);
  }

  /** Logins and the root token are those of the snapshot's time. */
  private async repairLogins(): Promise<Outcome<true>> {
    const { context, keys } = this;
    const active = await this.findActive();
    await recallCredentials(context, active, this.restore.origin?.credentials);
    await adoptRootToken(context, keys, (token) => context.access(active, token).isAllowed("sys/mounts"));
    if (this.blank) return { done: true };
    // Another active server reads everything from the restored data. This one has some of it in memory only.
    const token = await context.operator.get((await context.store.read()).fields, active);
    const server = context.replica(active);
    // A server that steps down waits for 10 s before it is active again, and the run unseals it at once.
    const seals = this.restore.origin !== undefined && context.instance.replicas.length === 1 && keys.type === "unseal";
    if (token !== undefined) await (seals ? server.seal(token) : server.stepDown(token));
    else
      context.log.warn("restart the active server, because no identity may let another one lead", {
        replica: active.name,
      });
    return { done: true };
  }

  /**
   * Servers that unseal themselves go on with the raft certificates of before the restore, by which no other server joins. Kubernetes
   * evicts no pod while the others are not ready.
   */
  private checkRestart(): void {
    const { instance, store } = this.context;
    const [first] = instance.replicas;
    if (!this.blank || keyTypeOf(instance.seal) === "unseal" || instance.replicas.length === 1) return;
    throw new OperationError(
      "restart-needed",
      `${first?.name ?? "The first replica"} of ${store.path} has the data of the snapshot, and the others can join once it is restarted; restart it (in Kubernetes, delete its pod) and run "tenant-vault unseal ${store.path}".`,
    );
  }

  private async adoptKeys(): Promise<Outcome<true>> {
    const { context, keys } = this;
    if (this.unchecked && keys.type === "unseal") await proveKeys(context, keys);
    await adoptSnapshotKeys(context, keys);
    return { done: true };
  }

  private async verify(): Promise<Outcome<true>> {
    const { context } = this;
    const active = await findActive(context);
    const token = await context.operator.get((await context.store.read()).fields, active);
    if (token === undefined) return { done: true };
    return (await allVote(context, active, token)) === false
      ? { wait: "a replica has no vote in raft yet" }
      : { done: true };
  }

  private repeat(turn: () => Promise<Outcome<true>>): Promise<true> {
    const { store } = this.context;
    return runLoop<undefined, undefined, true>(this.context, {
      observe: () => Promise.resolve(undefined),
      decide: () => undefined,
      perform: turn,
      recover,
      unfinished: (code, last) =>
        new UnfinishedError(
          code,
          `The restore of ${store.path} is not finished${last === undefined ? "" : ` (last: ${last})`}; its record has the keys that open the data: fix that and run this again.`,
        ),
      poll: POLL,
    });
  }
}

/** Servers count as empty only if all of them answer. A first one with temporary keys was initialised by an interrupted restore. */
export function situationOf(replicas: readonly SeenReplica[], temporary: TemporaryKeys | undefined): Situation {
  const away = replicas.filter(({ status }) => status.state === "unreachable").map(({ name }) => name);
  if (away.length > 0) return { wait: `no answer from ${away.join(", ")}` };
  const others = temporary === undefined ? replicas : replicas.slice(1);
  const empty = others.every(({ status }) => status.state === "uninitialized");
  return empty && (others.length > 0 || temporary !== undefined) ? "blank" : "running";
}

/** Servers come and go during a restore, and so does a central Vault. */
function recover(error: unknown): Waiting | undefined {
  if (error instanceof ReplicaError && error.failure === "refused" && !error.retryable) return undefined;
  if (error instanceof ReplicaError) return { wait: `a replica does not answer (${reasonOf(error)})` };
  if (!(error instanceof CentralError) || !error.retryable) return undefined;
  return { wait: reasonOf(error) };
}
