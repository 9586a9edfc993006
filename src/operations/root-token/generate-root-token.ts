import { pendingKeys } from "../../central/pending-keys";
import { recordedKeys, rootToken, withRootToken } from "../../central/record";
import type { SeenRecord } from "../../central/record-store";
import { recordPath } from "../../contract/central-vault";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import type { TokenFacts } from "../../vault/access-answers";
import { decodeToken, type Ceremony } from "../../vault/ceremony";
import { ReplicaError } from "../../vault/errors";
import { keyTypeOf } from "../../vault/keys";
import { keysRefused, OwnCeremony, rootTokenEndpoints } from "../ceremonies/own-ceremony";
import { withCeremony, type CeremonyServer, type CeremonySession } from "../ceremonies/ceremony-session";
import { KeyTrials } from "../ceremonies/key-trials";
import type { KeySetName } from "../ceremonies/rotation-decision";
import type { OperationContext } from "../context";
import { reasonOf, recoverUnlessDenied, runLoop, UnfinishedError, type Outcome } from "../loop";
import { decideGeneration, type GenerationStep } from "./generation-decision";
import { lostPatch, lostPeriod, NOTHING_LOST, revokeLost, type Period } from "./lost-tokens";

const POLL = 500;

/** Milliseconds beyond the deadline within which the server may still make the token. */
const LATE = 120_000;

/** What the run holds while only it knows the token. */
const HELD = "a root token that was just made";

/** Gives a root token to the person. It must not resolve before the person has it. */
export type Delivery = (token: Secret) => Promise<void>;

/** Result of the making of a root token. */
export interface GenerationReport {
  /** Names the token without telling it. */
  readonly accessor: string;
  /** Whether this run made it. It does not if the record has a root token that works. */
  readonly made: boolean;
  /** Accessors of root tokens that interrupted runs had made, and that this one revoked. */
  readonly revoked: readonly string[];
}

/**
 * Makes a root token with the keys of the record. Can be run again at any time: a token of which the answer was lost is revoked.
 *
 * @param delivery Gives the token to a person. @default - the record gets it, unless it has one that works
 * @throws OperationError if the identity `ceremony` does not work, the server refuses the keys, or time is up.
 */
export function generateRootToken(context: OperationContext, delivery?: Delivery): Promise<GenerationReport> {
  return withCeremony(context, "root-token", (locked, session) => generateInSession(locked, session, delivery));
}

/** As {@link generateRootToken}, in the session of another operation. */
export function generateInSession(
  context: OperationContext,
  session: CeremonySession,
  delivery?: Delivery,
): Promise<GenerationReport> {
  return finish(new Generation(context, session, delivery));
}

/** Makes a root token for work that ends with it. Until {@link NOTHING_LOST} is written, the metadata say that it may exist. */
export async function generateForWork(context: OperationContext, session: CeremonySession): Promise<Secret> {
  let made: Secret | undefined;
  const deliver = (token: Secret): Promise<void> => {
    made = token;
    return Promise.resolve();
  };
  await finish(new Generation(context, session, deliver, true));
  if (made === undefined) throw new Error("The generation ended without a token.");
  return made;
}

async function finish(generation: Generation): Promise<GenerationReport> {
  try {
    return await generation.run();
  } finally {
    await generation.end();
  }
}

interface Seen {
  readonly record: SeenRecord;
  readonly server: CeremonyServer;
  readonly ceremony: Ceremony | undefined;
  readonly period: Period | undefined;
  /** The record's root token, if it works. */
  readonly recorded: (TokenFacts & { readonly token: Secret }) | undefined;
}

class Generation {
  private readonly own: OwnCeremony;
  private announced = false;
  private lost = false;
  private delivered = false;
  private readonly trials = new KeyTrials<KeySetName>();
  /** Version of the record whose keys the server may have refused. */
  private version: number | undefined;
  private token: Secret | undefined;
  private revoked: readonly string[] = [];

  constructor(
    private readonly context: OperationContext,
    private readonly session: CeremonySession,
    private readonly delivery: Delivery | undefined,
    private readonly staysAnnounced = false,
  ) {
    this.own = new OwnCeremony(session);
  }

  run(): Promise<GenerationReport> {
    const { path } = this.context.store;
    return runLoop<Seen, GenerationStep, GenerationReport>(this.context, {
      observe: () => this.observe(),
      decide: (seen) => this.decide(seen),
      perform: (step, seen) => this.perform(step, seen),
      recover: recoverUnlessDenied,
      unfinished: (code, last) =>
        new UnfinishedError(
          code,
          `No root token of ${path} was made for anybody${last === undefined ? "" : ` (last: ${last})`}; run this again, which also revokes one whose answer was lost.`,
        ),
      poll: POLL,
    });
  }

  /** Revokes a token that nobody got. */
  async end(): Promise<void> {
    const { token, context } = this;
    context.holds.delete(HELD);
    if (token === undefined || this.delivered) return;
    try {
      await context.access((await this.session.reach()).replica, token).logOut();
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      context.log.warn("a root token was made that nobody has; run this again, which revokes it", {
        reason: reasonOf(error),
      });
    }
  }

  private async observe(): Promise<Seen> {
    const { store } = this.context;
    const record = await store.read();
    this.checkKeys(record);
    // A rotation may have put other keys into the record.
    if (record.version !== this.version) this.trials.forgetAll();
    this.version = record.version;
    const period = lostPeriod(await store.readMetadata());
    // What an earlier run announced, and did not settle.
    if (period !== undefined && !this.announced) this.lost = true;
    const server = await this.session.reach();
    const token = rootToken(record.fields);
    const facts = token && (await this.context.access(server.replica, token).lookUp());
    const ceremony = await OwnCeremony.find(server, rootTokenEndpoints(server));
    return { record, server, ceremony, period, recorded: token && facts && { ...facts, token } };
  }

