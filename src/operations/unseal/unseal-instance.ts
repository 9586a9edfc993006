import { CentralError } from "../../central/client";
import { refuseNewHold } from "../../central/hold";
import type { KeySet } from "../../central/pending-keys";
import { isDescriptionOnly, journalKey, secretFields, type RecordFields } from "../../central/record";
import type { SeenRecord } from "../../central/record-store";
import { Secret } from "../../core/secret";
import { ReplicaError } from "../../vault/errors";
import type { Instance, Replica } from "../../contract/instance";
import { keyTypeOf } from "../../vault/keys";
import type { OperationContext } from "../context";
import { writeDescription } from "../describe";
import { sealOffFormerMembers } from "../former-members";
import { ensureIdentities } from "../identities/ensure-identities";
import { MemberObserver, type TokenOf } from "../members";
import { reasonOf, recoverRetryable, runLoop, type Outcome, type Waiting, UnfinishedError } from "../loop";
import { ifPossible } from "../operation-lock";
import { PodRestarts } from "../restart/pod-restarts";
import { restartOutdated } from "../restart/rolling-restart";
import { StalledPods } from "../restart/stalled-pods";
import { StuckReplicas } from "../restart/stuck-replicas";
import { stateOfNewMember, type SeenReplica } from "../seen";
import { differingShares } from "../shares";
import { decide, type Observation, type Step } from "./decide";
import { escrowKeys, forgetJournal } from "./escrow";
import { explainStop } from "./explain";
import { FormerKeys } from "./former-keys";
import { Initialization } from "./initialization";
import { refuseOverwritten } from "./overwritten-keys";
import { joinReplicas, unsealReplicas, verify, type Verified } from "./unsealing";

/** Actions of a run, and the resulting state. */
export interface UnsealReport extends Verified {
  /** Replicas that did not run the described configuration. */
  readonly restarted: readonly string[];
  readonly initialized: boolean;
  readonly unsealed: readonly string[];
  readonly joined: readonly string[];
}

const POLL = 250;
/** Milliseconds between two requests to an unavailable central Vault. */
const CENTRAL_POLL = 2_000;
/** Milliseconds of waiting for one reason after which a replica counts as stuck. */
const STALL = 10_000;

/**
 * Brings an instance from any state to initialised, escrowed, joined and unsealed on every replica, with the described
 * configuration and identities that work. Can be run again at any time, and by several programs at once.
 *
 * @throws OperationError if only a person can continue, after the deadline, or if the central Vault fails.
 */
export async function unsealInstance(context: OperationContext): Promise<UnsealReport> {
  const { pods } = context;
  const run = new UnsealRun(context, pods && new PodRestarts(context, pods));
  const report = await run.bringUp();
  const restarted = await restartOutdated(context, run.restarts, (lease) => run.bringUp(lease));
  const up = restarted.length === 0 ? report : await run.bringUp();
  await ensureIdentities(context);
  return { ...up, restarted };
}

/** One run of the command. It keeps pending work between several passes. */
class UnsealRun {
  private readonly initialization: Initialization;
  private readonly stuck: StuckReplicas | undefined;
  private readonly stalled: StalledPods;
  private readonly unsealed = new Set<string>();
  private readonly joined = new Set<string>();
  /** Journals that are not needed any more, in a folder that has become read-only. */
  private readonly undeletable = new Set<string>();
  private initialized = false;
  /** A replica was asked to initialise. What became of it is found out even after the deadline or an interruption. */
  private asked = false;
  /** The replica that was asked to initialise and has not answered. The run checks it again before it ends. */
  private unanswered: { readonly replica: string; lookedAgain: boolean } | undefined;
  private described = false;
  private readonly members: MemberObserver;
  private readonly former: FormerKeys;

  constructor(
    private readonly context: OperationContext,
    readonly restarts: PodRestarts | undefined,
  ) {
    this.initialization = new Initialization(context);
    this.stuck = restarts && new StuckReplicas(context, restarts);
    this.stalled = new StalledPods(context);
    this.members = new MemberObserver(context);
    this.former = new FormerKeys(context.store);
  }

