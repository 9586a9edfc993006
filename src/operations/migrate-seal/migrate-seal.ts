import { CentralError } from "../../central/client";
import { pendingKeys } from "../../central/pending-keys";
import { recordedKeys, withKeyType } from "../../central/record";
import type { SeenRecord } from "../../central/record-store";
import { recordPath } from "../../contract/central-vault";
import type { Replica } from "../../contract/instance";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import { keyTypeOf, otherKeyType, type KeyType } from "../../vault/keys";
import { unfinishedRotation } from "../ceremonies/unfinished-rotation";
import type { OperationContext } from "../context";
import { writeDescription } from "../describe";
import { sealOffFormerMembers } from "../former-members";
import { recoverReplica, recoverRetryable, runLoop, type Outcome, type Waiting, UnfinishedError } from "../loop";
import { isOpen, MemberObserver } from "../members";
import { withLock } from "../operation-lock";
import { hasCaughtUp, removeMembers, undefinedIfDenied } from "../raft";
import { explainStop } from "../unseal/explain";
import { unsealReplica } from "../unseal/unsealing";
import { decideMigration, type MigratingReplica, type MigrationStep, type MigrationView } from "./migration-decision";

const POLL = 1_000;

/**
 * Brings an instance from the seal that it runs with to the one that is described: between Shamir's and one that unseals
 * itself, in either direction, without a moment in which raft has no majority. Can be run again at any time. Its servers'
 * configuration must be the described one already. The operator restarts servers outside Kubernetes when told to.
 *
 * @throws OperationError if only a person can continue, or time is up.
 */
export async function migrateSeal(context: OperationContext): Promise<void> {
  await withLock(context, "migrate-seal", (locked) => new SealMigration(locked).run());
}

/** The observed state of a migration. */
interface Seen {
  readonly record: SeenRecord;
  readonly view: MigrationView;
}

class SealMigration {
  /** Type of the keys after the migration. */
  private readonly type: KeyType;
  private readonly members: MemberObserver;
  /** Whether the token was refused, as a root token that was revoked. */
  private denied = false;

  constructor(private readonly context: OperationContext) {
    this.type = keyTypeOf(context.instance.seal);
    this.members = new MemberObserver(context);
  }

  run(): Promise<true> {
    return runLoop<Seen, MigrationStep, true>(this.context, {
      observe: () => this.observe(),
      decide: ({ view }) => decideMigration(view),
      perform: (step, seen) => this.perform(step, seen),
      // The API of Kubernetes and the central Vault come and go, too; what they refuse ends the run.
      recover: (error) => recoverReplica(error) ?? recoverRetryable(error),
      unfinished: (code, last) => this.unfinished(code, last),
      poll: POLL,
    });
  }

  private async observe(): Promise<Seen> {
    const { store, instance } = this.context;
    const record = await store.read();
    this.checkKeys(record);
    const replicas = await Promise.all(instance.replicas.map((replica) => this.look(replica)));
    const raft = await this.members.observe(replicas, (asked) => this.tokenOf(record, asked));
    const active = replicas.find((replica) => replica.active);
    const token = await this.tokenOf(record, active);
    const caughtUp = active !== undefined && (await this.hasCaughtUp(active, token));
    const renamed = recordedKeys(record.fields, otherKeyType(this.type)).length === 0;
    const canStepDown = token !== undefined;
    return { record, view: { seal: instance.seal, replicas, raft, caughtUp, canStepDown, renamed } };
  }

  /** The token that asks raft, as long as it is accepted. */
  private async tokenOf({ fields }: SeenRecord, asked: Replica | undefined): Promise<Secret | undefined> {
    return this.denied ? undefined : this.context.operator.get(fields, asked);
  }

  /** Replicas that went with the change that brought the seal still count in raft, so the migration would wait for them without end. */
  private async hasCaughtUp(active: Replica, token: Secret | undefined): Promise<boolean> {
    if (token !== undefined) {
      const peers = (await this.context.replica(active).raftPeers(token).catch(undefinedIfDenied)) ?? [];
      if ((await removeMembers(this.context, { active, token, peers })) !== undefined) return false;
    }
    return (await hasCaughtUp(this.context, active, token)) ?? true;
  }

  private async look(replica: Replica): Promise<MigratingReplica> {
    const status = await this.context.replica(replica).status();
    const active = isOpen({ status }) && ((await this.context.replica(replica).leader())?.isSelf ?? false);
    return { ...replica, status, active };
  }

