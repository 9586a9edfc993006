import { CentralError } from "../../central/client";
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
import { rotationPath, withCeremony, type CeremonyServer, type CeremonySession } from "../ceremonies/ceremony-session";
import type { OperationContext } from "../context";
import { reasonOf, runLoop, UnfinishedError, type Outcome, type Waiting } from "../loop";
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
export function verifyEscrow(context: OperationContext): Promise<EscrowReport> {
  return withCeremony(context, "escrow-verify", (locked, session) => new Proof(locked, session).run());
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
  private begun: string | undefined;
  private unheard = false;
  /** Version of the record whose keys are shown. */
  private version: number | undefined;
  private groups: (readonly Secret[])[] = [];
  private proven: readonly Secret[] | undefined;

  constructor(
    private readonly context: OperationContext,
    private readonly session: CeremonySession,
  ) {
    this.type = keyTypeOf(context.instance.seal);
  }

  run(): Promise<EscrowReport> {
    const { path } = this.context.store;
    return runLoop<Seen, ProofStep, EscrowReport>(this.context, {
      observe: () => this.observe(),
      decide: ({ ceremony }) =>
        decideProof({
          ceremony,
          begun: this.begun,
          unheard: this.unheard,
          proven: this.proven !== undefined,
          groups: this.groups.length,
        }),
      perform: (step, seen) => this.perform(step, seen),
      recover,
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
    const ceremony = await server.api.ceremony(this.init(server));
    return { record, keys, shares, server, ceremony };
  }

  private async perform(step: ProofStep, seen: Seen): Promise<Outcome<EscrowReport>> {
    const { server, shares } = seen;
    switch (step.do) {
      case "begin":
        return this.begin(server, shares);
      case "send":
        return this.send(server);
      case "note-proof":
        this.proven = this.groups[0];
        return undefined;
      case "cancel":
        return this.cancel(server);
      case "judge":
        return { done: await this.judge(seen) };
      case "wait":
        return { wait: step.reason };
      case "refuse":
        throw new OperationError(
          "unverified-rotation",
          `The server of ${this.context.store.path} would put new keys to use without a verification, so no key is shown to it; upgrade the product.`,
        );
      case "stop":
        throw new OperationError(
          "keys-refused",
          `The server of ${this.context.store.path} refuses the keys in ${recordPath(this.context.store.path)}; look for the right ones in its earlier versions.`,
        );
    }
  }

  private init({ paths }: CeremonyServer): string {
    return `${rotationPath(paths, this.context.instance.seal)}/init`;
  }

  private async begin(server: CeremonyServer, { shares, threshold }: Shares): Promise<undefined> {
    const init = this.init(server);
    this.session.hasBegun(init);
    this.unheard = true;
    const settings = { secret_shares: shares, secret_threshold: threshold, require_verification: true };
    this.begun = (await server.api.beginCeremony(init, settings))?.nonce;
    this.unheard = false;
    if (this.begun === undefined) this.session.hasFinished();
  }

  private async cancel(server: CeremonyServer): Promise<undefined> {
    await server.api.cancelCeremony(this.init(server));
    this.unheard = false;
    this.session.hasFinished();
  }

  /** Shows the server one group of keys. It answers with new keys, which are dropped. */
  private async send(server: CeremonyServer): Promise<undefined> {
    const [group = []] = this.groups;
    const path = rotationPath(server.paths, this.context.instance.seal);
    for (const key of group) {
      const answer = await server.api.sendKey(`${path}/update`, this.begun ?? "", key);
      if (answer === "refused") {
        // A rotation that others have cancelled refuses every key.
        if ((await server.api.ceremony(`${path}/init`))?.nonce !== this.begun) return;
        this.groups.shift();
        return this.cancel(server);
      }
      if (answer.complete) this.proven = group;
    }
  }

  private checkCount(record: SeenRecord, keys: readonly Secret[], { threshold }: Shares): void {
    const { path } = this.context.store;
    if (pendingKeys(record.fields, this.type) !== undefined) {
      throw new OperationError(
        "rotation-unfinished",
        `A rotation of the keys of ${path} was interrupted; finish it first with "tenant-vault rotate-keys ${path}".`,
      );
    }
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

/** Servers come and go, and so does a central Vault. */
function recover(error: unknown): Waiting | undefined {
  if (error instanceof ReplicaError) return error.failure === "denied" ? undefined : { wait: reasonOf(error) };
  if (!(error instanceof CentralError) || !error.retryable) return undefined;
  return { wait: reasonOf(error) };
}
