import type { ReplicaState } from "./decide";
import type { Instance, Replica } from "./instance";
import { journalKey, rootToken, unsealKeys } from "./record";
import type { RecordStore } from "./record-store";
import type { Server } from "./server";

/** What the record of an instance holds, without telling any of it. */
export interface RecordSummary {
  readonly state: "missing" | "deleted" | "announced" | "complete" | "incomplete";
  readonly unsealKeys: number;
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
    summarizeRecord(store, instance.secretThreshold),
    Promise.all(instance.replicas.map((replica) => summarizeReplica(replica, server(replica)))),
  ]);
  const unsealed = replicas.every(({ state }) => state === "unsealed") && replicas.some(({ active }) => active);
  const healthy = record.state === "complete" && unsealed;
  return { instance: store.path, record, product: instance.product, replicas, healthy };
}

/** Looks at the record alone, where the instance cannot be reached or is not described. */
export async function inspectRecord(
  store: Pick<RecordStore, "path" | "read">,
  problem: string,
): Promise<InstanceStatus> {
  return { instance: store.path, record: await summarizeRecord(store, 1), replicas: [], healthy: false, problem };
}

async function summarizeRecord(store: Pick<RecordStore, "read">, threshold: number): Promise<RecordSummary> {
  const { version, fields, deleted } = await store.read();
  const keys = unsealKeys(fields).length;
  const counts = { unsealKeys: keys, rootToken: rootToken(fields) !== undefined };
  if (version === 0) return { state: "missing", ...counts };
  if (deleted) return { state: "deleted", ...counts };
  if (journalKey(fields) !== undefined) return { state: "announced", ...counts };
  return { state: keys >= threshold ? "complete" : "incomplete", ...counts };
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
