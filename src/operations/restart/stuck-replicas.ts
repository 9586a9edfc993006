import type { Replica } from "../../contract/instance";
import type { Secret } from "../../core/secret";
import { KubernetesError } from "../../kubernetes/client";
import type { OperationContext } from "../context";
import { allVote, undefinedIfDenied } from "../raft";
import type { SeenReplica } from "../seen";
import { blockedBy, type PodRestarts } from "./pod-restarts";
import { decideRestart, type RestartReplica } from "./restart-decision";
import { UptimeGate, viewReplica } from "./restart-view";
import type { Pod } from "../pods";

/** Gets the token with which a replica is asked; undefined if there is none. */
type AskForToken = (asked: Replica) => Promise<Secret | undefined>;

/**
 * Replaces pods that block an instance from starting: pods that never start, and pods that present a certificate which is
 * no longer accepted, as after a change of the CA. The program sends nothing to the latter: the fingerprint alone shows that the
 * pod is outdated.
 */
export class StuckReplicas {
  private readonly uptime = new UptimeGate();

  constructor(
    private readonly context: OperationContext,
    private readonly restarts: PodRestarts,
  ) {}

  /**
   * Replaces one pod, if necessary.
   *
   * @param tokenOf Gets the token for raft, if a replica can be asked.
   * @returns The obstacle; undefined if there is none.
   */
  async replaceOne(seen: readonly SeenReplica[], tokenOf: AskForToken): Promise<string | undefined> {
    try {
      const pods = await this.restarts.pods.list();
      if (pods === undefined) return undefined;
      const wanted = await this.restarts.pods.certificate();
      const replicas = await Promise.all(seen.map((replica) => viewReplica(this.context, replica, pods, wanted)));
      const caughtUp = await this.hasCaughtUp(replicas, seen, tokenOf);
      const step = decideRestart({ replicas, caughtUp });
      if (step.do === "restart") return await this.restart(step.name, pods, replicas);
      return step.do === "wait" ? explainUnverified(replicas, step.reason) : undefined;
    } catch (error) {
      // The Kubernetes API may be unavailable for a moment, for example while a node restarts.
      if (error instanceof KubernetesError && error.retryable) return undefined;
      throw error;
    }
  }

  private async restart(
    name: string,
    pods: readonly Pod[],
    replicas: readonly RestartReplica[],
  ): Promise<string | undefined> {
    const outcome = await this.restarts.restart(name, pods);
    this.uptime.reset();
    const reason = blockedBy(outcome, name);
    const notStarting = replicas.some((replica) => replica.name === name && replica.notStarting);
    if (reason === undefined || outcome !== "refused" || !notStarting) return reason;
    // By default, Kubernetes does not evict even broken pods if the budget is exhausted.
    const namespace = this.context.instance.kubernetes?.namespace ?? "";
    return `${reason}, which is outdated and does not come up; delete the pod ${namespace}/${name}`;
  }

  /** If all replicas can be asked, the rolling restart handles those that are up. */
  private async hasCaughtUp(
    replicas: readonly RestartReplica[],
    seen: readonly SeenReplica[],
    tokenOf: AskForToken,
  ): Promise<boolean> {
    const steady = this.uptime.observe(replicas, this.context.clock.now());
    if (!steady || !replicas.some(({ unverified }) => unverified)) return false;
    const asked = seen.find(({ status }) => status.state === "unsealed");
    if (asked === undefined) return true;
    const token = await tokenOf(asked);
    if (token === undefined) return true;
    return (await allVote(this.context, asked, token).catch(undefinedIfDenied)) ?? true;
  }
}

/** Explains why replicas with a rejected certificate are not restarted yet. */
function explainUnverified(replicas: readonly RestartReplica[], reason: string): string | undefined {
  const names = replicas.filter(({ unverified, outdated }) => unverified && outdated).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return `${names.join(", ")} presents a former certificate, and is not restarted yet: ${reason}`;
}
