import { OperationError } from "../../core/errors";
import type { OperationContext } from "../context";
import type { Pod, Pods } from "../pods";

/** Result of a restart: evicted now, already terminating, missing, or refused by the PodDisruptionBudget. */
export type RestartOutcome = "restarted" | "ending" | "missing" | "refused";

/** Restarts of pods in one run. Each pod restarts at most once, because a second restart would not help. */
export class PodRestarts {
  /** Ids of the pods, by name. */
  private readonly ended = new Map<string, string>();

  constructor(
    private readonly context: Pick<OperationContext, "store" | "log">,
    readonly pods: Pods,
  ) {}

  get names(): readonly string[] {
    return [...this.ended.keys()];
  }

  /**
   * Evicts a pod, so that a new one replaces it.
   *
   * @throws OperationError if the new one is outdated as well.
   */
  async restart(name: string, pods: readonly Pod[]): Promise<RestartOutcome> {
    const { store, log } = this.context;
    const pod = pods.find((each) => each.name === name);
    if (pod === undefined) return "missing";
    const before = this.ended.get(name);
    if (before === pod.uid) return "ending";
    if (before !== undefined) {
      throw new OperationError(
        "still-outdated",
        `${name} of ${store.path} was restarted and is still not what is described; check that its pod is made from the StatefulSet's newest revision and mounts the newest Secret with the certificate.`,
      );
    }
    if (!(await this.pods.evict(pod))) return "refused";
    this.ended.set(name, pod.uid);
    log.info("restarting", { replica: name });
    return "restarted";
  }
}

/** Returns the obstacle of an eviction; undefined if the pod was evicted. */
export function blockedBy(outcome: RestartOutcome, name: string): string | undefined {
  const reasons: Record<RestartOutcome, string | undefined> = {
    restarted: undefined,
    ending: `${name} is about to end`,
    missing: `${name} has no pod`,
    refused: `the PodDisruptionBudget does not let ${name} go`,
  };
  return reasons[outcome];
}
