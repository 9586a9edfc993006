import { decide, type Observation, type Step } from "./decide";
import { Initialization } from "./initialization";
import type { Instance } from "../../contract/instance";
import { journalKey, recordedKeys, rootToken, secretFields } from "../../central/record";
import { CentralError, type SeenRecord } from "../../central/record-store";
import { PodRestarts } from "../restart/pod-restarts";
import { restartOutdated } from "../restart/rolling-restart";
import { explainStop, Stop } from "../stop";
import { StuckReplicas } from "../restart/stuck-replicas";
import { joinReplicas, unsealReplica, verify, type Verified } from "./unsealing";
import { VaultError } from "../../vault/client";
import type { World } from "../context";
import type { Patience } from "../../core/clock";
import type { SeenReplica } from "../seen";
import { metadataPatch, toMetadata } from "../../central/instance-metadata";

/** What a run did, and the state it left. */
export interface UnsealReport extends Verified {
  /** Replicas that ran something else than what is described. */
  readonly restarted: readonly string[];
  readonly initialized: boolean;
  readonly unsealed: readonly string[];
  readonly joined: readonly string[];
}

const POLL = 250;

/** Milliseconds between two requests to a central Vault that is away. */
const CENTRAL_POLL = 2_000;

/** Polls after which a replica is taken to be stuck. */
const PATIENT_POLLS = 40;

/**
 * Brings one instance from any state to initialised, escrowed, joined and unsealed on every replica, each of which runs
 * what is described.
 * Can be run again at any time, and by several at once.
 *
 * @throws Stop when only a person can go on, time is up, or the central Vault does not do its part.
 */
export async function unsealInstance(world: World, instance: Instance, patience: Patience): Promise<UnsealReport> {
  const { pods } = world;
  if (pods === undefined) return { ...(await new Run(world, instance, patience).complete()), restarted: [] };
  const restarts = new PodRestarts(world, pods);
  const run = new Run(world, instance, patience, {
    restarts,
    stuck: new StuckReplicas(world, pods, instance, restarts),
  });
  const report = await run.complete();
  const restarted = await restartOutdated(world, { pods, restarts }, instance, patience, () => run.complete());
  return { ...(restarted.length === 0 ? report : await run.complete()), restarted };
}

/** What replaces pods; nothing does outside Kubernetes. */
interface Replacement {
  readonly restarts: PodRestarts;
  readonly stuck: StuckReplicas;
}

class Run {
  private readonly initialization: Initialization;
  private readonly unsealed = new Set<string>();
  private readonly joined = new Set<string>();
  private initialized = false;
  private described = false;
  private waitingFor = "";
  /** How often it has waited for that. */
  private waits = 0;

  constructor(
    private readonly world: World,
    private readonly instance: Instance,
    private readonly patience: Patience,
    private readonly replacement?: Replacement,
  ) {
    this.initialization = new Initialization(world, instance, patience);
  }

  async complete(): Promise<Omit<UnsealReport, "restarted">> {
    for (;;) {
      const verified = await this.advance();
      if (verified !== undefined) {
        return { ...verified, initialized: this.initialized, unsealed: [...this.unsealed], joined: [...this.joined] };
      }
      this.checkPatience();
    }
  }

  /** What this run has begun it finishes: a central Vault that went away since may come back. */
  private async advance(): Promise<Verified | undefined> {
    try {
      const seen = await this.observe();
      // Before anything is waited for: a run without Terraform must know of replicas that this one adds.
      if (!this.described && secretFields(seen.record.fields).length > 0) {
        await this.describe();
        return;
      }
      const verified = await this.attempt(decide(seen), seen);
      if (verified !== undefined) await this.describe();
      return verified;
    } catch (error) {
      if (!(error instanceof CentralError && error.isPassing && this.hasBegun)) throw error;
      return this.wait(error.message.replace(/\.$/, ""), CENTRAL_POLL);
    }
  }

  private get hasBegun(): boolean {
    const restarted = this.replacement?.restarts.names.length ?? 0;
    return this.initialized || this.unsealed.size + this.joined.size + restarted > 0;
  }

  /** The record first: what a replica says then is not older than it. */
  private async observe(): Promise<Observation> {
    const record = await this.world.store.read();
    const replicas = await Promise.all(
      this.instance.replicas.map(async (replica) => ({
        ...replica,
        status: await this.world.server(replica).status(),
      })),
    );
    const { instance } = this;
    return {
      instance,
      record,
      replicas,
      journals: this.world.journal.entries(),
      announced: this.initialization.announced,
    };
  }

