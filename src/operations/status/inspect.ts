import type { Clock } from "../../core/clock";
import type { ErrorCode } from "../../core/error-codes";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import type { Instance, Replica } from "../../contract/instance";
import { isDescriptionOnly, journalKey, recordedKeys, rootToken } from "../../central/record";
import type { RecordStore, SeenRecord } from "../../central/record-store";
import type { RaftPeer, ReplicaApi } from "../../vault/replica";
import { ReplicaError } from "../../vault/errors";
import type { OperatorToken } from "../identities/operator-token";
import type { ReplicaState } from "../../vault/replica-state";
import type { UnfilledPlaceholder } from "../placeholders/unfilled";
import type { IssuerSummary } from "./issuers";
import { absentReplicas, type TokenOf } from "../members";
import { differingShares, sharesOfReplicas, sharesOfState, type Shares } from "../shares";
import { type KeyType, keyTypeOf } from "../../vault/keys";

/** Summary of an instance's record, without secrets. */
export interface RecordSummary {
  /** "self-initialised" if the instance has no keys. */
  readonly state: "missing" | "deleted" | "announced" | "complete" | "incomplete" | "self-initialised";
  readonly keyType: KeyType;
  readonly keys: number;
  readonly rootToken: boolean;
  /** Time at which the central Vault deletes the record's newest version by itself, RFC 3339; undefined if it keeps it. */
  readonly expires?: string;
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
  /** Whether it is a member of raft that votes; undefined if that could not be asked. */
  readonly votes?: boolean;
  /** Address of the replica that it takes for the active one. */
  readonly leader?: string;
  /** Number and threshold of its keys. */
  readonly shares?: Shares;
  /** When the certificate that it serves ends, RFC 3339; undefined where it was not seen. */
  readonly certificateExpires?: string;
}

/** Status of an instance. */
export interface InstanceStatus {
  readonly instance: string;
  readonly record: RecordSummary;
  /** Undefined if the instance could not be inspected. */
  readonly product?: string;
  readonly replicas: readonly ReplicaSummary[];
  /**
   * Whether the record is complete, every replica is unsealed and audited and has a vote, all take one and the same for active,
   * and the seal's token is valid.
   */
  readonly healthy: boolean;
  /** Whether it was taken down, and its data kept. Then no replica is inspected. */
  readonly retired?: true;
  /** What is not as the tenant's file describes it, though the instance works. */
  readonly difference?: string;
  /** When a snapshot of it was last proven by a restore, RFC 3339. Undefined if never. */
  readonly restoreProven?: string;
  /** When `escrow verify` last proved the keys of the record, RFC 3339. Undefined if never. */
  readonly escrowVerified?: string;
  /** Placeholders that nobody has filled in. Undefined if there are none, or they could not be inspected. */
  readonly placeholders?: readonly UnfilledPlaceholder[];
  /** Issuers of its PKI mounts. Undefined if there are none, or they could not be inspected. */
  readonly issuers?: readonly IssuerSummary[];
  /** Why the instance could not be inspected. */
  readonly problem?: string;
  /** Error code of the reason, listed in docs/errors.md. */
  readonly problemCode?: ErrorCode;
  /** Expiry of the seal's token, RFC 3339. If the token is not valid, it is the current time. Undefined if there is no token. */
  readonly sealTokenExpires?: string;
}

