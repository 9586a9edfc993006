import type { JournalEntry } from "../../central/journal";
import { keySets, type KeySet } from "../../central/pending-keys";
import { fingerprint, isUnsent, journalKey, keysFingerprint, recordedKeys, secretFields } from "../../central/record";
import type { SeenRecord } from "../../central/record-store";
import type { Instance } from "../../contract/instance";
import { keyTypeOf, otherKeyType } from "../../vault/keys";
import type { SeenReplica } from "../seen";
import { nextToUnseal, type KnownMembers } from "./unseal-order";

/** Input of the decision about the next step. */
export interface Observation {
  readonly instance: Pick<Instance, "seal" | "volatile" | "selfInitializes">;
  readonly record: SeenRecord;
  /** Whether the record has only the shares of one group of watchers. @default - it has all keys */
  readonly isPart?: boolean;
  /** Keys that rotations replaced, as far as they were looked for. @default - none */
  readonly former?: readonly KeySet[];
  readonly journals: readonly JournalEntry[];
  readonly replicas: readonly SeenReplica[];
  readonly raft: KnownMembers;
  /** The record's version that this run wrote to announce its initialisation; undefined where it wrote none. */
  readonly announced: number | undefined;
}

/** Codes of problems that only a person can fix; listed in docs/errors.md. */
export type StopCode =
  | "answer-lost"
  | "data-lost"
  | "former-member"
  | "initialized-elsewhere"
  | "journal-orphaned"
  | "record-deleted"
  | "seal-differs"
  | "split"
  | "too-few-keys";

/** What to do next. */
export type Step =
  /** Probe the record's path, reserve the journal, announce the initialisation. */
  | { readonly do: "announce" }
  /** Continue an initialisation that another run announced and abandoned. */
  | { readonly do: "take-over" }
  | { readonly do: "initialize"; readonly replica: SeenReplica }
  /** Copy a journal's answer into the record. */
  | { readonly do: "escrow"; readonly journal: string }
  /** Delete useless journals. */
  | { readonly do: "forget"; readonly journals: readonly string[] }
  /** Delete the record's version, recoverably, because the volatile data of its keys are lost. */
  | { readonly do: "discard" }
  | { readonly do: "unseal"; readonly replicas: readonly SeenReplica[] }
  | { readonly do: "join"; readonly replicas: readonly SeenReplica[] }
  /** Every replica is unsealed: check leader and peers. */
  | { readonly do: "verify" }
  | { readonly do: "wait"; readonly reason: string }
  | { readonly do: "stop"; readonly code: StopCode; readonly details: string };

/**
 * Seconds after which another run may take over an announced initialisation without keys. This is longer than the time in which
 * the first run sends its request and waits for the answer.
 */
export const ANNOUNCEMENT_LEASE = 120;

/**
 * Seconds after which another run may take over an announcement whose request was not sent. It only keeps two runs from taking over
 * from each other: the run that takes over writes the record, and then the other cannot write that it sends the request.
 */
export const UNSENT_LEASE = 15;

/** The next step towards an initialised, escrowed, joined and unsealed instance; a pure function of what is seen. */
export function decide(seen: Observation): Step {
  const { record, journals } = seen;
  const key = journalKey(record.fields);
  const answered = journals.filter((journal) => journal.keys !== undefined);
  const current = answered.find(({ keyFingerprint }) => key !== undefined && keyFingerprint === fingerprint(key));
  if (current !== undefined) return { do: "escrow", journal: current.file };

  const misfit = differingSeal(seen);
  if (misfit !== undefined) return { do: "stop", code: "seal-differs", details: misfit };
  if (seen.instance.selfInitializes === true) return bringUp(seen);

  const type = keyTypeOf(seen.instance.seal);
  const keys = recordedKeys(record.fields, type);
  if (keys.length > 0) {
    const settled = journals.filter((journal) => isSettled(journal, keysFingerprint(keys), record.age));
    if (settled.length > 0) return { do: "forget", journals: settled.map(({ file }) => file) };
    const sets = [...keySets(record.fields, type), ...(seen.former ?? [])];
    const count = Math.max(...sets.map((set) => set.keys.length));
    return continueWith(seen.isPart === true ? Infinity : count, seen);
  }

  const [orphan] = answered;
  if (orphan !== undefined) return { do: "stop", code: "journal-orphaned", details: orphan.file };

  const secrets = secretFields(record.fields);
  if (secrets.length > 0) {
    return {
      do: "stop",
      code: "too-few-keys",
      details: `it has ${secrets.join(", ")} and no ${type}-key-0`,
    };
  }

  return seen.replicas.some(isInitialized) ? recoverKeys(seen) : startInitialization(seen);
}