  /** Servers come and go while pods start and leaders change: what they refuse now is looked at again. */
  private async attempt(step: Step, seen: Observation): Promise<Verified | undefined> {
    try {
      return await this.perform(step, seen);
    } catch (error) {
      if (error instanceof CentralError && error.failure === "conflict")
        return this.wait("another run writes the record as well");
      if (error instanceof CentralError || !(error instanceof VaultError)) throw error;
      return this.wait(error.message);
    }
  }

  private async perform(step: Step, { record, replicas }: Observation): Promise<Verified | undefined> {
    switch (step.do) {
      case "announce":
        await this.initialization.announce(record);
        return this.describe();
      case "take-over":
        await this.initialization.takeOver(record);
        return undefined;
      case "initialize":
        await this.initialization.initialize(step.replica);
        this.initialized = true;
        return undefined;
      case "escrow":
        await this.initialization.escrow(
          this.world.journal.open(step.journal, journalKey(record.fields) ?? ""),
          step.journal,
        );
        this.world.say(
          `${this.world.store.path}: wrote the keys of an interrupted initialisation to the central Vault`,
        );
        return undefined;
      case "forget":
        step.journals.forEach((file) => this.world.journal.forget(file));
        return undefined;
      case "discard":
        await this.initialization.discard(record);
        return undefined;
      case "unseal":
        return this.unseal(step.replicas, recordedKeys(record.fields, "unseal"));
      case "join":
        await joinReplicas(this.world, this.instance, step.replicas, step.leader);
        for (const { name } of step.replicas) this.joined.add(name);
        return undefined;
      case "verify": {
        const verified = await verify(this.world, this.instance, rootToken(record.fields));
        return typeof verified === "string" ? this.wait(verified) : verified;
      }
      case "wait":
        if (this.waits === PATIENT_POLLS) await this.replacement?.stuck.replaceOne(replicas, rootToken(record.fields));
        return this.wait(step.reason);
      case "stop":
        return this.stop(step, record);
    }
  }

  /** Another run may have written the record while this one looked at the replicas: then what was seen does not belong together. */
  private async stop({ code, details }: Extract<Step, { do: "stop" }>, seen: SeenRecord): Promise<undefined> {
    const { version } = await this.world.store.read();
    if (version !== seen.version) return;
    // For migrate-seal to know what is wanted.
    if (code === "seal-differs") await this.describe();
    throw explainStop(code, this.world.store.path, details);
  }

  private async unseal(replicas: readonly SeenReplica[], keys: readonly string[]): Promise<undefined> {
    const unsealOne = async (replica: SeenReplica): Promise<void> => {
      if (!(await unsealReplica(this.world, replica, keys))) {
        return this.wait(`${replica.name} has its keys and is not unsealed yet`);
      }
      this.unsealed.add(replica.name);
      this.world.say(`${this.world.store.path}: unsealed ${replica.name}`);
    };
    // One replica's failure must not keep the others sealed.
    const results = await Promise.allSettled(replicas.map(unsealOne));
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  private async wait(reason: string, pause = POLL): Promise<undefined> {
    if (reason !== this.waitingFor) this.world.say(`${this.world.store.path}: waiting: ${reason}`);
    this.waits = reason === this.waitingFor ? (this.waits + 1) % (PATIENT_POLLS + 1) : 0;
    this.waitingFor = reason;
    await this.world.clock.sleep(pause);
  }

  private checkPatience(): void {
    const reasons = [this.waitingFor, this.replacement?.stuck.hindrance ?? ""].filter((reason) => reason !== "");
    const last = reasons.length === 0 ? "" : ` (last: ${reasons.join("; ")})`;
    if (this.patience.signal.aborted)
      throw new Stop("interrupted", `Interrupted${last}; nothing is lost, run this again.`);
    if (this.world.clock.now() > this.patience.deadline) {
      throw new Stop(
        "timeout",
        `${this.world.store.path} did not come up in time${last}; mend that and run this again.`,
      );
    }
  }

  /** Keeps beside the keys what a later run, or another program, needs to find the instance. */
  private async describe(): Promise<undefined> {
    const { store, clock } = this.world;
    this.described = true;
    const now = clock.date().toISOString();
    const patch = metadataPatch(await store.readMetadata(), {
      ...toMetadata(this.instance),
      ...(this.initialized ? { "initialized-at": now } : {}),
      ...(this.unsealed.size > 0 ? { "unsealed-at": now } : {}),
    });
    if (Object.keys(patch).length > 0) await store.patchMetadata(patch);
  }
}
