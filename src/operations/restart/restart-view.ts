import type { Pod } from "../pods";
import type { RestartReplica } from "./restart-decision";
import type { OperationContext } from "../context";
import type { SeenReplica } from "../seen";

/** Milliseconds within which a replica that has joined has its vote. */
const VOTE_WITHIN = 30_000;

/**
 * A replica as the decision about its restart sees it.
 *
 * @param wanted Fingerprint of the certificate that it is to serve; undefined where there is none.
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

/** Whether it shows another certificate than the one that it is to serve; one that is not accepted can be told by that alone. */
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

/** Stands in for the votes in raft where they cannot be asked for: how long every replica has been up. */
export class UptimeGate {
  private since: number | undefined;

  /** @returns Whether each has been up for as long as it takes to get a vote. */
  observe(replicas: readonly RestartReplica[], now: number): boolean {
    this.since = replicas.every(({ up }) => up) ? (this.since ?? now) : undefined;
    return this.since !== undefined && now - this.since >= VOTE_WITHIN;
  }

  /** Begins anew, as after a restart, which is not seen when it is over between two looks. */
  reset(): void {
    this.since = undefined;
  }
}