/**
 * Whether a journal is useless, because its run ended after the keys were in the record, or before it had any. Nobody can see
 * whether a run in another container or on another host has finished. Its announcement is older than the record with the keys, so
 * that after the lease such a run gets no answer any more.
 */
function isSettled({ keys, owner }: JournalEntry, recorded: string, age: number): boolean {
  if (keys !== undefined) return keys === recorded;
  return owner === "self" || owner === "over" || (owner === "elsewhere" && age >= ANNOUNCEMENT_LEASE);
}

/** Difference of the running seal, or of the keys in the record, from the description: a migration is incomplete or missing. */
function differingSeal({ instance, record, replicas }: Observation): string | undefined {
  for (const { name, status } of replicas) {
    if ("seal" in status && status.seal !== instance.seal) return `${name} runs with the seal "${status.seal}"`;
    if (status.state === "migrating" || (status.state === "sealed" && status.migrating === true))
      return `${name} is between two seals`;
  }
  const type = keyTypeOf(instance.seal);
  const others = recordedKeys(record.fields, otherKeyType(type));
  if (others.length === 0 || recordedKeys(record.fields, type).length > 0) return undefined;
  return `its record holds ${otherKeyType(type)} keys`;
}

/** The record contains keys. Never overwrite them by an initialisation. */
function continueWith(keyCount: number, seen: Observation): Step {
  const { instance, replicas } = seen;
  const unreachable = replicas.filter(({ status }) => status.state === "unreachable");
  if (!replicas.some(isInitialized)) {
    if (unreachable.length > 0) return waitFor(unreachable);
    if (instance.volatile === true) return { do: "discard" };
    return { do: "stop", code: "data-lost", details: replicas.map(({ name }) => name).join(", ") };
  }

  if (keyTypeOf(instance.seal) === "recovery") return bringUp(seen);
  const lacking = lackingKeys(replicas, keyCount);
  if (lacking !== undefined) return { do: "stop", code: "too-few-keys", details: lacking };
  const sealed = replicas.filter((replica) => replica.status.state === "sealed" && !isOutsider(replica, seen));
  if (sealed.length === 0) return bringUp(seen);
  const next = nextToUnseal(sealed, replicas, seen.raft);
  if (next.length > 0) return { do: "unseal", replicas: next };
  const names = sealed.map(({ name }) => name).join(", ");
  return { do: "wait", reason: `no replica is active yet; ${names} gets its keys then` };
}

/**
 * Which replica wants more keys than there are; undefined if none does. An open standby of OpenBao tells what it wanted when it
 * started, so that of the open ones only the least counts.
 */
function lackingKeys(replicas: readonly SeenReplica[], keyCount: number): string | undefined {
  const open = replicas.map(({ status }) => (status.state === "unsealed" ? status.threshold : Infinity));
  const least = Math.min(...open);
  for (const { name, status } of replicas) {
    const counts = status.state === "sealed" || (status.state === "unsealed" && status.threshold === least);
    if (counts && keyCount < status.threshold) return `${name} wants ${status.threshold}, the record holds ${keyCount}`;
  }
  return undefined;
}

function isOutsider({ name }: SeenReplica, { raft }: Observation): boolean {
  return raft.outsiders.includes(name);
}

