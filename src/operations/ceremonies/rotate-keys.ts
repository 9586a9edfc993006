import { CentralError } from "../../central/client";
import { pendingKeys, restoredSnapshot, withPendingKeys, withPendingKeysInUse } from "../../central/pending-keys";
import { recordedKeys } from "../../central/record";
import { recordDeleted, type SeenRecord } from "../../central/record-store";
import { recordPath } from "../../contract/central-vault";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import type { Ceremony } from "../../vault/ceremony";
import { ReplicaError } from "../../vault/errors";
import type { ReplicaState } from "../../vault/replica-state";
import { keyTypeOf, type KeyType } from "../../vault/keys";
import { chooseShares } from "../../vault/shares";
import type { OperationContext } from "../context";
import { writeDescription } from "../describe";
import { copyShares } from "../escrow/copy-shares";
import { reasonOf, runLoop, UnfinishedError, type Outcome, type Waiting } from "../loop";
import { refuseRotation } from "../namespaces/refusal";
import { sharesOfState, type Shares } from "../shares";
import { withCeremony, type CeremonyServer, type CeremonySession } from "./ceremony-session";
import { KeyTrials } from "./key-trials";
import {
  keysRefused,
  OwnCeremony,
  rotationEndpoints,
  sendKeys,
  unverifiedRotation,
  verifiedRotation,
  type CeremonyEndpoints,
} from "./own-ceremony";
import { decideRotation, type KeySetName, type RotationStep } from "./rotation-decision";

const POLL = 500;

/** A rotation writes the record up to four times. One version more has the former keys even if the last write comes first. */
const LEAST_VERSIONS = 5;

/** Result of a rotation. */
export interface RotationReport extends Shares {
  readonly keyType: KeyType;
  /** Newest version of the record that has the former keys. */
  readonly formerVersion: number;
}

/**
 * Replaces the unseal keys of an instance, or its recovery keys, by new ones. Can be run again at any time. A run that was
 * interrupted is finished by the next one: at every moment the record has the keys that open the data.
 *
 * @param shares Number and threshold of the new keys.
 * @throws OperationError if the identity `ceremony` does not work, only a person can continue, or time is up.
 */
export async function rotateKeys(context: OperationContext, shares: Shares): Promise<RotationReport> {
  refuseRotation(context.instance);
  return withCeremony(context, "rotate-keys", async (locked, session) => {
    await checkVersions(locked);
    return new Rotation(locked, session, shares).run();
  });
}

/** Afterwards only earlier versions of the record have the former keys, which open snapshots of before. */
async function checkVersions({ store }: OperationContext): Promise<void> {
  const kept = await store.keptVersions();
  if (kept === undefined || kept >= LEAST_VERSIONS) return;
  const record = recordPath(store.path);
  throw new OperationError(
    "versions-too-few",
    `The central Vault keeps ${kept} ${kept === 1 ? "version" : "versions"} of ${record}, so the former keys would soon be lost; let it keep more with "vault kv metadata patch -max-versions=50 ${record}" and run this again.`,
  );
}

interface Seen {
  readonly record: SeenRecord;
  readonly server: CeremonyServer;
  readonly ceremony: Ceremony | undefined;
}

class Rotation {
  private readonly type: KeyType;
  private readonly own: OwnCeremony;
  private readonly trials = new KeyTrials<KeySetName>();
  /** Version of the record whose keys the server may have refused. */
  private version: number | undefined;
  private inUse = false;

  constructor(
    private readonly context: OperationContext,
    private readonly session: CeremonySession,
    private readonly shares: Shares,
  ) {
    this.type = keyTypeOf(context.instance.seal);
    this.own = new OwnCeremony(session);
  }

  run(): Promise<RotationReport> {
    const { path } = this.context.store;
    return runLoop<Seen, RotationStep, RotationReport>(this.context, {
      observe: () => this.observe(),
      decide: ({ record, ceremony }) =>
        decideRotation({
          pending: pendingKeys(record.fields, this.type)?.ceremony,
          ceremony,
          begun: this.own.nonce,
          unheard: this.own.unheard,
          refused: this.trials.refused,
          inUse: this.inUse,
        }),
      perform: (step, seen) => this.perform(step, seen),
      recover,
      unfinished: (code, last) =>
        new UnfinishedError(
          code,
          `The keys of ${path} are not rotated yet${last === undefined ? "" : ` (last: ${last})`}; its record has the keys that open it: run this again to continue.`,
        ),
      poll: POLL,
    });
  }

  private async observe(): Promise<Seen> {
    const record = await this.context.store.read();
    this.checkKeys(record);
    // Another run may have put other keys into the record.
    if (record.version !== this.version) this.trials.forgetAll();
    this.version = record.version;
    const server = await this.session.reach();
    return { record, server, ceremony: await OwnCeremony.find(server, this.endpointsOf(server)) };
  }

  private async perform(step: RotationStep, seen: Seen): Promise<Outcome<RotationReport>> {
    const { server } = seen;
    switch (step.do) {
      case "begin":
        return this.own.begin(server, this.endpointsOf(server), verifiedRotation(this.shares));
      case "send":
        return this.send(step.set, seen);
      case "verify":
        return this.verify(step.nonce, seen);
      case "cancel":
        return this.own.cancel(server, this.endpointsOf(server));
      case "adopt":
        return { done: await this.adopt() };
      case "wait":
        return { wait: step.reason };
      case "refuse":
        throw unverifiedRotation(this.context.store);
      case "stop":
        throw keysRefused(this.context.store);
    }
  }

