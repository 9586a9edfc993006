import { refuseNewHold } from "../../central/hold";
import { recordedKeys } from "../../central/record";
import type { SeenRecord } from "../../central/record-store";
import { OperationError } from "../../core/errors";
import { keyTypeOf } from "../../vault/keys";
import type { ReplicaState } from "../../vault/replica-state";
import type { OperationContext, RunContext } from "../context";
import { MemberObserver } from "../members";
import { stateOfNewMember } from "../seen";
import { recoverRetryable, runLoop, UnfinishedError, type Outcome } from "../loop";
import { decide, type Observation, type Step } from "./decide";
import { explainStop } from "./explain";
import { FormerKeys } from "./former-keys";
import { sendShares } from "./send-shares";
import { joinReplicas, unsealReplicas } from "./unsealing";

/** What an unsealing needs. It only reads the record. The caller has seen that the instance is not held. */
export type UnsealSealedContext = RunContext &
  Pick<OperationContext, "instance" | "replica" | "operator"> & {
    readonly store: Pick<OperationContext["store"], "path" | "read" | "readMetadata" | "formerKeys">;
    /** The record, if the caller reads it already. If that fails, nothing is tried again. @default - it is read */
    readonly record?: Promise<SeenRecord>;
    /** Whether the store has only the shares of one group. @default - it has all keys */
    readonly isPart?: boolean;
  };

/** What a run has done, and the keys that it has found. */
interface Progress extends Readonly<Record<"unsealed" | "given" | "joined", Set<string>>> {
  readonly former: FormerKeys;
}

const POLL = 100;

/**
 * Gives their keys to the sealed replicas of an instance that is initialised, and lets empty ones join. Writes nothing to the
 * central Vault. It does not wait for replicas that do not answer, because they must not keep the others sealed. With the shares
 * of one group, it does not wait for those of others either.
 *
 * @returns The names of the replicas that it unsealed.
 * @throws OperationError if only a person can continue, after the deadline, or if the central Vault fails.
 */
export function unsealSealed(context: UnsealSealedContext): Promise<readonly string[]> {
  const unsealed = new Set<string>();
  const joined = new Set<string>();
  /** Replicas that have the shares of the group. */
  const given = new Set<string>();
  const members = new MemberObserver(context);
  const former = new FormerKeys(context.store);
  let turns = 0;
  let isConfirmed = context.record === undefined;
  return runLoop<Observation, Step | "done", readonly string[]>(context, {
    observe: async () => {
      const seen = await observe(context, members, joined, isConfirmed ? undefined : context.record);
      isConfirmed = true;
      return { ...seen, former: former.sets };
    },
    decide: (seen) => (seen.replicas.some(({ status }) => needsKeys(status.state)) ? decide(seen) : "done"),
    perform: async (step, seen) => {
      if (turns++ > 0 && step !== "done") await refuseNewHold(context.store);
      if (step !== "done" && step.do === "unseal") members.expectLeader();
      return perform(context, step, seen, { unsealed, given, joined, former });
    },
    recover: (error) => (isConfirmed ? recoverRetryable(error) : undefined),
    unfinished: (code, last) =>
      new UnfinishedError(
        code,
        `Not every replica of ${context.store.path} is unsealed${last === undefined ? "" : ` (last: ${last})`}; this is tried again.`,
      ),
    poll: POLL,
  });
}

async function observe(
  context: UnsealSealedContext,
  members: MemberObserver,
  joined: ReadonlySet<string>,
  known: Promise<SeenRecord> | undefined,
): Promise<Observation> {
  const { instance, store } = context;
  const [record, replicas] = await Promise.all([
    known ?? store.read(),
    Promise.all(
      instance.replicas.map(async (replica) => {
        const status = await context.replica(replica).status();
        const isNew = joined.has(replica.name);
        return { ...replica, status: isNew ? stateOfNewMember(status, instance.secretThreshold) : status };
      }),
    ),
  ]);
  const raft = await members.observe(replicas, (asked) => context.operator.get(record.fields, asked));
  return { instance, record, isPart: context.isPart === true, replicas, raft, journals: [], announced: undefined };
}

async function perform(
  context: UnsealSealedContext,
  step: Step | "done",
  { record, replicas }: Observation,
  { unsealed, given, joined, former }: Progress,
): Promise<Outcome<readonly string[]>> {
  if (step === "done") return { done: [...unsealed] };
  const type = keyTypeOf(context.instance.seal);
  const open = (name: string): void => void unsealed.add(name);
  switch (step.do) {
    case "unseal": {
      if (context.isPart !== true) {
        const waiting = await former.use(record, (sets) => unsealReplicas(context, step.replicas, sets, open));
        const rest = replicas.filter(({ name, status }) => needsKeys(status.state) && !unsealed.has(name));
        return rest.length === 0 ? { done: [...unsealed] } : waiting;
      }
      const next = step.replicas.filter(({ name }) => !given.has(name));
      if (next.length === 0) return { done: [...unsealed] };
      await sendShares(context, next, recordedKeys(record.fields, type), (name, isOpen) => {
        given.add(name);
        if (isOpen) open(name);
      });
      return undefined;
    }
    case "join":
      await joinReplicas(context, step.replicas);
      for (const { name } of step.replicas) joined.add(name);
      return undefined;
    case "verify":
      return { done: [...unsealed] };
    case "wait":
      return { wait: step.reason };
    case "stop":
      if (step.code === "too-few-keys" && (await former.find(record))) return undefined;
      throw explainStop(step.code, context.store.path, step.details, context.instance);
    default:
      throw new OperationError(
        "not-initialized",
        `${context.store.path} is not initialised, and this program only unseals; run "tenant-vault unseal ${context.store.path}".`,
      );
  }
}

/** Whether a replica waits for keys. If the instance has keys, an empty replica lost its storage, and joins again. */
export function needsKeys(state: ReplicaState["state"]): boolean {
  return state === "sealed" || state === "uninitialized";
}
