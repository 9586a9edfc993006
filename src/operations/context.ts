import type { CredentialStore } from "../central/credential-store";
import type { Journal } from "../central/journal";
import type { RecordStore } from "../central/record-store";
import type { Instance, Replica } from "../contract/instance";
import type { Clock } from "../core/clock";
import type { Log } from "../core/log";
import type { Secret } from "../core/secret";
import type { AccessApi } from "../vault/access";
import type { ReplicaApi } from "../vault/replica";
import type { OperatorToken } from "./identities/operator-token";
import type { Pods } from "./pods";

/** When an operation gives up, and how it tells what it does. */
export interface RunContext {
  readonly clock: Clock;
  readonly log: Log;
  /** {@link Clock.now} after which nothing is waited for any more. */
  readonly deadline: number;
  /** Aborted if the user wants the run to end. It ends as soon as that loses nothing. */
  readonly signal: AbortSignal;
  /** What would be lost if the program ended now: nothing while it is empty. */
  readonly holds: Set<string>;
}

/** What an operation on one instance works with: everything outside the process that it touches. */
export interface OperationContext extends RunContext {
  readonly instance: Instance;
  readonly store: Pick<
    RecordStore,
    "path" | "read" | "write" | "delete" | "readMetadata" | "patchMetadata" | "versionWithKeys"
  >;
  /** The same record, by requests that neither the deadline nor the user cuts off. */
  readonly patientStore: Pick<RecordStore, "read" | "write">;
  readonly journal: Pick<Journal, "entries" | "reserve" | "keep" | "open" | "forget">;
  /** The credentials of the instance's identities in the central Vault. */
  readonly credentials: Pick<CredentialStore, "read" | "write">;
  /** The token of whoever asks the servers what is not public. */
  readonly operator: Pick<OperatorToken, "get">;
  replica(replica: Replica): Pick<ReplicaApi, keyof ReplicaApi>;
  /** Policies and logins of the instance. @param token Of whoever asks; without it, a login is all that works. */
  access(replica: Replica, token?: Secret): Pick<AccessApi, keyof AccessApi>;
  /** The pods that the replicas are; undefined outside Kubernetes. */
  readonly pods?: Pods | undefined;
}
