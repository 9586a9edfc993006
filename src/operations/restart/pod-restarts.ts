import type { Pod, Pods } from "../pods";
import { Stop } from "../stop";
import type { World } from "../context";

/** What became of a restart: the pod ends, it is ending already, there is none, or the PodDisruptionBudget keeps it. */
export type RestartOutcome = "restarted" | "ending" | "missing" | "refused";

/** The pods that one run ends, each once: what does not help does not help again. */
export class PodRestarts {
  /** Ids of the pods, by name. */
  private readonly ended = new Map<string, string>();

  constructor(
    private readonly world: Pick<World, "store" | "say">,
    private readonly pods: Pods,
  ) {}

  get names(): readonly string[] {
    return [...this.ended.keys()];
  }

  /**
   * Has a pod end, for a new one to take its place.
   *
   * @throws Stop when the new one is outdated as well.
   */
  async restart(name: string, pods: readonly Pod[]): Promise<RestartOutcome> {
    const { path } = this.world.store;
    const pod = pods.find((each) => each.name === name);
    if (pod === undefined) return "missing";
    const before = this.ended.get(name);
    if (before === pod.uid) return "ending";
    if (before !== undefined) {
      throw new Stop(
        "still-outdated",
        `${name} of ${path} was restarted and is still not what is described; look whether its pod is made from the StatefulSet's newest revision and mounts the newest Secret with the certificate.`,
      );
    }
    if (!(await this.pods.evict(pod))) return "refused";
    this.ended.set(name, pod.uid);
    this.world.say(`${path}: restarting ${name}`);
    return "restarted";
  }
}

/** Why a pod does not end now; undefined where it does. */
export function hindrance(outcome: RestartOutcome, name: string): string | undefined {
  const hindrances: Record<RestartOutcome, string | undefined> = {
    restarted: undefined,
    ending: `${name} is about to end`,
    missing: `${name} has no pod`,
    refused: `the PodDisruptionBudget does not let ${name} go`,
  };
  return hindrances[outcome];
}
