import type { RecordFields } from "../../central/record";
import type { Replica } from "../../contract/instance";
import { OperationError } from "../../core/errors";
import { ReplicaError } from "../../vault/errors";
import type { OperationContext } from "../context";
import { recoverUnlessDenied, runLoop, UnfinishedError, type Outcome } from "../loop";
import { isOpen } from "../members";
import { withLock } from "../operation-lock";
import { undefinedIfDenied } from "../raft";
import { successorsOf, type Candidate } from "./successors";

const POLL = 200;

/** Result of a step-down: names of replicas. */
export interface StepDownReport {
  readonly from: string;
  readonly to: string;
}

/**
 * Makes the active replica a standby, and waits until another one is active. Each run does that once.
 *
 * @throws OperationError `no-successor` if no other replica could become active.
 */
export function stepDown(context: OperationContext): Promise<StepDownReport> {
  return withLock(context, "step-down", (locked) => new StepDown(locked).run());
}

interface Seen {
  readonly fields: RecordFields;
  readonly replicas: readonly Candidate[];
  readonly active: Replica | undefined;
}

type Step = "step-down" | "wait" | "finish";

class StepDown {
  /** The replica that was active at first, and that was told to step down. */
  private from: Replica | undefined;

  constructor(private readonly context: OperationContext) {}

  run(): Promise<StepDownReport> {
    const { path } = this.context.store;
    return runLoop<Seen, Step, StepDownReport>(this.context, {
      observe: () => this.observe(),
      decide: ({ active }) => this.decide(active),
      perform: (step, seen) => this.perform(step, seen),
      recover: recoverUnlessDenied,
      unfinished: (code, last) =>
        new UnfinishedError(
          code,
          `No other replica of ${path} is known to be active yet${last === undefined ? "" : ` (last: ${last})`}; look with "tenant-vault status ${path}".`,
        ),
      poll: POLL,
    });
  }

  private async observe(): Promise<Seen> {
    const { context } = this;
    const { fields } = await context.store.read();
    const replicas = await Promise.all(context.instance.replicas.map((replica) => this.look(replica)));
    return { fields, replicas, active: replicas.find(({ leads }) => leads) };
  }

  private async look(replica: Replica): Promise<Candidate> {
    const server = this.context.replica(replica);
    const status = await server.status();
    const open = isOpen({ status });
    try {
      const leads = open && (await server.leader())?.isSelf === true;
      return { ...replica, open, leads, index: open ? await server.appliedIndex() : undefined };
    } catch (error) {
      if (!(error instanceof ReplicaError)) throw error;
      return { ...replica, open: false, leads: false, index: undefined };
    }
  }

  private decide(active: Replica | undefined): Step {
    if (active === undefined) return "wait";
    return this.from === undefined || active.name === this.from.name ? "step-down" : "finish";
  }

  private async perform(step: Step, { fields, replicas, active }: Seen): Promise<Outcome<StepDownReport>> {
    const { context, from } = this;
    if (step === "wait" || active === undefined) return { wait: "no replica is active" };
    if (step === "finish") return { done: { from: from?.name ?? "", to: active.name } };
    const token = await context.operator.get(fields, active);
    if (token === undefined) throw withoutToken(context);
    const peers = await context.replica(active).raftPeers(token).catch(undefinedIfDenied);
    if (successorsOf(replicas, active, peers).length === 0) throw noSuccessor(context, active);
    // Before the request, because its answer may be lost.
    this.from = active;
    await context.replica(active).stepDown(token);
    context.log.info("replica stepped down", { replica: active.name });
    return { wait: "another replica becomes active" };
  }
}

function noSuccessor({ store, instance }: OperationContext, { name }: Replica): OperationError {
  const reason =
    instance.replicas.length === 1
      ? "it is the only replica"
      : "no other replica is unsealed, has a vote in raft and the newest data";
  return new OperationError(
    "no-successor",
    `${name} of ${store.path} stays active, because ${reason}; run "tenant-vault unseal ${store.path}", or add replicas, and try again.`,
  );
}

function withoutToken({ store }: OperationContext): OperationError {
  return new OperationError(
    "identity-rehearsal",
    `The identity operate of ${store.path} cannot log in, and its record has no root token; run "tenant-vault unseal ${store.path}", which repairs it.`,
  );
}