/** No key has to be sent any more: replicas join, unseal themselves if their seal is not Shamir's, and are verified. */
function bringUp(seen: Observation): Step {
  const { instance, replicas } = seen;
  const empty = replicas.filter(({ status }) => status.state === "uninitialized");
  const canJoin = replicas.some((replica) => replica.status.state === "unsealed" && !isOutsider(replica, seen));
  if (empty.length > 0 && canJoin) {
    const isMajorityLost = seen.raft.late && empty.length * 2 >= replicas.length;
    return isMajorityLost ? waitForMajority(empty, seen.record) : { do: "join", replicas: empty };
  }

  if (hasSplit(replicas)) return { do: "stop", code: "split", details: replicas.map(({ name }) => name).join(", ") };
  const { outsiders } = seen.raft;
  if (outsiders.length > 0) return { do: "stop", code: "former-member", details: outsiders.join(", ") };

  const pending = [...empty, ...replicas.filter(({ status }) => status.state === "sealed")];
  if (pending.length > 0) {
    const names = pending.map(({ name, status }) => `${name} is ${status.state}`).join(", ");
    return {
      do: "wait",
      reason: `${names}; it does that by its seal "${instance.seal}", its log tells what hinders it`,
    };
  }
  const unreachable = replicas.filter(({ status }) => status.state === "unreachable");
  return unreachable.length > 0 ? waitFor(unreachable) : { do: "verify" };
}

/** Without an active replica nobody can join. Members that lost their storage still count in raft. */
function waitForMajority(empty: readonly SeenReplica[], { version }: SeenRecord): Step {
  const names = empty.map(({ name }) => name).join(", ");
  const reason = `no replica is active, because ${names} lost the data and raft its majority; version ${version} of the record has the keys: restore that storage or a snapshot, or recover raft as docs/troubleshooting.md says for "none is active"`;
  return { do: "wait", reason };
}

/** Whether replicas belong to different clusters. */
function hasSplit(replicas: readonly SeenReplica[]): boolean {
  const clusters = replicas.map(({ status }) => (status.state === "unsealed" ? status.cluster : undefined));
  return new Set(clusters.filter((cluster) => cluster !== undefined)).size > 1;
}

/** A server is initialised, but its keys are not in the record. */
function recoverKeys(seen: Observation): Step {
  const { record, announced } = seen;
  if (record.deleted) return { do: "stop", code: "record-deleted", details: String(record.version) };
  if (journalKey(record.fields) === undefined) return { do: "stop", code: "initialized-elsewhere", details: "" };
  if (announced !== record.version && !isAbandoned(seen)) {
    return { do: "wait", reason: "another run has initialised it and is about to write the keys" };
  }
  return { do: "stop", code: "answer-lost", details: "" };
}

/** No answering server is initialised, and no keys are known. */
function startInitialization(seen: Observation): Step {
  const { record, announced, replicas } = seen;
  // A server that does not answer may be initialised.
  const unreachable = replicas.filter(({ status }) => status.state === "unreachable");
  if (unreachable.length > 0) return waitFor(unreachable);

  if (journalKey(record.fields) === undefined) return { do: "announce" };
  const [first] = replicas;
  if (announced === record.version && first !== undefined) return { do: "initialize", replica: first };
  const isUnused = isUnsent(record.fields) && record.age >= UNSENT_LEASE;
  return isUnused || isAbandoned(seen) ? { do: "take-over" } : { do: "wait", reason: "another run is initialising it" };
}

/** Whether the announced initialisation was abandoned: its run on this machine is dead, or its lease has expired. */
function isAbandoned({ record, journals }: Observation): boolean {
  const key = journalKey(record.fields);
  const announcement = key && fingerprint(key);
  const diedHere = journals.some(
    ({ keyFingerprint, owner }) => keyFingerprint === announcement && (owner === "self" || owner === "over"),
  );
  return diedHere || record.age >= ANNOUNCEMENT_LEASE;
}

function waitFor(unreachable: readonly SeenReplica[]): Step {
  const reasons = unreachable.map(
    ({ name, address, status }) => `${name} (${address}): ${status.state === "unreachable" ? status.reason : ""}`,
  );
  return { do: "wait", reason: `no answer from ${reasons.join(", ")}` };
}

function isInitialized({ status }: SeenReplica): boolean {
  return status.state === "sealed" || status.state === "unsealed" || status.state === "migrating";
}
