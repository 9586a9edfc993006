import type { Instance, Replica } from "../../contract/instance";
import { KubernetesError } from "../../kubernetes/client";
import { hindrance, type PodRestarts } from "./pod-restarts";
import type { Pod, Pods } from "../pods";
import { hasCaughtUp } from "../unseal/raft";
import { rootToken } from "../../central/record";
import { CentralError } from "../../central/record-store";
import { decideRestart, type RestartStep } from "./restart-decision";
import { Steadiness, viewReplica } from "./restart-view";
import { Stop } from "../stop";
import { VaultError } from "../../vault/client";
import type { World } from "../context";
import type { Patience } from "../../core/clock";

const POLL = 1_000;

/**
 * Restarts, one by one, the replicas whose pod or certificate is not the newest.
 *
 * @param bringUp Brings every replica to unsealed and verified.
 * @returns Names of those that were restarted.
 * @throws Stop when time is up, or a restart does not help.
 */
export function restartOutdated(
  world: World,
  kubernetes: Restartable,
  instance: Instance,
  patience: Patience,
  bringUp: () => Promise<unknown>,
): Promise<readonly string[]> {
  return new RollingRestart(world, kubernetes, instance, patience, bringUp).complete();
}

/** What is waited for; what is refused is refused again. */
function reasonToWait(error: unknown): string {
  const passes =
    error instanceof CentralError ? error.isPassing : error instanceof KubernetesError && error.status === undefined;
  if (!passes) throw error;
  return (error as Error).message.replace(/\.$/, "");
}

/** Pods, and what ends them. */
interface Restartable {
  readonly pods: Pods;
  readonly restarts: PodRestarts;
}

class RollingRestart {
  private waitingFor = "";
  /** Whether raft refused the root token, as one that was revoked; the record keeps it. */
  private denied = false;
  private readonly steadiness = new Steadiness();

  constructor(
    private readonly world: World,
    private readonly kubernetes: Restartable,
    private readonly instance: Instance,
    private readonly patience: Patience,
    private readonly bringUp: () => Promise<unknown>,
  ) {}

  async complete(): Promise<readonly string[]> {
    for (;;) {
      try {
        const found = await this.kubernetes.pods.list();
        const step = found === undefined ? NOT_OBSERVED : await this.decide(found);
        if (step.do === "finish") return this.kubernetes.restarts.names;
        await this.attempt(step, found ?? []);
      } catch (error) {
        await this.wait(reasonToWait(error));
      }
      this.checkPatience();
    }
  }

  private async decide(pods: readonly Pod[]): Promise<RestartStep> {
    const { world, instance } = this;
    try {
      const token = rootToken((await world.store.read()).fields);
      const wanted = await this.kubernetes.pods.certificate();
      const replicas = await Promise.all(
        instance.replicas.map(async (replica) => {
          const status = await world.server(replica).status();
          return viewReplica(world, { ...replica, status }, pods, wanted);
        }),
      );
      const steady = this.steadiness.observe(replicas, world.clock.now());
      const active = instance.replicas[replicas.findIndex((replica) => replica.active)];
      if (active === undefined) return { do: "wait", reason: "no replica is active" };
      return decideRestart({ replicas, caughtUp: await this.hasCaughtUp(active, token, steady) });
    } catch (error) {
      if (error instanceof CentralError || !(error instanceof VaultError)) throw error;
      return { do: "wait", reason: `a replica does not answer (${error.message})` };
    }
  }

  /** @param steady Whether all are up for long enough, which has to do where no token is left to ask raft with. */
  private async hasCaughtUp(active: Replica, token: string | undefined, steady: boolean): Promise<boolean> {
    const { world, instance } = this;
    const usable = this.denied ? undefined : token;
    const caughtUp = await hasCaughtUp(world, instance, active, usable, () => (this.denied = true));
    return (caughtUp ?? true) && (steady || (usable !== undefined && !this.denied));
  }

  private async attempt(step: RestartStep, pods: readonly Pod[]): Promise<void> {
    if (step.do === "restart") return this.restart(step.name, pods);
    if (step.do === "finish") return;
    await this.wait(step.reason);
    // One that came back is sealed, and stays so until it gets its keys.
    await this.bringUp();
  }

  private async restart(name: string, pods: readonly Pod[]): Promise<void> {
    this.steadiness.reset();
    const reason = hindrance(await this.kubernetes.restarts.restart(name, pods), name);
    await (reason === undefined ? this.world.clock.sleep(POLL) : this.wait(reason));
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
