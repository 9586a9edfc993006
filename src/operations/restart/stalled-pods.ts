import type { Replica } from "../../contract/instance";
import { OperationError } from "../../core/errors";
import { KubernetesError } from "../../kubernetes/client";
import type { ReplicaState } from "../../vault/replica-state";
import type { OperationContext } from "../context";
import type { PodProblem } from "../pod-problems";

/** Milliseconds for which what Kubernetes said about a pod is repeated. */
const FRESH = 2_000;
/** Milliseconds after which a lasting problem of a pod ends the run. A cluster may have to add a node, or a registry to come back. */
const PATIENCE = 180_000;

interface Stalled {
  readonly askedAt: number;
  readonly problem: PodProblem | undefined;
  /** Since when it has a lasting problem. */
  readonly since: number | undefined;
}

/** Reports what Kubernetes says about the pods of replicas that do not answer. Ends a run that cannot succeed. */
export class StalledPods {
  private readonly stalled = new Map<string, Stalled>();

  constructor(private readonly context: OperationContext) {}

  /** The same state, with what Kubernetes says instead of the connection's error. */
  async explain({ name }: Replica, status: ReplicaState): Promise<ReplicaState> {
    if (status.state !== "unreachable" || status.untrusted === true || this.context.pods === undefined) {
      this.stalled.delete(name);
      return status;
    }
    const problem = await this.problemOf(name);
    return problem === undefined ? status : { ...status, reason: problem.text };
  }

  /**
   * Called after a remedy was tried.
   *
   * @throws OperationError if a pod has had a lasting problem for too long, and is made from the newest description.
   */
  async check(): Promise<void> {
    const { clock, pods, store } = this.context;
    const late = [...this.stalled].filter(([, { since }]) => since !== undefined && clock.now() - since >= PATIENCE);
    if (late.length === 0) return;
    const listed = (await pods?.list()) ?? [];
    const outdated = listed.filter((pod) => pod.outdated).map(({ name }) => name);
    const texts = late.flatMap(([name, { problem }]) =>
      problem === undefined || outdated.includes(name) ? [] : [`${name} ${problem.text}`],
    );
    if (texts.length === 0) return;
    throw new OperationError(
      "pod-not-starting",
      `Kubernetes does not start every server of ${store.path}: ${texts.join("; ")}. Correct the tenant's file or the cluster, and deploy or run this again.`,
    );
  }

  private async problemOf(name: string): Promise<PodProblem | undefined> {
    const { clock, pods } = this.context;
    const known = this.stalled.get(name);
    if (known !== undefined && clock.now() - known.askedAt < FRESH) return known.problem;
    const problem = await pods?.problemOf(name).catch(undefinedIfAway);
    const since = problem?.lasting === true ? (known?.since ?? clock.now()) : undefined;
    this.stalled.set(name, { askedAt: clock.now(), problem, since });
    return problem;
  }
}

function undefinedIfAway(error: unknown): undefined {
  if (error instanceof KubernetesError) return undefined;
  throw error;
}
