import type { RestoreState } from "../operations/drill/restore-state";
import type { ReplicaState } from "../vault/replica-state";

/** What a watcher sees of one replica. */
export interface Sight {
  readonly replica: string;
  readonly state: ReplicaState["state"];
  /** Names the keys that it has received, while it needs more. */
  readonly attempt?: string | undefined;
}

/** What tells a watcher at once that it should look. */
export interface Signals {
  /** A server ended its connection, as one does that is stopped. */
  readonly lost: () => void;
  /** Something about the servers changed in their cluster. */
  readonly changed: () => void;
}

/** Open connections to the replicas of one instance. */
export interface WatchedInstance {
  /** From this time of the clock on, it must be opened again, because what opened it expires. @default - never */
  readonly until?: number | undefined;
  /** Asks every replica for its state. It never throws: a replica that does not answer is unreachable. */
  look(): Promise<readonly Sight[]>;
  /**
   * Gives their keys to the replicas that need them.
   *
   * @returns The names of the replicas that it unsealed.
   * @throws OperationError if a person has to act, if somebody holds the instance, or if the central Vault fails.
   */
  unseal(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The instances, as the central Vault knows them. */
export interface Fleet {
  /** Names, as `<tenant>/<instance>`. @param tenant Whose instances. @default - those of all tenants */
  list(tenant: string | undefined): Promise<readonly string[]>;
  open(instance: string, signals: Signals): Promise<WatchedInstance>;
  /** What the record of an instance says about its restore. @throws OperationError if the central Vault fails. */
  restoreState(instance: string): Promise<RestoreState>;
}