  /** Brings every replica to unsealed and verified. @param lease The lock to renew meanwhile. @default - that of the context */
  async bringUp(lease = this.context.lease): Promise<Omit<UnsealReport, "restarted">> {
    const verified = await runLoop<Observation, Step, Verified>(
      { ...this.context, lease: lease && ifPossible(lease) },
      {
        observe: () => this.observe(),
        decide,
        perform: (step, seen) => this.perform(step, seen),
        recover: (error) => this.recover(error),
        unfinished: (code, last) => this.unfinished(code, last),
        mayEnd: () => this.unanswered?.lookedAgain ?? true,
        poll: POLL,
        stall: {
          after: STALL,
          act: async ({ replicas, record }) => {
            const { fields } = record;
            const pristine = secretFields(fields).length === 0 && journalKey(fields) === undefined;
            const blockedBy = await this.stuck?.replace(replicas, pristine, this.tokenOf(fields));
            await this.stalled.check();
            return blockedBy;
          },
        },
      },
    );
    return { ...verified, initialized: this.initialized, unsealed: [...this.unsealed], joined: [...this.joined] };
  }

  /** Reads the record first, so that the states of the replicas are not older than the record. */
  private async observe(): Promise<Observation> {
    const { instance, journal } = this.context;
    const { unanswered } = this;
    const record = await this.store.read();
    const replicas = await Promise.all(
      instance.replicas.map(async (replica) => {
        const status = await this.context.replica(replica).status({ uninterruptible: unanswered !== undefined });
        if (replica.name === unanswered?.replica && status.state !== "unreachable") this.unanswered = undefined;
        const known = this.joined.has(replica.name) ? stateOfNewMember(status, instance.secretThreshold) : status;
        return { ...replica, status: await this.stalled.explain(replica, known) };
      }),
    );
    if (this.unanswered !== undefined) this.unanswered.lookedAgain = true;
    const raft = await this.members.observe(replicas, this.tokenOf(record.fields));
    const journals = journal.entries().filter(({ file }) => !this.undeletable.has(file));
    const { announced } = this.initialization;
    return { instance, record, former: this.former.sets, replicas, raft, journals, announced };
  }

  private get store(): OperationContext["patientStore"] {
    return this.asked && !this.initialized ? this.context.patientStore : this.context.store;
  }

  private async perform(step: Step, seen: Observation): Promise<Outcome<Verified>> {
    const { record } = seen;
    // Before anything is waited for: a run without Terraform must know of replicas that this one adds.
    const known = secretFields(record.fields).length > 0 || (step.do === "wait" && isDescriptionOnly(record.fields));
    if (!this.described && step.do !== "stop" && known && !record.deleted) return this.describeEarly();
    switch (step.do) {
      case "announce":
        await this.initialization.announce(record);
        await this.describe();
        return undefined;
      case "take-over":
        await this.initialization.takeOver(record);
        return undefined;
      case "initialize":
        return this.initialize(step.replica);
      case "escrow":
        return this.escrow(step.journal, record);
      case "forget":
        for (const file of step.journals) if (!forgetJournal(this.context, file)) this.undeletable.add(file);
        return undefined;
      case "discard":
        await this.initialization.discard(record);
        return undefined;
      case "unseal":
        if (this.context.respectsHold === true) await refuseNewHold(this.context.store);
        return this.former.use(record, (sets) => this.unseal(step.replicas, sets));
      case "join":
        await joinReplicas(this.context, step.replicas);
        for (const { name } of step.replicas) this.joined.add(name);
        return undefined;
      case "verify":
        return this.verify(seen);
      case "wait":
        return { wait: step.reason };
      case "stop":
        return this.stop(step, seen);
    }
  }

  private async initialize(replica: Replica): Promise<undefined> {
    if (!(await this.initialization.commit())) return;
    const { holds, store } = this.context;
    const answer = `the answer, with the keys, of ${replica.name} of ${store.path} to its initialisation`;
    this.unanswered = { replica: replica.name, lookedAgain: false };
    this.asked = true;
    holds.add(answer);
    try {
      await this.initialization.initialize(replica);
      this.unanswered = undefined;
      this.initialized = true;
    } finally {
      holds.delete(answer);
    }
  }

