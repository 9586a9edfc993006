import { KubernetesError } from "../../kubernetes/client";
import type { OperationContext } from "../context";
import type { TokenOf } from "../members";
import { allVote, undefinedIfDenied } from "../raft";
import type { SeenReplica } from "../seen";
import { blockedBy, type PodRestarts } from "./pod-restarts";
import { decideRestart, type RestartReplica } from "./restart-decision";
import { UptimeGate, viewReplica } from "./restart-view";
import type { Pod } from "../pods";

/**
 * Replaces pods that block an instance from starting: pods that never start, and pods that present a certificate which is
 * no longer accepted, as after a change of the CA. The program sends nothing to the latter: the fingerprint alone shows that the
 * pod is outdated.
 */
export class StuckReplicas {
  private readonly uptime = new UptimeGate();
  /** Names of pods that were replaced because they waited for the scheduler. */
  private readonly rescheduled = new Set<string>();

  constructor(
    private readonly context: OperationContext,
    private readonly restarts: PodRestarts,
  ) {}

  /**
   * Replaces one pod, if any is to be replaced. In an instance that was never initialised, it replaces every outdated pod that is not ready.
   *
   * @param pristine Whether the instance was never initialised.
   * @param tokenOf Gets the token for raft, if a replica can be asked.
   * @returns What prevents it; undefined if nothing is known to.
   */
  async replace(seen: readonly SeenReplica[], pristine: boolean, tokenOf: TokenOf): Promise<string | undefined> {
    try {
      const pods = await this.restarts.pods.list();
      if (pods === undefined) return undefined;
      if (pristine && seen.every(hasNoData)) return await this.replaceEmpty(pods);
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

  /**
   * Replaces pods without data, several at a time. Pods that run go first, and the others once they are gone: the scheduler
   * does not try a pod again soon that the anti-affinity of an ending pod kept away.
   */
  private async replaceEmpty(pods: readonly Pod[]): Promise<string | undefined> {
    const outdated = pods.filter((pod) => pod.outdated && !pod.ready && !pod.terminating);
    const blocked = await this.restartAll(
      outdated.filter(({ started }) => started),
      pods,
    );
    const ending = outdated.some(({ started }) => started) || pods.some(({ terminating }) => terminating);
    if (ending && blocked.length === 0) return undefined;
    if (outdated.length === 0) await this.reschedule(pods);
    const others = await this.restartAll(
      outdated.filter(({ started }) => !started),
      pods,
    );
    return [...blocked, ...others].join(", ") || undefined;
  }

  /**
   * Replaces, once, the pods without a node after the outdated ones are gone. The scheduler tries a pod that the anti-affinity of
   * another one kept away only minutes after the other one is gone, and a new pod at once.
   */
  private async reschedule(pods: readonly Pod[]): Promise<void> {
    if (this.restarts.names.length === 0) return;
    for (const pod of pods.filter(({ name, scheduled }) => !scheduled && !this.rescheduled.has(name))) {
      if (!(await this.restarts.pods.evict(pod))) continue;
      this.rescheduled.add(pod.name);
      this.context.log.info("replaced a pod that had no node", { replica: pod.name });
    }
  }

  /** @returns What kept any of them. */
  private async restartAll(some: readonly Pod[], pods: readonly Pod[]): Promise<readonly string[]> {
    const blocked: string[] = [];
    for (const { name } of some) {
      const reason = blockedBy(await this.restarts.restart(name, pods), name);
      if (reason !== undefined) blocked.push(reason);
    }
    return blocked;
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
    tokenOf: TokenOf,
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

/** Whether a replica is empty, or does not answer. */
function hasNoData({ status }: SeenReplica): boolean {
  return status.state === "uninitialized" || (status.state === "unreachable" && status.untrusted !== true);
}

/** Why replicas that cannot be asked keep running as they are. */
function explainUnverified(replicas: readonly RestartReplica[], reason: string): string | undefined {
  const names = replicas.filter(({ unverified, outdated }) => unverified && outdated).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return `${names.join(", ")} presents a former certificate, and is not restarted yet: ${reason}`;
}
