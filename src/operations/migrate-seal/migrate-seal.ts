import type { Instance, Replica } from "../../contract/instance";
import { decideMigration, type MigratingReplica, type MigrationStep } from "./migration-decision";
import { hasCaughtUp, removeDeparted, undefinedIfDenied } from "../unseal/raft";
import { recordedKeys, rootToken, withKeyType } from "../../central/record";
import { CentralError, type SeenRecord } from "../../central/record-store";
import { Stop } from "../stop";
import { unsealReplica } from "../unseal/unsealing";
import { VaultError } from "../../vault/client";
import type { World } from "../context";
import { recordPath } from "../../contract/central-vault";
import type { Patience } from "../../core/clock";
import { keyTypeOf, otherKeyType } from "../../vault/keys";
import { metadataPatch, toMetadata } from "../../central/instance-metadata";

const POLL = 1_000;

/**
 * Brings an instance from the seal that it runs with to the one that is described: between Shamir's and one that unseals
 * itself, in either direction, without a moment in which raft has no majority. Can be run again at any time. Its servers'
 * configuration must be the described one already; those outside Kubernetes are restarted by the operator, when told to.
 *
 * @throws Stop when only a person can go on, or time is up.
 */
export function migrateSeal(world: World, instance: Instance, patience: Patience): Promise<void> {
  return new SealMigration(world, instance, patience).complete();
}

class SealMigration {
  private waitingFor = "";
  private denied = false;
  private record: SeenRecord = { version: 0, fields: {}, deleted: false, age: 0 };

  constructor(
    private readonly world: World,
    private readonly instance: Instance,
    private readonly patience: Patience,
  ) {}

  async complete(): Promise<void> {
    for (;;) {
      const step = await this.decide();
      if (step.do === "finish") return this.describe();
      await this.attempt(step);
      this.checkPatience();
    }
  }

  /** The root token, as long as it is accepted. */
  private get token(): string | undefined {
    return this.denied ? undefined : rootToken(this.record.fields);
  }

  private async decide(): Promise<MigrationStep> {
    const { world, instance } = this;
    this.record = await world.store.read();
    this.checkKeys();
    try {
      const replicas = await Promise.all(instance.replicas.map((replica) => this.look(replica)));
      const active = replicas.find((replica) => replica.active);
      const caughtUp = active !== undefined && (await this.hasCaughtUp(active));
      const canStepDown = this.token !== undefined;
      return decideMigration({ seal: instance.seal, replicas, caughtUp, canStepDown, renamed: this.isRenamed() });
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      return { do: "wait", reason: `a replica does not answer (${error.message})` };
    }
  }

  /** Replicas that went with the change that brought the seal still count in raft, and would be waited for in vain. */
  private async hasCaughtUp(active: Replica): Promise<boolean> {
    const { world, instance, token } = this;
    if (token !== undefined) {
      const peers = (await world.server(active).raftPeers(token).catch(undefinedIfDenied)) ?? [];
      if ((await removeDeparted(world, instance, { active, token, peers })) !== undefined) return false;
    }
    return (await hasCaughtUp(world, instance, active, token)) ?? true;
  }

  private async look(replica: Replica): Promise<MigratingReplica> {
    const status = await this.world.server(replica).status();
    const open = status.state === "unsealed" || status.state === "migrating";
    const active = open && ((await this.world.server(replica).leader())?.isSelf ?? false);
    return { ...replica, status, active };
  }

  private async attempt(step: MigrationStep): Promise<void> {
    try {
      await this.perform(step);
    } catch (error) {
      if (error instanceof CentralError && error.failure !== "conflict") throw error;
      if (!(error instanceof VaultError)) throw error;
      await this.wait(error.message);
    }
  }