  /** Shows the server keys of one of the record's sets. */
  private async send(set: KeySetName, { record, server, ceremony }: Seen): Promise<undefined> {
    const { fields } = record;
    const pending = pendingKeys(fields, this.type);
    const keys = set === "current" ? recordedKeys(fields, this.type) : (pending?.keys ?? []);
    const endpoints = this.endpointsOf(server);
    const answer = await this.own.show(server, endpoints, this.trials.next(set, keys, ceremony?.required ?? 0));
    if (answer === undefined) return;
    if (answer === "refused") {
      this.trials.refuse(set);
      await this.own.cancel(server, endpoints);
    } else if (set === "pending") {
      // A restore has brought them back, and nobody asked for these.
      if (pending !== undefined && restoredSnapshot(pending) !== undefined)
        await this.context.store.write(withPendingKeysInUse(fields, this.type), record.version);
      else this.inUse = true;
      await this.own.cancel(server, endpoints);
    } else if (answer.keys !== undefined) {
      await this.keep(record, answer.keys);
    }
  }

  /** Writes the new keys into the record. The former ones open the data until they are read back and verified. */
  private async keep({ fields, version }: SeenRecord, keys: readonly Secret[]): Promise<void> {
    const { store, log } = this.context;
    const pending = { keys, threshold: this.shares.threshold, ceremony: this.own.nonce ?? "" };
    await store.write(withPendingKeys(fields, this.type, pending), version);
    this.trials.forget("pending");
    log.info("the central Vault has the new keys beside the former ones", { keys: keys.length });
  }

  /** Sends the new keys as the central Vault returns them. */
  private async verify(nonce: string, { record, server }: Seen): Promise<Waiting | undefined> {
    const pending = pendingKeys(record.fields, this.type);
    const keys = chooseShares(pending?.keys ?? [], pending?.threshold ?? 0);
    const answer = await sendKeys(server, `${this.endpointsOf(server).path}/verify`, nonce, keys);
    if (answer === "refused" || !answer.complete) return { wait: "the server does not accept the new keys yet" };
    this.inUse = true;
    this.context.log.info("verified the new keys; they open the instance now");
    return undefined;
  }

  /** Describes the instance first, because a replica gets no more keys than the description says. */
  private async adopt(): Promise<RotationReport> {
    const { store, log } = this.context;
    this.own.forget();
    const seen = await store.read();
    const pending = pendingKeys(seen.fields, this.type);
    const current = pending?.keys ?? recordedKeys(seen.fields, this.type);
    const threshold = pending?.threshold ?? this.shares.threshold;
    const shares = { shares: current.length, threshold };
    const described = await writeDescription(this.context, {}, shares);
    const { fields, version } = await store.read();
    if (pendingKeys(fields, this.type) !== undefined)
      await store.write(withPendingKeysInUse(fields, this.type), version);
    await copyShares(this.context, described);
    log.info("rotated the keys", { keys: shares.shares, threshold, type: this.type });
    await this.tellOutdated(shares, version);
    return { ...shares, keyType: this.type, formerVersion: version };
  }

  /** A standby of OpenBao learns the number of keys when it starts, or becomes active. One that was away learns nothing. */
  private async tellOutdated({ shares, threshold }: Shares, formerVersion: number): Promise<void> {
    const { instance, log } = this.context;
    const seen = await Promise.all(
      instance.replicas.map(async (replica) => ({
        name: replica.name,
        status: await this.context.replica(replica).status(),
      })),
    );
    const named = (holds: (status: ReplicaState) => boolean): string[] =>
      seen.filter(({ status }) => holds(status)).map(({ name }) => name);
    const outdated = named((status) => {
      const found = status.state === "unsealed" ? sharesOfState(status) : undefined;
      return found !== undefined && (found.shares !== shares || found.threshold !== threshold);
    });
    if (outdated.length > 0)
      log.warn("restart these replicas, one at a time: sealed before that, they ask for the former number of keys", {
        replicas: outdated,
      });
    const away = named(({ state }) => state === "sealed" || state === "unreachable");
    if (away.length > 0 && this.type === "unseal")
      log.warn(
        "these replicas were away during the rotation, and open with the former keys alone, from this version of the record: bring them up soon",
        { replicas: away, version: formerVersion },
      );
  }

  private endpointsOf(server: CeremonyServer): CeremonyEndpoints {
    return rotationEndpoints(server, this.context.instance.seal);
  }

  private checkKeys({ fields, deleted, version }: SeenRecord): void {
    const { store } = this.context;
    const record = recordPath(store.path);
    if (deleted) throw recordDeleted(store, version);
    if (recordedKeys(fields, this.type).length > 0) return;
    throw new OperationError(
      "too-few-keys",
      `${record} has no ${this.type} keys to rotate; run "tenant-vault unseal ${store.path}" first.`,
    );
  }
}

/** Servers come and go during a rotation, and so does a central Vault. */
function recover(error: unknown): Waiting | undefined {
  if (error instanceof ReplicaError && error.failure === "denied") return undefined;
  if (error instanceof ReplicaError) return { wait: `a replica does not answer (${reasonOf(error)})` };
  if (!(error instanceof CentralError) || !error.retryable) return undefined;
  return { wait: reasonOf(error) };
}