  private async escrow(journal: string, { fields }: SeenRecord): Promise<undefined> {
    const answer = this.context.journal.open(journal, journalKey(fields) ?? new Secret(""));
    if (answer === undefined) return;
    await escrowKeys(this.context, { answer, journal });
    this.context.log.info("wrote the keys of an interrupted initialisation to the central Vault");
  }

  private tokenOf(fields: RecordFields): TokenOf {
    return (asked) => this.context.operator.get(fields, asked);
  }

  private async verify(seen: Observation): Promise<Outcome<Verified>> {
    const { operator, instance } = this.context;
    const outcome = await verify(this.context, await operator.get(seen.record.fields, instance.replicas[0]));
    if ("done" in outcome) {
      this.tellShares(await this.describe());
    }
    return outcome;
  }

  /** A changed number of keys takes effect only by a ceremony of its own. */
  private tellShares({ secretShares, secretThreshold }: Instance): void {
    const difference = differingShares(this.context.instance, { shares: secretShares, threshold: secretThreshold });
    if (difference !== undefined) this.context.log.warn(difference);
  }

  /** Another run may have written the record after this one read it. Then the record and the states do not match. */
  private async stop({ code, details }: Extract<Step, { do: "stop" }>, seen: Observation): Promise<undefined> {
    const { record, replicas, raft } = seen;
    const { version } = await this.store.read();
    if (version !== record.version) return;
    // The command migrate-seal needs the description.
    if (code === "seal-differs") await this.describe();
    if (code === "too-few-keys" && (await this.former.find(record))) return;
    await refuseOverwritten(this.store, keyTypeOf(this.context.instance.seal), code, record);
    if (code === "former-member") await sealOffFormerMembers(this.context, replicas, raft.outsiders);
    const { store, instance } = this.context;
    throw explainStop(code, store.path, details, { ...instance, version });
  }

  private unseal(replicas: readonly SeenReplica[], sets: readonly KeySet[]): Promise<Waiting | undefined> {
    this.members.expectLeader();
    return unsealReplicas(this.context, replicas, sets, (replica) => {
      this.unsealed.add(replica);
      this.context.log.info("replica unsealed", { replica });
    });
  }

  /** Waits for servers, because pods start and leaders change. Also waits for the central Vault if this run has pending work. */
  private recover(error: unknown): Waiting | undefined {
    if (error instanceof ReplicaError) return { wait: reasonOf(error) };
    if (!(error instanceof CentralError)) return recoverRetryable(error);
    if (error.failure === "conflict") return { wait: "another run writes the record as well" };
    return error.retryable && this.hasBegun ? { wait: reasonOf(error), pause: CENTRAL_POLL } : undefined;
  }

  private get hasBegun(): boolean {
    const restarted = this.restarts?.names.length ?? 0;
    return this.initialized || this.unsealed.size + this.joined.size + restarted > 0;
  }

  private unfinished(code: "timeout" | "interrupted", last: string | undefined): UnfinishedError {
    const reason = last === undefined ? "" : ` (last: ${last})`;
    if (this.unanswered !== undefined) {
      return new UnfinishedError(
        code,
        `${this.unanswered.replica} of ${this.context.store.path} was asked to initialise, and its answer with the keys did not arrive${reason}; run this again, which reports its state.`,
      );
    }
    return new UnfinishedError(
      code,
      code === "interrupted"
        ? `Interrupted${reason}; nothing is lost, run this again.`
        : `${this.context.store.path} did not come up in time${reason}; fix that and run this again.`,
    );
  }

  /** Stores the description beside the keys, so that a later run, or another program, finds the instance. */
  private async describe(): Promise<Instance> {
    const now = this.context.clock.date().toISOString();
    const described = await writeDescription(this.context, {
      ...(this.initialized ? { "initialized-at": now } : {}),
      ...(this.unsealed.size > 0 ? { "unsealed-at": now } : {}),
    });
    this.described = true;
    return described;
  }

  /** A failed write of the description must not keep an instance sealed. At the end of the run the write must succeed. */
  private async describeEarly(): Promise<undefined> {
    try {
      await this.describe();
    } catch (error) {
      if (!(error instanceof CentralError) || error.retryable) throw error;
      this.described = true;
      this.context.log.warn("the instance cannot be described yet", { reason: reasonOf(error) });
    }
  }
}
