import type { Clock } from "../../core/clock";
import type { ErrorCode } from "../../core/error-codes";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import type { Instance, Replica } from "../../contract/instance";
import { journalKey, recordedKeys, rootToken } from "../../central/record";
import type { RecordStore, SeenRecord } from "../../central/record-store";
import type { ReplicaApi } from "../../vault/replica";
import { ReplicaError } from "../../vault/errors";
import type { OperatorToken } from "../identities/operator-token";
import type { ReplicaState } from "../../vault/replica-state";
import { type KeyType, keyTypeOf } from "../../vault/keys";

/** Summary of an instance's record, without secrets. */
export interface RecordSummary {
  /** "self-initialised" if the instance has no keys. */
  readonly state: "missing" | "deleted" | "announced" | "complete" | "incomplete" | "self-initialised";
  readonly keyType: KeyType;
  readonly keys: number;
  readonly rootToken: boolean;
}

/** Status of a replica. */
export interface ReplicaSummary extends Replica {
  readonly state: ReplicaState["state"];
  /** Whether it is the active one. */
  readonly active: boolean;
  /** Why it cannot be reached. */
  readonly reason?: string;
  /** Number of audit devices; undefined if not checked. */
  readonly auditDevices?: number;
  /** Expiry of the presented certificate, RFC 3339; undefined if it is unknown. */
  readonly certificateExpires?: string;
}

/** Status of an instance. */
export interface InstanceStatus {
  readonly instance: string;
  readonly record: RecordSummary;
  /** Undefined if the instance could not be inspected. */
  readonly product?: string;
  readonly replicas: readonly ReplicaSummary[];
  /** Whether the record is complete, every replica is unsealed and audited, one is active, and the seal's token is valid. */
  readonly healthy: boolean;
  /** Reason if the instance could not be inspected. */
  readonly problem?: string;
  /** Error code of the reason, listed in docs/errors.md. */
  readonly problemCode?: ErrorCode;
  /** Expiry of the seal's token, RFC 3339. If the token is not valid, it is the current time. Undefined if there is no token. */
  readonly sealTokenExpires?: string;
}

/** The part of a replica's API that a status needs. */
export type InspectedServer = Pick<ReplicaApi, "status" | "leader" | "auditDevices" | "certificate">;

/**
 * Inspects an instance without changes.
 *
 * @param operator Its token lists audit devices. @default - the root token of the record
 */
export async function inspectInstance(
  instance: Instance,
  store: Pick<RecordStore, "path" | "read">,
  server: (replica: Replica) => InspectedServer,
  clock: Clock,
  operator: Pick<OperatorToken, "get"> = { get: (fields) => Promise.resolve(rootToken(fields)) },
): Promise<InstanceStatus> {
  const seen = await store.read();
  const record = summarizeRecord(seen, instance);
  // Replicas are inspected in parallel. The login is at the first one that is unsealed.
  let login: Promise<Secret | undefined> | undefined;
  const token = (replica: Replica): Promise<Secret | undefined> =>
    (login ??= operator.get(seen.fields, replica).catch(undefinedIfRefused));
  const replicas = await Promise.all(
    instance.replicas.map((replica) => summarizeReplica(replica, server(replica), instance, token, clock)),
  );
  const unsealed = replicas.every(({ state }) => state === "unsealed") && replicas.some(({ active }) => active);
  const audited = replicas.every(({ auditDevices }) => auditDevices !== 0);
  const recorded = record.state === "complete" || record.state === "self-initialised";
  const healthy = recorded && unsealed && audited;
  return { instance: store.path, record, product: instance.product, replicas, healthy };
}

/** Inspects only the record, because the instance is unreachable or not described. */
export async function inspectRecord(
  store: Pick<RecordStore, "path" | "read">,
  problem: unknown,
): Promise<InstanceStatus> {
  return {
    instance: store.path,
    record: summarizeRecord(await store.read(), UNKNOWN),
    replicas: [],
    healthy: false,
    problem: problem instanceof Error ? problem.message : String(problem),
    problemCode: problem instanceof OperationError ? problem.code : "internal",
  };
}

/** Assumed description of an instance without a description. */
const UNKNOWN = { seal: "shamir", secretThreshold: 1 } as const;

function summarizeRecord(
  { version, fields, deleted }: SeenRecord,
  { seal, secretThreshold, selfInitializes }: Pick<Instance, "seal" | "secretThreshold" | "selfInitializes">,
): RecordSummary {
  const keyType = keyTypeOf(seal);
  const keys = recordedKeys(fields, keyType).length;
  const counts = { keyType, keys, rootToken: rootToken(fields) !== undefined };
  if (selfInitializes === true) return { state: "self-initialised", ...counts };
  if (version === 0) return { state: "missing", ...counts };
  if (deleted) return { state: "deleted", ...counts };
  if (journalKey(fields) !== undefined) return { state: "announced", ...counts };
  return { state: keys >= secretThreshold ? "complete" : "incomplete", ...counts };
}

async function summarizeReplica(
  replica: Replica,
  server: InspectedServer,
  { product }: Instance,
  tokenFrom: (replica: Replica) => Promise<Secret | undefined>,
  clock: Clock,
): Promise<ReplicaSummary> {
  const status = await server.status();
  if (status.state === "unreachable") return { ...replica, state: status.state, active: false, reason: status.reason };
  const open = status.state === "unsealed";
  const active = open && ((await server.leader())?.isSelf ?? false);
  const token = open ? await tokenFrom(replica) : undefined;
  const auditDevices = open && token !== undefined ? await countAuditDevices(server, product, token, clock) : undefined;
  const certificate = await server.certificate().catch(undefinedIfRefused);
  return {
    ...replica,
    state: status.state,
    active,
    ...(auditDevices === undefined ? {} : { auditDevices }),
    ...(certificate === undefined ? {} : { certificateExpires: certificate.expiresAt.toISOString() }),
  };
}

/** Number of attempts, one second apart, for a standby that may have just been unsealed. */
const ATTEMPTS = 5;

/** Standbys of OpenBao answer by themselves, unless their setup failed, for example at a broken audit device. Vault's never do. */
async function countAuditDevices(
  server: InspectedServer,
  product: Instance["product"],
  token: Secret,
  clock: Clock,
): Promise<number | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const devices = await server.auditDevices(token);
      if (devices !== undefined || product === "vault") return devices?.length;
    } catch (error) {
      if (error instanceof ReplicaError) return undefined;
      throw error;
    }
    await clock.sleep(1_000);
  }
  return 0;
}

/** Omits values that cannot be read, for example because the token is not accepted. */
function undefinedIfRefused(error: unknown): undefined {
  if (error instanceof ReplicaError) return undefined;
  throw error;
}
