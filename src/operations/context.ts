import type { AuthorityStore } from "../central/authority-store";
import type { CredentialStore } from "../central/credential-store";
import type { Journal } from "../central/journal";
import type { OperationLock } from "../central/operation-lock";
import type { RecordStore } from "../central/record-store";
import type { ShareCopies } from "../central/share-copies";
import type { TemporaryKeyStore } from "../central/temporary-keys";
import type { Instance, Replica } from "../contract/instance";
import type { Clock } from "../core/clock";
import type { Log } from "../core/log";
import type { Secret } from "../core/secret";
import type { AccessApi } from "../vault/access";
import type { ContentRequests } from "../vault/content";
import type { ReplicaRequests } from "../vault/replica";
import type { SnapshotApi } from "../vault/snapshot";
import type { OperatorToken } from "./identities/operator-token";
import type { NamespaceSession } from "./namespaces/namespace-session";
import type { Pods } from "./pods";
import type { BootstrapCredential } from "./supply/bootstrap-credential";

/** A lock that a run holds. */
export interface Lease {
  /** Name of the operation whose run ended without freeing the lock; undefined if the lock was free. */
  readonly interrupted: string | undefined;
  /** Renews the lock if it is time. @throws OperationError `operation-lock-lost` if another run may hold it. */
  renew(): Promise<void>;
  /** Whether the lock stays when the work ends, so that the next run learns that something was not finished. */
  stays: boolean;
}

/** Deadline, interruption and log of an operation. */
export interface RunContext {
  readonly clock: Clock;
  readonly log: Log;
  /** {@link Clock.now} at which the operation stops waiting. */
  readonly deadline: number;
  /** Aborted if the user interrupts the run. The run then ends as soon as nothing would be lost. */
  readonly signal: AbortSignal;
  /** Names of what would be lost if the program ended now. It may end while the set is empty. */
  readonly holds: Set<string>;
  /** The lock of the instance, which each loop renews. @default - the operation holds no lock */
  readonly lease?: (Pick<Lease, "renew"> & Partial<Pick<Lease, "stays">>) | undefined;
}

/** Everything outside the process that an operation on one instance uses. */
export interface OperationContext extends RunContext {
  readonly instance: Instance;
  readonly store: Pick<
    RecordStore,
    | "path"
    | "read"
    | "write"
    | "delete"
    | "readMetadata"
    | "patchMetadata"
    | "readVersion"
    | "versionWithKeys"
    | "readWithKeys"
    | "formerKeys"
    | "keptVersions"
  >;
  /** The same record, with requests that the deadline and the user cannot abort. */
  readonly patientStore: Pick<RecordStore, "path" | "read" | "write" | "versionWithKeys">;
  /** The parts of the record for groups of watchers. @default - there are no groups */
  readonly shares?: Pick<ShareCopies, "groups" | "keep"> | undefined;
  readonly journal: Pick<Journal, "entries" | "reserve" | "keep" | "open" | "forget">;
  /** The lock of the instance, with requests that the deadline and the user cannot abort. */
  readonly lock: Pick<OperationLock, "read" | "write">;
  /** Why a person wants to ignore the lock and the ceremonies of others. @default - they are respected */
  readonly breakGlass?: string | undefined;
  /** Whether a hold in the record's metadata keeps the run from unsealing. @default - a person asked for it, who may */
  readonly respectsHold?: boolean | undefined;
  /** The credentials of the instance's identities in the central Vault. */
  readonly credentials: Pick<CredentialStore, "read" | "readVersion" | "write">;
  /** Keys of a server that was initialised for a restore, with requests that the deadline and the user cannot abort. */
  readonly temporaryKeys: Pick<TemporaryKeyStore, "read" | "write">;
  /** The first credential of an instance that initialised itself; undefined for any other. */
  readonly bootstrap?: Pick<BootstrapCredential, "read"> | undefined;
  /** Token for requests to the servers that are not public. */
  readonly operator: Pick<OperatorToken, "get" | "end">;
  /** Login of an instance that is a namespace in its shared instance; undefined for any other. */
  readonly namespaceLogin?: Pick<NamespaceSession, "token"> | undefined;
  replica(replica: Replica): ReplicaRequests;
  /** Policies and logins of the instance. @param token Of the caller; without it, only a login works. */
  access(replica: Replica, token?: Secret): Pick<AccessApi, keyof AccessApi>;
  /** Snapshots of the data. @param token Of the caller. */
  snapshots(replica: Replica, token: Secret): Pick<SnapshotApi, keyof SnapshotApi>;
  /** The pods of the replicas; undefined outside Kubernetes. */
  readonly pods?: Pods | undefined;
}

/** What operations on the data of an instance use as well. */
export interface ContentContext extends OperationContext {
  /** Anything that the instance has at its paths. @param token Of the caller. */
  content(replica: Replica, token: Secret): ContentRequests;
  /** CAs of the instance whose keys the central Vault holds. */
  readonly authorities: Pick<AuthorityStore, keyof AuthorityStore>;
}