  private decide({ record, ceremony, recorded }: Seen): GenerationStep {
    const { own, token, delivery } = this;
    const inRecord = recorded !== undefined && delivery === undefined && token === undefined;
    // The write of the record may have been carried out although its answer was lost.
    const written = token !== undefined && recorded?.token.equals(token) === true;
    if (written || inRecord) this.delivered = true;
    // A ceremony that is gone may have made its token.
    if (own.nonce !== undefined && ceremony === undefined && token === undefined) {
      own.forget();
      this.lost = true;
    }
    return decideGeneration({
      ceremony,
      begun: own.nonce,
      unheard: own.unheard,
      refused: this.trials.refused,
      pending: pendingKeys(record.fields, this.type) !== undefined,
      announced: this.announced,
      made: token !== undefined || inRecord,
      lost: this.lost,
      delivered: this.delivered,
    });
  }

  private async perform(step: GenerationStep, seen: Seen): Promise<Outcome<GenerationReport>> {
    const { server } = seen;
    switch (step.do) {
      case "announce":
        return this.announce(seen);
      case "begin":
        return this.begin(server);
      case "send":
        return this.send(step.set, seen);
      case "cancel":
        return this.own.cancel(server, rootTokenEndpoints(server));
      case "revoke-lost":
        return this.revokeLost(seen);
      case "deliver":
        return this.deliver(seen.record);
      case "settle":
        return { done: await this.settle(seen) };
      case "wait":
        return { wait: step.reason };
      case "stop":
        throw keysRefused(this.context.store);
    }
  }

  private get type() {
    return keyTypeOf(this.context.instance.seal);
  }

  /** By the server's clock, which also dates its tokens. */
  private async announce({ server, period }: Seen): Promise<undefined> {
    const { clock, deadline, store } = this.context;
    const own = await server.api.lookUp();
    if (own === undefined) throw new ReplicaError("unreachable", "the login has expired");
    const to = new Date(own.created.getTime() + Math.max(0, deadline - clock.now()) + LATE);
    await store.patchMetadata(lostPatch({ from: own.created, to }, period));
    this.announced = true;
  }

  private async begin(server: CeremonyServer): Promise<undefined> {
    await this.own.begin(server, rootTokenEndpoints(server), {});
    // Nobody could decode its token.
    if (this.own.otp === undefined) this.own.forget();
  }

  /** Shows the server keys of one of the record's sets. */
  private async send(set: KeySetName, { record, server, ceremony }: Seen): Promise<undefined> {
    const { own } = this;
    const pending = pendingKeys(record.fields, this.type);
    const keys = set === "current" ? recordedKeys(record.fields, this.type) : (pending?.keys ?? []);
    const endpoints = rootTokenEndpoints(server);
    const answer = await own.show(server, endpoints, this.trials.next(set, keys, ceremony?.required ?? 0));
    if (answer === "refused") {
      this.trials.refuse(set);
      return own.cancel(server, endpoints);
    }
    if (answer?.encodedToken === undefined || own.otp === undefined) return;
    this.token = decodeToken(answer.encodedToken, own.otp);
    this.context.holds.add(HELD);
    own.forget();
  }

  private async revokeLost({ server, period, recorded }: Seen): Promise<undefined> {
    const { context } = this;
    const token = this.token ?? recorded?.token;
    const own = token && (await context.access(server.replica, token).lookUp());
    if (token === undefined || own === undefined)
      throw new ReplicaError("unreachable", "the new token is not known yet");
    const kept = [own.accessor, ...(recorded === undefined ? [] : [recorded.accessor])];
    if (period !== undefined) {
      const revoked = await revokeLost(context.access(server.replica, token), period, kept);
      this.revoked = [...this.revoked, ...revoked];
      if (revoked.length > 0)
        context.log.warn("revoked root tokens that an interrupted run had made", { accessors: revoked });
    }
    this.lost = false;
    this.announced = true;
  }

  private async deliver({ fields, version }: SeenRecord): Promise<undefined> {
    const { token, delivery, context } = this;
    if (token === undefined) return;
    if (delivery === undefined) {
      await context.store.write(withRootToken(fields, token), version);
      return;
    }
    await delivery(token);
    this.delivered = true;
  }

  private async settle({ server, period, recorded }: Seen): Promise<GenerationReport> {
    const { context } = this;
    const token = this.token ?? recorded?.token;
    const own = token && (await context.access(server.replica, token).lookUp());
    if (period !== undefined && !this.staysAnnounced) await context.store.patchMetadata(NOTHING_LOST);
    const made = this.token !== undefined;
    if (made) context.log.info("made a root token, which does not expire", { accessor: own?.accessor });
    return { accessor: own?.accessor ?? "", made, revoked: this.revoked };
  }

  private checkKeys({ fields }: SeenRecord): void {
    const { store, instance } = this.context;
    const found = recordedKeys(fields, this.type).length;
    if (found >= instance.secretThreshold) return;
    throw new OperationError(
      "too-few-keys",
      `${recordPath(store.path)} holds ${found} ${this.type} keys, and a root token takes ${instance.secretThreshold}; restore a version of the record with all keys.`,
    );
  }
}
