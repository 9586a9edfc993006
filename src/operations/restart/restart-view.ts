import type { Pod } from "../pods";
import type { RestartReplica } from "./restart-decision";
import type { OperationContext } from "../context";
import type { SeenReplica } from "../seen";

/** Milliseconds after which a new member has its vote. */
const VOTE_WITHIN = 30_000;

/**
 * Prepares a replica for the decision about its restart.
 *
 * @param wanted Fingerprint of the certificate in the Secret; undefined if there is none.
 */
export async function viewReplica(
  context: OperationContext,
  seen: SeenReplica,
  pods: readonly Pod[],
  wanted: string | undefined,
): Promise<RestartReplica> {
  const { name, status } = seen;
  const pod = pods.find((each) => each.name === name);
  const there = pod !== undefined && !pod.terminating;
  const unverified = status.state === "unreachable" && status.untrusted === true;
  const up = there && (status.state === "unsealed" || (unverified && pod.ready));
  return {
    name,
    up,
    notStarting: there && !up && !pod.ready,
    unverified,
    active: unverified ? (pod?.active ?? false) : await isActive(context, seen),
    outdated: (pod?.outdated ?? false) || (await showsAnother(context, seen, wanted)),
  };
}

async function isActive(context: OperationContext, seen: SeenReplica): Promise<boolean> {
  return seen.status.state === "unsealed" && ((await context.replica(seen).leader())?.isSelf ?? false);
}

/** Whether the replica presents another certificate than the wanted one. The fingerprint is enough for a rejected certificate. */
async function showsAnother(
  context: OperationContext,
  seen: SeenReplica,
  wanted: string | undefined,
): Promise<boolean> {
  const { status } = seen;
  if (wanted === undefined) return false;
  if (status.state === "unsealed") return (await context.replica(seen).certificate()).fingerprint !== wanted;
  if (status.state !== "unreachable" || status.untrusted !== true) return false;
  const shown = await context.replica(seen).shownFingerprint();
  return shown !== undefined && shown !== wanted;
}

/** Replaces the check of votes in raft if no token allows it: measures how long every replica has been up. */
export class UptimeGate {
  private since: number | undefined;

  /** @returns Whether each replica has been up long enough to get a vote. */
  observe(replicas: readonly RestartReplica[], now: number): boolean {
    this.since = replicas.every(({ up }) => up) ? (this.since ?? now) : undefined;
    return this.since !== undefined && now - this.since >= VOTE_WITHIN;
  }

  /** Starts the measurement again. Between two turns, a restart could pass unnoticed. */
  reset(): void {
    this.since = undefined;
  }
}
