import type { Instance } from "../../contract/instance";
import { KubernetesError } from "../../kubernetes/client";
import { hindrance, type PodRestarts } from "./pod-restarts";
import type { Pod, Pods } from "../pods";
import { allVote, undefinedIfDenied } from "../unseal/raft";
import { decideRestart, type RestartReplica } from "./restart-decision";
import { Steadiness, viewReplica } from "./restart-view";
import type { World } from "../context";
import type { SeenReplica } from "../seen";

/**
 * Replaces, one by one, pods that are outdated and keep an instance from coming up: what does not start, since that may be
 * mended in the newest description, and what shows a former certificate that is not accepted any more, as after a change
 * of the CA, once it ended, or where names were added. Such a server is not asked, gets no key and no token, and an
 * authority that was trusted before is not trusted again for its sake: what it shows tells that it has to go.
 */
export class StuckReplicas {
  /** What keeps a pod from being replaced; empty where nothing is known to. */
  hindrance = "";
  private readonly steadiness = new Steadiness();

  constructor(
    private readonly world: World,
    private readonly pods: Pods,
    private readonly instance: Instance,
    private readonly restarts: PodRestarts,
  ) {}

  /** @param token To ask raft with, where a replica can be asked. */
  async replaceOne(seen: readonly SeenReplica[], token: string | undefined): Promise<void> {
    const found = await this.attempt(seen, token);
    if (found !== "" && found !== this.hindrance) this.world.say(`${this.world.store.path}: ${found}`);
    this.hindrance = found;
  }

  private async attempt(seen: readonly SeenReplica[], token: string | undefined): Promise<string> {
    try {
      const pods = await this.pods.list();
      if (pods === undefined) return "";
      const wanted = await this.pods.certificate();
      const replicas = await Promise.all(seen.map((replica) => viewReplica(this.world, replica, pods, wanted)));
      const caughtUp = await this.hasCaughtUp(replicas, seen, token);
      const step = decideRestart({ replicas, caughtUp });
      if (step.do === "restart") return await this.restart(step.name, pods, replicas);
      return step.do === "wait" ? tellUnverified(replicas, step.reason) : "";
    } catch (error) {
      // The Kubernetes API itself may be away for a moment, as while a node starts anew.
      if (error instanceof KubernetesError && error.status === undefined) return "";
      throw error;
    }
  }

  private async restart(name: string, pods: readonly Pod[], replicas: readonly RestartReplica[]): Promise<string> {
    const outcome = await this.restarts.restart(name, pods);
    this.steadiness.reset();
    const reason = hindrance(outcome, name) ?? "";
    const stuck = replicas.some((replica) => replica.name === name && replica.stuck);
    if (outcome !== "refused" || !stuck) return reason;
    // By Kubernetes' default a budget that is used up keeps even what does not work.
    return `${reason}, which is outdated and does not come up; delete the pod ${this.instance.kubernetes?.namespace ?? ""}/${name}`;
  }

  /** While all can be asked, those that are up are not this one's to restart. */
  private async hasCaughtUp(
    replicas: readonly RestartReplica[],
    seen: readonly SeenReplica[],
    token: string | undefined,
  ): Promise<boolean> {
    const steady = this.steadiness.observe(replicas, this.world.clock.now());
    if (!steady || !replicas.some(({ unverified }) => unverified)) return false;
    const asked = seen.find(({ status }) => status.state === "unsealed");
    if (asked === undefined || token === undefined) return true;
    return (await allVote(this.world, this.instance, asked, token).catch(undefinedIfDenied)) ?? true;
  }
}

/** Why replicas that cannot be asked run on as they are. */
function tellUnverified(replicas: readonly RestartReplica[], reason: string): string {
  const names = replicas.filter(({ unverified, outdated }) => unverified && outdated).map(({ name }) => name);
  return names.length === 0
    ? ""
    : `${names.join(", ")} shows a former certificate, and is not restarted yet: ${reason}`;
}
