import type { ReplicaState } from "./decide";
import type { Instance, Replica } from "./instance";
import { journalKey, keyTypeOf, recordedKeys, rootToken, type KeyType } from "./record";
import type { RecordStore } from "./record-store";
import type { Server } from "./server";

/** What the record of an instance holds, without telling any of it. */
export interface RecordSummary {
  /** "self-initialised" where there are no keys to keep. */
  readonly state: "missing" | "deleted" | "announced" | "complete" | "incomplete" | "self-initialised";
  readonly keyType: KeyType;
  readonly keys: number;
  readonly rootToken: boolean;
}

/** One replica as a status shows it. */
export interface ReplicaSummary extends Replica {
  readonly state: ReplicaState["state"];
  /** Whether it is the active one. */
  readonly active: boolean;
  /** Why it cannot be reached. */
  readonly reason?: string;
  /** How many audit devices it has; undefined where that could not be asked. */
  readonly auditDevices?: number;
  /** When the certificate that it serves ends, RFC 3339; undefined where it was not seen. */
  readonly certificateExpires?: string;
}

/** One instance as a status shows it. */
export interface InstanceStatus {
  readonly instance: string;
  readonly record: RecordSummary;
  /** Undefined where the instance could not be looked at. */
  readonly product?: string;
  readonly replicas: readonly ReplicaSummary[];
  /** Whether the record is complete, every replica is unsealed and one is active. */
  readonly healthy: boolean;
  /** Why the instance could not be looked at. */
  readonly problem?: string;
  /** When the token by which the servers unseal themselves ends, RFC 3339; undefined where there is none. */
  readonly sealTokenExpires?: string;
}

/** Looks at one instance and changes nothing. */
export async function inspectInstance(
  instance: Instance,
  store: Pick<RecordStore, "path" | "read">,
  server: (replica: Replica) => Pick<Server, "status" | "leader">,
): Promise<InstanceStatus> {
  const [record, replicas] = await Promise.all([
    summarizeRecord(store, instance),
    Promise.all(instance.replicas.map((replica) => summarizeReplica(replica, server(replica)))),
  ]);
  const unsealed = replicas.every(({ state }) => state === "unsealed") && replicas.some(({ active }) => active);
  const recorded = record.state === "complete" || record.state === "self-initialised";
  const healthy = recorded && unsealed;
  return { instance: store.path, record, product: instance.product, replicas, healthy };
}

/** Looks at the record alone, where the instance cannot be reached or is not described. */
export async function inspectRecord(
  store: Pick<RecordStore, "path" | "read">,
  problem: string,
): Promise<InstanceStatus> {
  return { instance: store.path, record: await summarizeRecord(store, UNKNOWN), replicas: [], healthy: false, problem };
}

/** What an instance that is not described is taken for. */
const UNKNOWN = { seal: "shamir", secretThreshold: 1 } as const;

async function summarizeRecord(
  store: Pick<RecordStore, "read">,
  { seal, secretThreshold, selfInitializes }: Pick<Instance, "seal" | "secretThreshold" | "selfInitializes">,
): Promise<RecordSummary> {
  const { version, fields, deleted } = await store.read();
  const keyType = keyTypeOf(seal);
  const keys = recordedKeys(fields, keyType).length;
  const counts = { keyType, keys, rootToken: rootToken(fields) !== undefined };
  if (selfInitializes === true) return { state: "self-initialised", ...counts };
  if (version === 0) return { state: "missing", ...counts };
  if (deleted) return { state: "deleted", ...counts };
  if (journalKey(fields) !== undefined) return { state: "announced", ...counts };
  return { state: keys >= secretThreshold ? "complete" : "incomplete", ...counts };
}

async function summarizeReplica(replica: Replica, server: Pick<Server, "status" | "leader">): Promise<ReplicaSummary> {
  const status = await server.status();
  return {
    ...replica,
    state: status.state,
    active: status.state === "unsealed" && ((await server.leader())?.isSelf ?? false),
    ...(status.state === "unreachable" ? { reason: status.reason } : {}),
  };
}
