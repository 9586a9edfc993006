import { pendingKeys } from "../../central/pending-keys";
import { namesOfKeys, recordedKeys } from "../../central/record";
import type { SeenRecord } from "../../central/record-store";
import { recordPath } from "../../contract/central-vault";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import type { Ceremony } from "../../vault/ceremony";
import { ReplicaError } from "../../vault/errors";
import { keyTypeOf, type KeyType } from "../../vault/keys";
import { shareGroups, strayShares } from "../../vault/shares";
import { inSession, type CeremonyServer, type CeremonySession } from "../ceremonies/ceremony-session";
import {
  keysRefused,
  OwnCeremony,
  rotationEndpoints,
  unverifiedRotation,
  verifiedRotation,
  type CeremonyEndpoints,
} from "../ceremonies/own-ceremony";
import { unfinishedRotation } from "../ceremonies/unfinished-rotation";
import type { Lease, OperationContext } from "../context";
import { refuseRotation } from "../namespaces/refusal";
import { recoverUnlessDenied, runLoop, UnfinishedError, type Outcome } from "../loop";
import { withLock } from "../operation-lock";
import { sharesOfState, type Shares } from "../shares";
import { decideProof, type ProofStep } from "./proof-decision";

const POLL = 500;

/** Result of a verification: each of the keys opens the data together with others. */
export interface EscrowReport extends Shares {
  readonly keyType: KeyType;
}

/**
 * Proves that the record has every key of an instance, and that the keys open its data. It changes nothing in the instance and
 * seals nothing. The record's metadata get the time.
 *
 * @throws OperationError `keys-refused` if no group of the keys opens the data, `escrow-incomplete` if keys are missing or damaged.
 */
export async function verifyEscrow(context: OperationContext): Promise<EscrowReport> {
  return withLock(context, "escrow-verify", proveEscrow);
}

/** As {@link verifyEscrow}, for an operation that holds the lock already. */
export async function proveEscrow(locked: OperationContext & { readonly lease: Lease }): Promise<EscrowReport> {
  refuseRotation(locked.instance);
  return inSession(locked, (session) => new Proof(locked, session).run());
}

interface Seen {
  readonly record: SeenRecord;
  readonly keys: readonly Secret[];
  readonly shares: Shares;
  readonly server: CeremonyServer;
  readonly ceremony: Ceremony | undefined;
}

class Proof {
  private readonly type: KeyType;
  private readonly own: OwnCeremony;
  /** Version of the record whose keys are shown. */
  private version: number | undefined;
  private groups: (readonly Secret[])[] = [];
  private proven: readonly Secret[] | undefined;

  constructor(
    private readonly context: OperationContext,
    private readonly session: CeremonySession,
  ) {
    this.type = keyTypeOf(context.instance.seal);
    this.own = new OwnCeremony(session);
  }

  run(): Promise<EscrowReport> {
    const { path } = this.context.store;
    return runLoop<Seen, ProofStep, EscrowReport>(this.context, {
      observe: () => this.observe(),
      decide: ({ ceremony }) =>
        decideProof({
          ceremony,
          begun: this.own.nonce,
          unheard: this.own.unheard,
          proven: this.proven !== undefined,
          groups: this.groups.length,
        }),
      perform: (step, seen) => this.perform(step, seen),
      recover: recoverUnlessDenied,
      unfinished: (code, last) =>
        new UnfinishedError(
          code,
          `Whether the keys of ${path} open its data is not known yet${last === undefined ? "" : ` (last: ${last})`}; run this again.`,
        ),
      poll: POLL,
    });
  }

  private async observe(): Promise<Seen> {
    const { context } = this;
    const record = await context.store.read();
    const keys = recordedKeys(record.fields, this.type);
    const server = await this.session.reach();
    const shares = sharesOfState(await context.replica(server.replica).status());
    if (shares === undefined) throw new ReplicaError("unreachable", "it does not say how many keys it has");
    this.checkCount(record, keys, shares);
    if (this.version !== record.version) {
      this.version = record.version;
      this.proven = undefined;
      this.groups = [...shareGroups(keys, shares.threshold)];
    }
    const ceremony = await OwnCeremony.find(server, this.endpointsOf(server));
    return { record, keys, shares, server, ceremony };
  }

  private async perform(step: ProofStep, seen: Seen): Promise<Outcome<EscrowReport>> {
    const { server, shares } = seen;
    switch (step.do) {
      case "begin":
        return this.own.begin(server, this.endpointsOf(server), verifiedRotation(shares));
      case "send":
        return this.send(server);
      case "note-proof":
        this.proven = this.groups[0];
        return undefined;
      case "cancel":
        return this.own.cancel(server, this.endpointsOf(server));
      case "judge":
        return { done: await this.judge(seen) };
      case "wait":
        return { wait: step.reason };
      case "refuse":
        throw unverifiedRotation(this.context.store);
      case "stop":
        throw keysRefused(this.context.store);
    }
  }

  private endpointsOf(server: CeremonyServer): CeremonyEndpoints {
    return rotationEndpoints(server, this.context.instance.seal);
  }

  /** Shows the server one group of keys. It answers with new keys, which are dropped. */
  private async send(server: CeremonyServer): Promise<undefined> {
    const [group = []] = this.groups;
    const endpoints = this.endpointsOf(server);
    const answer = await this.own.show(server, endpoints, group);
    if (answer === "refused") {
      this.groups.shift();
      return this.own.cancel(server, endpoints);
    }
    if (answer?.complete === true) this.proven = group;
  }

  private checkCount(record: SeenRecord, keys: readonly Secret[], { threshold }: Shares): void {
    const { path } = this.context.store;
    const pending = pendingKeys(record.fields, this.type);
    if (pending !== undefined) throw unfinishedRotation(path, pending);
    if (keys.length >= threshold) return;
    throw new OperationError(
      "too-few-keys",
      `${recordPath(path)} holds ${keys.length} ${this.type} keys, and the servers want ${threshold}; restore a version of the record with all keys.`,
    );
  }

  private async judge({ record, keys, shares }: Seen): Promise<EscrowReport> {
    const { store, clock, log } = this.context;
    const stray = strayShares(keys, this.proven ?? []);
    const distinct = new Set(keys.map((key) => key.reveal())).size;
    const good = distinct - stray.length;
    const damaged = stray.length === 0 ? "" : ` (${namesOfKeys(record.fields, stray).join(", ")} damaged)`;
    if (good !== shares.shares || distinct !== keys.length) {
      throw new OperationError(
        "escrow-incomplete",
        `${recordPath(store.path)} holds ${good} good ${this.type} keys of ${shares.shares}${damaged}, which open the data with a threshold of ${shares.threshold}; restore a version of the record with all keys, or make new ones with "tenant-vault rotate-keys ${store.path}".`,
      );
    }
    await store.patchMetadata({ "escrow-verified": clock.date().toISOString() });
    log.info("the keys of the record open the data", { keys: good, threshold: shares.threshold });
    return { ...shares, keyType: this.type };
  }
}
