import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { fromMetadata } from "../../src/central/instance-metadata";
import { keySets, pendingKeys } from "../../src/central/pending-keys";
import { recordedKeys, rootToken, type RecordFields } from "../../src/central/record";
import { KEY_SET } from "../../src/central/share-copies";
import { IDENTITIES, IDENTITY_LOGIN } from "../../src/contract/identities";
import type { Instance } from "../../src/contract/instance";
import type { Secret } from "../../src/core/secret";
import type { ContentContext, OperationContext } from "../../src/operations/context";
import { lostPeriod } from "../../src/operations/root-token/lost-tokens";
import { unsealInstance } from "../../src/operations/unseal/unseal-instance";
import type { KeyType } from "../../src/vault/keys";
import { deletePod } from "./simulated-pods";
import { INSTANCE, Universe } from "./simulation";

/** An instance whose replicas are unsealed and vote. */
export async function running(instance: Instance = INSTANCE): Promise<Universe> {
  const universe = new Universe(instance);
  await unsealInstance(universe.start());
  universe.living.clear();
  universe.now += 20_000;
  return universe;
}

/** The context of a command, which knows the instance from its record. */
export function described(context: ContentContext, universe: Universe): ContentContext {
  const { tenant, name } = context.instance;
  return { ...context, instance: fromMetadata(tenant, name, universe.metadata) ?? context.instance };
}

/** A person who deletes the pod that the program names, and no other. */
export function withPerson(context: OperationContext, universe: Universe): OperationContext {
  const { clock } = context;
  const sleep = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    const [, pod] = /delete the pod \S*\/(\S+) now/.exec(String(universe.events.at(-1)?.fields.reason)) ?? [];
    const server = universe.servers[universe.instance.replicas.findIndex(({ name }) => name === pod)];
    if (pod !== undefined && server?.pod === undefined && server?.revision !== universe.revision)
      deletePod(universe, pod);
    await clock.sleep(milliseconds, signal);
  };
  return { ...context, clock: { ...clock, sleep } };
}

/** Sets of keys in the fields of a record, which are asked for after each change. */
const KNOWN_SETS = new WeakMap<RecordFields, readonly string[]>();

function setsIn(fields: RecordFields): readonly string[] {
  const known =
    KNOWN_SETS.get(fields) ??
    (["unseal", "recovery"] as const).flatMap((type) => keySets(fields, type).map(({ keys }) => joined(keys)));
  KNOWN_SETS.set(fields, known);
  return known;
}

function joined(keys: readonly Secret[]): string {
  return keys.map(textOf).join();
}

/** Keys that open the data must be in the record or in a journal, unless a program that runs holds them. */
export function lostKeys(universe: Universe, all = universe.servers.map(({ data }) => data)): string | undefined {
  if (universe.isHeld || universe.lossExcused) return undefined;
  const journals = [...universe.disk.values()].flatMap(({ answer }) =>
    answer === undefined ? [] : [joined(answer.keys)],
  );
  const known = [...setsIn(universe.record), ...journals];
  for (const data of new Set(all)) {
    if (data !== undefined && !known.includes(joined(universe.keysOf(data).keys)))
      return `the keys of data ${data} are nowhere`;
  }
  return undefined;
}

/** A root token must be in the record or with a person, unless a program that runs holds it, or the metadata tell to revoke it. */
export function lostToken(universe: Universe, given: readonly string[] = []): string | undefined {
  if (universe.isHeld || !universe.hasQuorum()) return undefined;
  const period = lostPeriod(universe.metadata);
  const known = [...given, rootToken(universe.record)?.reveal()];
  for (const token of universe.access.ceremony.rootTokens) {
    const created = universe.access.factsOf(token)?.created;
    const revocable = period !== undefined && created !== undefined && created >= period.from && created <= period.to;
    if (!known.includes(token) && !revocable) return `the root token ${token} is nowhere and nobody revokes it`;
  }
  return undefined;
}

/** A group of watchers must not have as many keys of the data as open them. */
export function openedAlone(universe: Universe): string | undefined {
  const { keys, threshold } = universe.keysOf();
  const open = keys.map(textOf);
  for (const [group, copy] of universe.shareCopies) {
    if (recordedKeys(copy, "unseal").filter((key) => open.includes(textOf(key))).length >= threshold)
      return `the share group ${group} opens the data alone`;
  }
  return undefined;
}

/** Each group has its part of the keys in the record, and the metadata say so. */
export function expectShares({ record, metadata, shareCopies }: Universe, groups: readonly string[]): void {
  deepEqual([...shareCopies.keys()], groups, "groups with shares");
  const keys = recordedKeys(record, "unseal").map(textOf);
  for (const copy of shareCopies.values()) {
    equal(copy[KEY_SET], metadata[KEY_SET], "shares of other keys");
    for (const key of recordedKeys(copy, "unseal")) ok(keys.includes(textOf(key)), "a share that is not in the record");
  }
}

export function expectUp(universe: Universe): void {
  for (const server of universe.servers) ok(universe.isUp(server), "a replica is not up");
}

export function expectFree(universe: Universe): void {
  equal(universe.locks.at(-1)?.entry, undefined, "the lock is held");
  deepEqual([...universe.access.ceremonies], [], "a ceremony is left");
}

export function expectIdentities(universe: Universe): void {
  for (const identity of IDENTITIES) {
    const { credential } = universe.credentials.read(identity);
    notEqual(credential && universe.access.logIn(IDENTITY_LOGIN, credential.secretId), undefined, identity);
  }
}

/** The record has the keys that open the data, under their own names. */
export function expectRecorded(universe: Universe, type: KeyType): void {
  deepEqual(recordedKeys(universe.record, type).map(textOf), universe.keysOf().keys.map(textOf), "keys of the record");
  equal(pendingKeys(universe.record, type), undefined, "pending keys");
}

export function textOf(secret: Secret): string {
  return secret.reveal();
}

/** A run that sleeps for longer in the middle of a turn may withdraw the announcement of the run that took its lock. */
export const WITHIN_A_LEASE = 60_000;

export const CENTRAL = ["central-unreachable", "central-refused"] as const;
