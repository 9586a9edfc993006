import { holdOf, holdPatch } from "../../central/hold";
import { rootToken, type RecordFields } from "../../central/record";
import { OperationError } from "../../core/errors";
import { ReplicaError } from "../../vault/errors";
import type { OperationContext } from "../context";
import { reasonOf, recoverRetryable, runLoop, UnfinishedError, type Outcome, type Waiting } from "../loop";
import { isOpen } from "../members";
import { withLock } from "../operation-lock";
import { decideSeal, type SealingReplica, type SealStep } from "./seal-decision";

const POLL = 500;

/** Milliseconds for which every replica must stay sealed. A run of `unseal` that began before the hold may still hold keys. */
const STEADY = 2_000;

/** Milliseconds for which a replica that does not answer is asked again. */
const PATIENCE = 10_000;

/** Milliseconds within which a majority of open replicas has an active one, which can be sealed. */
const LEADER_WITHIN = 15_000;

/** Result of a sealing. */
export interface SealReport {
  /** Replicas that this run sealed. */
  readonly sealed: readonly string[];
  /** Why the record says that the instance is held. */
  readonly held: string;
}

/**
 * Seals every replica of an instance on purpose. Before that, the record says that the instance is held, so that no program unseals
 * it again. Can be run again at any time.
 *
 * @param reason Why. @default - what the record says already, or that a person sealed it
 * @throws OperationError `seal-unconfirmed` if a replica does not answer, which may be open.
 */
export function sealInstance(context: OperationContext, reason?: string): Promise<SealReport> {
  return withLock(context, "seal", async (locked) => {
    const held = await hold(locked, reason);
    return { sealed: await new Sealing(locked).run(), held };
  });
}

async function hold({ store, log }: OperationContext, given: string | undefined): Promise<string> {
  const former = holdOf(await store.readMetadata());
  const reason = given ?? former ?? "sealed with tenant-vault seal";
  if (reason !== former) await store.patchMetadata(holdPatch(reason));
  log.info("the record says that the instance is held", { reason });
  return reason;
}

interface Seen {
  readonly fields: RecordFields;
  readonly replicas: readonly SealingReplica[];
}

class Sealing {
  private readonly sealed = new Set<string>();
  private readonly refused = new Set<string>();
  private steadySince: number | undefined;
  private silentSince: number | undefined;
  private deniedSince: number | undefined;
  private leaderlessSince: number | undefined;

  constructor(private readonly context: OperationContext) {}

  run(): Promise<readonly string[]> {
    return runLoop<Seen, SealStep, readonly string[]>(this.context, {
      observe: () => this.observe(),
      decide: ({ replicas }) => decideSeal(replicas),
      perform: (step, { fields, replicas }) => this.perform(step, fields, replicas),
      recover: (error) => this.recover(error),
      unfinished: (code, last) =>
        new UnfinishedError(
          code,
          `${this.context.store.path} may not be sealed on every replica${last === undefined ? "" : ` (last: ${last})`}; it is held: run this again, or stop its servers.`,
        ),
      poll: POLL,
    });
  }

  private async observe(): Promise<Seen> {
    const { instance, store } = this.context;
    const { fields } = await store.read();
    const replicas = await Promise.all(
      instance.replicas.map(async (replica) => {
        const server = this.context.replica(replica);
        const status = await server.status();
        const leader = isOpen({ status }) ? await server.leader().catch(undefinedIfAway) : undefined;
        return { ...replica, status, active: leader?.isSelf === true, refused: this.refused.has(replica.name) };
      }),
    );
    return { fields, replicas };
  }

  private async perform(
    step: SealStep,
    fields: RecordFields,
    replicas: readonly SealingReplica[],
  ): Promise<Outcome<readonly string[]>> {
    if (step.do !== "confirm") this.steadySince = undefined;
    if (step.do !== "ask-again") this.silentSince = undefined;
    if (replicas.some(({ active }) => active)) this.leaderlessSince = undefined;
    switch (step.do) {
      case "seal":
        return this.seal(step.replica, fields, replicas);
      case "restart":
        return this.restart(step.replicas);
      case "ask-again":
        return this.askAgain(step.replicas);
      case "confirm":
        return this.confirm();
    }
  }

  private async seal(
    replica: SealingReplica,
    fields: RecordFields,
    replicas: readonly SealingReplica[],
  ): Promise<Waiting | undefined> {
    const { context } = this;
    const active = replicas.find((each) => each.active);
    const token = await context.operator.get(fields, active ?? replica).catch((error: unknown) => {
      // Without an active replica nobody can log in, and a root token needs no login.
      if (active !== undefined || !(error instanceof ReplicaError)) throw error;
      return rootToken(fields);
    });
    if (token === undefined && active === undefined) return this.restart([replica]);
    if (token === undefined) throw withoutToken(context);
    try {
      await context.replica(replica).seal(token);
    } catch (error) {
      if (!(error instanceof ReplicaError) || !error.message.includes("standby")) throw error;
      this.refused.add(replica.name);
      return undefined;
    }
    this.deniedSince = undefined;
    this.sealed.add(replica.name);
    context.log.info("replica sealed", { replica: replica.name });
    return undefined;
  }

  /** The budget of disruptions does not let the program evict the pod, because the sealed ones are not ready. */
  private restart(open: readonly SealingReplica[]): Waiting {
    const { clock, instance } = this.context;
    const now = clock.now();
    this.leaderlessSince ??= now;
    if (now - this.leaderlessSince < LEADER_WITHIN)
      return { wait: "no replica is active, so the others cannot be sealed" };
    const { kubernetes } = instance;
    const names = open.map(({ name }) => (kubernetes === undefined ? name : `the pod ${kubernetes.namespace}/${name}`));
    return {
      wait: `${kubernetes === undefined ? "restart" : "delete"} ${names.join(", ")} now: it cannot be sealed while no replica is active, and comes back sealed`,
    };
  }

  private askAgain(unreachable: readonly SealingReplica[]): Waiting {
    const { clock, store } = this.context;
    const now = clock.now();
    this.silentSince ??= now;
    const names = unreachable.map(
      ({ name, address, status }) => `${name} (${address}: ${status.state === "unreachable" ? status.reason : ""})`,
    );
    if (now - this.silentSince < PATIENCE) return { wait: `no answer from ${names.join(", ")}` };
    throw new UnfinishedError(
      "seal-unconfirmed",
      `Every replica of ${store.path} that answers is sealed and held, and these do not answer, so they may be open: ${names.join(", ")}; run this again when they answer, or stop them.`,
    );
  }

  /** A standby refuses a token that it does not have yet. */
  private recover(error: unknown): Waiting | undefined {
    if (!(error instanceof ReplicaError)) return recoverRetryable(error);
    const now = this.context.clock.now();
    if (error.failure === "denied") this.deniedSince ??= now;
    return this.deniedSince !== undefined && now - this.deniedSince >= PATIENCE ? undefined : { wait: reasonOf(error) };
  }

  private confirm(): Outcome<readonly string[]> {
    const now = this.context.clock.now();
    this.steadySince ??= now;
    if (now - this.steadySince < STEADY) return { wait: "whether every replica stays sealed" };
    return { done: [...this.sealed] };
  }
}

function withoutToken({ store }: OperationContext): OperationError {
  return new OperationError(
    "identity-rehearsal",
    `The identity operate of ${store.path} cannot log in, and its record has no root token, so nothing can seal it; stop its servers, which then come back sealed.`,
  );
}

function undefinedIfAway(error: unknown): undefined {
  if (error instanceof ReplicaError) return undefined;
  throw error;
}
