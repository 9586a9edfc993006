import type { SeenReplica } from "./decide";
import type { Instance, Replica } from "./instance";
import { KubernetesError } from "./kubernetes-api";
import type { Pod, Pods } from "./pods";
import { hasCaughtUp } from "./raft";
import { rootToken } from "./record";
import { CentralError } from "./record-store";
import { decideRestart, type RestartReplica, type RestartStep } from "./restart-decision";
import { Stop } from "./stop";
import { VaultError } from "./vault-client";
import type { Patience, World } from "./world";

const POLL = 1_000;

/** Milliseconds between restarts where no root token is left to ask raft with; joiners have a vote within 20 s. */
const BLIND_PAUSE = 30_000;

/**
 * Restarts, one by one, the replicas whose pod or certificate is not the newest.
 *
 * @param bringUp Brings every replica to unsealed and verified.
 * @returns Names of those that were restarted.
 * @throws Stop when time is up, or a restart does not help.
 */
export function restartOutdated(
  world: World,
  pods: Pods,
  instance: Instance,
  patience: Patience,
  bringUp: () => Promise<unknown>,
): Promise<readonly string[]> {
  return new RollingRestart(world, pods, instance, patience, bringUp).complete();
}

/** Replaces a pod that is outdated and does not come up: what is wrong with it may be mended in the newest description. */
export async function replaceStuck(world: World, seen: readonly SeenReplica[]): Promise<void> {
  const pods = await world.pods?.list().catch(undefinedWithoutAnswer);
  if (world.pods === undefined || pods === undefined) return;
  const replicas = seen.map((replica) => restartReplica(replica, find(pods, replica), false, false));
  const step = decideRestart({ replicas, caughtUp: false });
  const pod = step.do === "restart" ? pods.find(({ name }) => name === step.name) : undefined;
  if (pod !== undefined && (await world.pods.evict(pod).catch(undefinedWithoutAnswer)) === true) {
    world.say(`${world.store.path}: replaced ${pod.name}, which was outdated and did not come up`);
  }
}

/** The Kubernetes API itself may be away for a moment, as while a node starts anew; what it refuses, it refuses again. */
function undefinedWithoutAnswer(error: unknown): undefined {
  if (error instanceof KubernetesError && error.status === undefined) return undefined;
  throw error;
}

class RollingRestart {
  /** Pods that this run has ended, by name. */
  private readonly ended = new Map<string, string>();
  private waitingFor = "";
  /** To ask raft with. */
  private token: string | undefined;

  constructor(
    private readonly world: World,
    private readonly pods: Pods,
    private readonly instance: Instance,
    private readonly patience: Patience,
    private readonly bringUp: () => Promise<unknown>,
  ) {}

  async complete(): Promise<readonly string[]> {
    for (;;) {
      try {
        const found = await this.pods.list();
        const step = found === undefined ? NOT_OBSERVED : await this.decide(found);
        if (step.do === "finish") return [...this.ended.keys()];
        await this.attempt(step, found ?? []);
      } catch (error) {
        undefinedWithoutAnswer(error);
        await this.wait((error as Error).message.replace(/\.$/, ""));
      }
      this.checkPatience();
    }
  }

  private async decide(pods: readonly Pod[]): Promise<RestartStep> {
    const { world, instance } = this;
    try {
      this.token = rootToken((await world.store.read()).fields);
      const wanted = await this.pods.certificate();
      const replicas = await Promise.all(
        instance.replicas.map(async (replica) => {
          const status = await world.server(replica).status();
          const active = status.state === "unsealed" && ((await world.server(replica).leader())?.isSelf ?? false);
          const stale = status.state === "unsealed" && (await this.servesAnother(replica, wanted));
          return restartReplica({ ...replica, status }, find(pods, replica), active, stale);
        }),
      );
      const active = instance.replicas[replicas.findIndex((replica) => replica.active)];
      if (active === undefined) return { do: "wait", reason: "no replica is active" };
      const caughtUp = (await hasCaughtUp(world, instance, active, this.token)) ?? true;
      return decideRestart({ replicas, caughtUp });
    } catch (error) {
      if (error instanceof CentralError || !(error instanceof VaultError)) throw error;
      return { do: "wait", reason: `a replica does not answer (${error.message})` };
    }
  }

  private async servesAnother(replica: Replica, wanted: string | undefined): Promise<boolean> {
    return wanted !== undefined && (await this.world.server(replica).certificate()).fingerprint !== wanted;
  }

  private async attempt(step: RestartStep, pods: readonly Pod[]): Promise<void> {
    if (step.do === "restart") return this.restart(step.name, pods);
    if (step.do === "finish") return;
    await this.wait(step.reason);
    // One that came back is sealed, and stays so until it gets its keys.
    await this.bringUp();
  }

  private async restart(name: string, pods: readonly Pod[]): Promise<void> {
    const pod = pods.find((each) => each.name === name);
    if (pod === undefined) return this.wait(`${name} has no pod`);
    const before = this.ended.get(name);
    if (before === pod.uid) return this.wait(`${name} is about to end`);
    if (before !== undefined) {
      throw new Stop(
        "still-outdated",
        `${name} of ${this.world.store.path} was restarted and is still not what is described; look whether its pod is made from the StatefulSet's newest revision and mounts the newest Secret with the certificate.`,
      );
    }
    if (!(await this.pods.evict(pod))) return this.wait(`the PodDisruptionBudget does not let ${name} go`);
    this.ended.set(name, pod.uid);
    this.world.say(`${this.world.store.path}: restarting ${name}`);
    await this.world.clock.sleep(this.token === undefined ? BLIND_PAUSE : POLL);
  }

  private async wait(reason: string): Promise<void> {
    if (reason !== this.waitingFor) this.world.say(`${this.world.store.path}: waiting: ${reason}`);
    this.waitingFor = reason;
    await this.world.clock.sleep(POLL);
  }

  private checkPatience(): void {
    const { signal, deadline } = this.patience;
    if (!signal.aborted && this.world.clock.now() <= deadline) return;
    const last = this.waitingFor === "" ? "" : ` (last: ${this.waitingFor})`;
    throw new Stop(
      signal.aborted ? "interrupted" : "timeout",
      `Not every replica of ${this.world.store.path} was restarted with what is described${last}; it works meanwhile: run this again for the others.`,
    );
  }
}

const NOT_OBSERVED = { do: "wait", reason: "Kubernetes has not taken note of the new StatefulSet yet" } as const;

function find(pods: readonly Pod[], { name }: Replica): Pod | undefined {
  return pods.find((pod) => pod.name === name);
}

function restartReplica(
  { name, status }: SeenReplica,
  pod: Pod | undefined,
  active: boolean,
  stale: boolean,
): RestartReplica {
  const there = pod !== undefined && !pod.terminating;
  const up = there && status.state === "unsealed";
  return { name, up, stuck: there && !up && !pod.ready, active, outdated: stale || (pod?.outdated ?? false) };
}