  private async perform(step: MigrationStep): Promise<void> {
    switch (step.do) {
      case "finish":
        return;
      case "unseal":
        await unsealReplica(this.world, step.replica, this.keys(), step.migrate);
        this.say(`${step.replica.name} has its keys`);
        return;
      case "restart":
        return this.restart(step.replica);
      case "step-down":
        return this.stepDown(step.replica);
      case "rename":
        return this.rename();
      case "wait":
        return this.wait(step.reason);
    }
  }

  private async restart({ name }: Replica): Promise<void> {
    const { world, instance } = this;
    if (world.pods === undefined) {
      return this.wait(`restart ${name} now, with the seal "${instance.seal}" in its configuration, and no other`);
    }
    const pod = (await world.pods.list())?.find((each) => each.name === name);
    if (pod === undefined || pod.terminating) return this.wait(`${name} ends`);
    if (!pod.outdated) {
      throw new Stop(
        "seal-differs",
        `${name} of ${world.store.path} does not run with the seal "${instance.seal}", and no newer configuration is deployed; deploy the stack ${instance.tenant}-vault first.`,
      );
    }
    if (!(await world.pods.evict(pod))) {
      // A replica between two seals works, but its pod is not ready.
      return this.wait(
        `the PodDisruptionBudget does not let ${name} go; delete the pod ${instance.kubernetes?.namespace}/${name} now, and no other`,
      );
    }
    this.say(`restarting ${name}`);
    await world.clock.sleep(POLL);
  }

  private async stepDown(replica: Replica): Promise<void> {
    try {
      await this.world.server(replica).stepDown(this.token ?? "");
      this.say(`${replica.name} stepped down, for another to migrate the data`);
    } catch (error) {
      if (!(error instanceof VaultError) || error.failure !== "denied") throw error;
      this.denied = true;
    }
    await this.world.clock.sleep(POLL);
  }

  /** Their values stay, and so do the former versions. */
  private async rename(): Promise<void> {
    const { store } = this.world;
    const type = keyTypeOf(this.instance.seal);
    const keys = this.keys();
    await store.write(withKeyType(this.record.fields, type), this.record.version);
    const { fields } = await store.read();
    if (recordedKeys(fields, type).join() !== keys.join()) {
      throw new CentralError("conflict", "what the central Vault returns is not what was written");
    }
    this.say(`the record's ${keys.length} keys are ${type} keys now`);
  }

  /** As they are called until the migration is done, or since. */
  private keys(): readonly string[] {
    const type = keyTypeOf(this.instance.seal);
    const former = recordedKeys(this.record.fields, otherKeyType(type));
    return former.length > 0 ? former : recordedKeys(this.record.fields, type);
  }

  private isRenamed(): boolean {
    return recordedKeys(this.record.fields, otherKeyType(keyTypeOf(this.instance.seal))).length === 0;
  }

  private checkKeys(): void {
    if (this.keys().length >= this.instance.secretThreshold) return;
    throw new Stop(
      "too-few-keys",
      `${recordPath(this.world.store.path)} holds ${this.keys().length} keys, and a migration of the seal takes ${this.instance.secretThreshold}; write the missing ones into the record first.`,
    );
  }

  private async describe(): Promise<void> {
    const { store } = this.world;
    const patch = metadataPatch(await store.readMetadata(), toMetadata(this.instance));
    if (Object.keys(patch).length > 0) await store.patchMetadata(patch);
  }

  private say(line: string): void {
    this.world.say(`${this.world.store.path}: ${line}`);
  }

  private async wait(reason: string): Promise<void> {
    if (reason !== this.waitingFor) this.say(`waiting: ${reason}`);
    this.waitingFor = reason;
    await this.world.clock.sleep(POLL);
  }

  private checkPatience(): void {
    const { signal, deadline } = this.patience;
    if (!signal.aborted && this.world.clock.now() <= deadline) return;
    throw new Stop(
      signal.aborted ? "interrupted" : "timeout",
      `The seal of ${this.world.store.path} is not migrated yet (last: ${this.waitingFor}); it works meanwhile: run this again to go on.`,
    );
  }
}
