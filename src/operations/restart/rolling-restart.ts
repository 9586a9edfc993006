import type { Replica } from "../../contract/instance";
import type { ErrorCode } from "../../core/error-codes";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import type { OperationContext } from "../context";
import { recoverReplica, recoverRetryable, runLoop, type Outcome, type Waiting, UnfinishedError } from "../loop";
import { withLock } from "../operation-lock";
import type { Pod } from "../pods";
import { hasCaughtUp } from "../raft";
import { blockedBy, type PodRestarts } from "./pod-restarts";
import { decideRestart, type RestartStep, type RestartView } from "./restart-decision";
import { UptimeGate, viewReplica } from "./restart-view";

const POLL = 1_000;

/** Brings every replica to unsealed and verified. @param lease The lock to renew meanwhile. @default - that of the context */
export type BringUp = (lease?: OperationContext["lease"]) => Promise<unknown>;

/** Codes of errors after which another operation has the lock. */
const LOCKED: readonly ErrorCode[] = ["operation-locked", "operation-lock-lost"];

/**
 * Restarts, one by one, the replicas whose pod or certificate is not the newest. From the first restart on it holds the lock of the
 * instance. While another operation has the lock, it restarts nothing, and still brings up what is sealed.
 *
 * @param restarts The pods, and those that this run ended; undefined outside Kubernetes, where nothing is restarted.
 * @param bringUp Brings every replica to unsealed and verified.
 * @returns Names of those that were restarted.
 * @throws OperationError if time is up, or a restart does not help.
 */
export async function restartOutdated(
  context: OperationContext,
  restarts: PodRestarts | undefined,
  bringUp: BringUp,
): Promise<readonly string[]> {
  return restarts === undefined ? [] : new RollingRestart(context, restarts, bringUp).run();
}

/** Input of the decision; undefined while Kubernetes has not observed the newest StatefulSet. */
type Seen = { readonly view: RestartView; readonly pods: readonly Pod[] } | undefined;

class RollingRestart {
  /** Whether raft refused the token, for example because the policy of the identity `operate` is damaged. */
  private denied = false;
  private readonly uptime = new UptimeGate();

  constructor(
    private readonly context: OperationContext,
    private readonly restarts: PodRestarts,
    private readonly bringUp: BringUp,
  ) {}

  run(): Promise<readonly string[]> {
    return runLoop<Seen, RestartStep, readonly string[]>(this.context, {
      observe: () => this.observe(),
      decide,
      perform: (step, seen) => this.perform(step, seen?.pods ?? []),
      // A refusal of the central Vault or of Kubernetes ends the run, because it would recur.
      recover: (error) => recoverReplica(error) ?? recoverRetryable(error),
      unfinished: (code, last) => this.unfinished(code, last),
      poll: POLL,
    });
  }

  private async observe(): Promise<Seen> {
    const { context } = this;
    const pods = await this.restarts.pods.list();
    if (pods === undefined) return undefined;
    const { fields } = await context.store.read();
    const wanted = await this.restarts.pods.certificate();
    const replicas = await Promise.all(
      context.instance.replicas.map(async (replica) => {
        const status = await context.replica(replica).status();
        return viewReplica(context, { ...replica, status }, pods, wanted);
      }),
    );
    const steady = this.uptime.observe(replicas, context.clock.now());
    const active = context.instance.replicas[replicas.findIndex((replica) => replica.active)];
    const token = await context.operator.get(fields, active);
    const caughtUp = active !== undefined && (await this.hasCaughtUp(active, token, steady));
    return { view: { replicas, caughtUp }, pods };
  }

  /** @param steady Whether all replicas have been up long enough. This decides if no token allows a check of raft. */
  private async hasCaughtUp(active: Replica, token: Secret | undefined, steady: boolean): Promise<boolean> {
    const usable = this.denied ? undefined : token;
    const caughtUp = await hasCaughtUp(this.context, active, usable, () => (this.denied = true));
    return (caughtUp ?? true) && (steady || (usable !== undefined && !this.denied));
  }

  private async perform(step: RestartStep, pods: readonly Pod[]): Promise<Outcome<readonly string[]>> {
    switch (step.do) {
      case "finish":
        return { done: this.restarts.names };
      case "restart":
        return this.context.lease === undefined ? this.continueLocked() : this.restart(step.name, pods);
      case "wait":
        // A restarted replica is sealed until it receives its keys.
        await this.bringUp();
        return { wait: step.reason };
    }
  }

  private async continueLocked(): Promise<Outcome<readonly string[]>> {
    try {
      const names = await withLock(this.context, "rolling-restart", (locked) => {
        // Whatever was interrupted, the next ceremony must learn of it.
        if (locked.lease.interrupted !== undefined) locked.lease.stays = true;
        const bringUp: BringUp = () => this.bringUp(locked.lease);
        return new RollingRestart(locked, this.restarts, bringUp).run();
      });
      return { done: names };
    } catch (error) {
      if (!(error instanceof OperationError) || !LOCKED.includes(error.code)) throw error;
      // The lock keeps nobody from unsealing.
      await this.bringUp();
      // Without the seconds that are left, so that it is told once.
      return { wait: error.message.split(";")[0] ?? error.message };
    }
  }

  private async restart(name: string, pods: readonly Pod[]): Promise<Waiting | undefined> {
    this.uptime.reset();
    const reason = blockedBy(await this.restarts.restart(name, pods), name);
    if (reason !== undefined) return { wait: reason };
    await this.context.clock.sleep(POLL, this.context.signal);
    return undefined;
  }

  private unfinished(code: "timeout" | "interrupted", last: string | undefined): UnfinishedError {
    const reason = last === undefined ? "" : ` (last: ${last})`;
    return new UnfinishedError(
      code,
      `Not every replica of ${this.context.store.path} was restarted with what is described${reason}; it works meanwhile: run this again for the others.`,
    );
  }
}

function decide(seen: Seen): RestartStep {
  if (seen === undefined) return { do: "wait", reason: "Kubernetes has not taken note of the new StatefulSet yet" };
  if (!seen.view.replicas.some(({ active }) => active)) return { do: "wait", reason: "no replica is active" };
  return decideRestart(seen.view);
}