/** The requests of a status to a replica. */
export type InspectedServer = Pick<ReplicaApi, "status" | "leader" | "raftPeers" | "auditDevices" | "certificate">;

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
  if (instance.retired === true) {
    return { instance: store.path, record, product: instance.product, replicas: [], healthy: true, retired: true };
  }
  // Replicas are inspected in parallel. The login is at the first one that is unsealed.
  let login: Promise<Secret | undefined> | undefined;
  const tokenFrom = (replica: Replica): Promise<Secret | undefined> =>
    (login ??= operator.get(seen.fields, replica).catch(undefinedIfRefused));
  const looked = await Promise.all(
    instance.replicas.map((replica) => summarizeReplica(replica, server(replica), instance, tokenFrom, clock)),
  );
  const replicas = await withVotes(instance, looked, server, tokenFrom, clock);
  const leaders = new Set(replicas.map(({ leader }) => leader));
  const led = leaders.size === 1 && replicas.filter(({ active }) => active).length === 1;
  const unsealed = led && replicas.every(({ state, votes }) => state === "unsealed" && votes !== false);
  const audited = replicas.every(({ auditDevices }) => auditDevices !== 0);
  const recorded = record.state === "complete" || record.state === "self-initialised";
  const healthy = recorded && unsealed && audited;
  const difference = differenceOf(instance, replicas);
  const status = { instance: store.path, record, product: instance.product, replicas, healthy };
  return difference === undefined ? status : { ...status, difference };
}

/**
 * Number of attempts, one second apart, until a new member votes. The servers let it vote after 10 s without a failure, look for
 * that every 10 s, and begin again if the active one changes.
 */
const PROBATION = 40;

/** Adds whether each replica votes, as raft's active server says. Of two that say that they are active, the first is asked. */
async function withVotes(
  instance: Instance,
  replicas: readonly ReplicaSummary[],
  server: (replica: Replica) => InspectedServer,
  tokenFrom: TokenOf,
  clock: Clock,
): Promise<readonly ReplicaSummary[]> {
  const active = replicas.find((replica) => replica.active);
  const token = active && (await tokenFrom(active));
  if (active === undefined || token === undefined) return replicas;
  const ask = (): Promise<readonly RaftPeer[] | undefined> => server(active).raftPeers(token).catch(undefinedIfRefused);
  let peers = await ask();
  for (let attempt = 1; attempt < PROBATION && peers?.some(({ voter }) => !voter) === true; attempt++) {
    await clock.sleep(1_000);
    peers = await ask();
  }
  if (peers === undefined) return replicas;
  const ids = peers.map(({ id }) => id);
  const absent = absentReplicas(instance, ids);
  return replicas.map((replica) => {
    const { name } = replica;
    const votes = absent.includes(name) ? false : peers.find(({ id }) => id === name)?.voter;
    return votes === undefined ? replica : { ...replica, votes };
  });
}

function differenceOf(instance: Instance, replicas: readonly ReplicaSummary[]): string | undefined {
  const found = sharesOfReplicas(replicas);
  return found && differingShares(instance, found);
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
  { version, fields, deleted, expires }: SeenRecord,
  { seal, secretThreshold, selfInitializes }: Pick<Instance, "seal" | "secretThreshold" | "selfInitializes">,
): RecordSummary {
  const keyType = keyTypeOf(seal);
  const keys = recordedKeys(fields, keyType).length;
  const expiry = expires === undefined ? {} : { expires };
  const counts = { keyType, keys, rootToken: rootToken(fields) !== undefined, ...expiry };
  if (selfInitializes === true) return { state: "self-initialised", ...counts };
  if (deleted) return { state: "deleted", ...counts };
  if (version === 0 || isDescriptionOnly(fields)) return { state: "missing", ...counts };
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
  const leader = open ? await server.leader() : undefined;
  const active = leader?.isSelf ?? false;
  const shares = sharesOfState(status);
  const token = open ? await tokenFrom(replica) : undefined;
  const auditDevices = open && token !== undefined ? await countAuditDevices(server, product, token, clock) : undefined;
  const certificate = await server.certificate().catch(undefinedIfRefused);
  return {
    ...replica,
    state: status.state,
    active,
    ...(leader === undefined ? {} : { leader: leader.address }),
    ...(shares === undefined ? {} : { shares }),
    ...(auditDevices === undefined ? {} : { auditDevices }),
    ...(certificate === undefined ? {} : { certificateExpires: certificate.expiresAt.toISOString() }),
  };
}

/**
 * Number of attempts, one second apart, for a standby that may have just been unsealed. It answers once the active server has found it,
 * which takes as long as DNS keeps the former address of its pod: 30 s by default (https://coredns.io/plugins/cache/).
 */
const ATTEMPTS = 30;

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