  private async perform(step: MigrationStep, { record, view }: Seen): Promise<Outcome<true>> {
    switch (step.do) {
      case "finish":
        await writeDescription(this.context);
        return { done: true };
      case "unseal":
        this.members.expectLeader();
        await unsealReplica(this.context, step.replica, this.keysOf(record), step.migrate);
        this.context.log.info("replica has its keys", { replica: step.replica.name });
        return undefined;
      case "restart":
        return this.restart(step.replica);
      case "step-down":
        return this.stepDown(step.replica, record);
      case "rename":
        return this.rename(record);
      case "wait":
        return { wait: step.reason };
      case "stop":
        return this.stop(step.formerMembers, view);
    }
  }

  private async stop(formerMembers: readonly string[], { replicas }: MigrationView): Promise<never> {
    const { instance, store } = this.context;
    await sealOffFormerMembers(this.context, replicas, formerMembers);
    throw explainStop("former-member", store.path, formerMembers.join(", "), instance);
  }

  private async restart({ name }: Replica): Promise<Waiting | undefined> {
    const { pods, instance, store, log, clock, signal } = this.context;
    if (pods === undefined) {
      return { wait: `restart ${name} now, with the seal "${instance.seal}" in its configuration, and no other` };
    }
    const pod = (await pods.list())?.find((each) => each.name === name);
    if (pod === undefined || pod.terminating) return { wait: `${name} ends` };
    if (!pod.outdated) {
      throw new OperationError(
        "seal-differs",
        `${name} of ${store.path} does not run with the seal "${instance.seal}", and no newer configuration is deployed; deploy the stack ${instance.tenant}-vault first.`,
      );
    }
    if (!(await pods.evict(pod))) {
      // A replica between two seals works, but its pod is not ready.
      const path = `${instance.kubernetes?.namespace ?? ""}/${name}`;
      return { wait: `the PodDisruptionBudget does not let ${name} go; delete the pod ${path} now, and no other` };
    }
    log.info("restarting", { replica: name });
    await clock.sleep(POLL, signal);
    return undefined;
  }

  private async stepDown(replica: Replica, record: SeenRecord): Promise<undefined> {
    const token = await this.tokenOf(record, replica);
    const { log, clock, signal } = this.context;
    try {
      if (token !== undefined) await this.context.replica(replica).stepDown(token);
      log.info("replica stepped down, for another to migrate the data", { replica: replica.name });
    } catch (error) {
      undefinedIfDenied(error);
      this.denied = true;
    }
    await clock.sleep(POLL, signal);
  }

  /** The keys' values stay, and so do the former versions. */
  private async rename(record: SeenRecord): Promise<undefined> {
    const { store, log } = this.context;
    const keys = this.keysOf(record);
    await store.write(withKeyType(record.fields, this.type), record.version);
    const renamed = recordedKeys((await store.read()).fields, this.type);
    if (renamed.length !== keys.length || !renamed.every((key, index) => keys[index]?.equals(key))) {
      throw new CentralError("conflict", "what the central Vault returns is not what was written");
    }
    log.info("the record's keys have a new type", { keys: keys.length, type: this.type });
  }

  /** Returns the keys of the record, by the type before or after the migration. */
  private keysOf({ fields }: SeenRecord): readonly Secret[] {
    const former = recordedKeys(fields, otherKeyType(this.type));
    return former.length > 0 ? former : recordedKeys(fields, this.type);
  }

  private checkKeys(record: SeenRecord): void {
    const { store, instance } = this.context;
    const pending = pendingKeys(record.fields, otherKeyType(this.type));
    if (pending !== undefined) throw unfinishedRotation(store.path, pending);
    const found = this.keysOf(record).length;
    if (found >= instance.secretThreshold) return;
    throw new OperationError(
      "too-few-keys",
      `${recordPath(store.path)} holds ${found} keys, and a migration of the seal takes ${instance.secretThreshold}; write the missing ones into the record first.`,
    );
  }

  private unfinished(code: "timeout" | "interrupted", last: string | undefined): UnfinishedError {
    const reason = last === undefined ? "" : ` (last: ${last})`;
    return new UnfinishedError(
      code,
      `The seal of ${this.context.store.path} is not migrated yet${reason}; it works meanwhile: run this again to continue.`,
    );
  }
}
