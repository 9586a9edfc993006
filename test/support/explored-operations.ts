import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { fromMetadata } from "../../src/central/instance-metadata";
import { keySets, pendingKeys } from "../../src/central/pending-keys";
import {
  recordedKeys,
  rootToken,
  withAnswer,
  withKeys,
  withoutRootToken,
  type RecordFields,
} from "../../src/central/record";
import { IDENTITIES, IDENTITY_LOGIN } from "../../src/contract/identities";
import type { Instance } from "../../src/contract/instance";
import type { OperationError } from "../../src/core/errors";
import { Secret } from "../../src/core/secret";
import { rotateBarrier } from "../../src/operations/ceremonies/rotate-barrier";
import { rotateKeys } from "../../src/operations/ceremonies/rotate-keys";
import type { OperationContext } from "../../src/operations/context";
import { verifyEscrow } from "../../src/operations/escrow/verify-escrow";
import { migrateSeal } from "../../src/operations/migrate-seal/migrate-seal";
import { generateRootToken } from "../../src/operations/root-token/generate-root-token";
import { lostPeriod } from "../../src/operations/root-token/lost-tokens";
import { revokeRootToken } from "../../src/operations/root-token/revoke-root-token";
import { sealInstance } from "../../src/operations/seal/seal-instance";
import type { Manifest } from "../../src/operations/snapshot/manifest";
import { restoreSnapshot } from "../../src/operations/snapshot/restore-snapshot";
import { saveSnapshot } from "../../src/operations/snapshot/save-snapshot";
import { stepDown } from "../../src/operations/step-down/step-down";
import { unsealInstance } from "../../src/operations/unseal/unseal-instance";
import { keyTypeOf, type KeyType } from "../../src/vault/keys";
import { ageKey, type AgeKey } from "./age";
import type { ExploredOperation } from "./exploration";
import { MemoryTarget } from "./memory-target";
import { split } from "./shamir";
import { INSTANCE, Universe } from "./simulation";

const TRANSIT: Instance = { ...INSTANCE, seal: "transit" };
const NEW = { shares: 7, threshold: 4 };

/** An instance whose replicas are unsealed and vote. */
async function running(instance: Instance = INSTANCE): Promise<Universe> {
  const universe = new Universe(instance);
  await unsealInstance(universe.start());
  universe.living.clear();
  universe.now += 20_000;
  return universe;
}

/** The context of a command, which knows the instance from its record. */
function described(context: OperationContext, universe: Universe): OperationContext {
  const { tenant, name } = context.instance;
  return { ...context, instance: fromMetadata(tenant, name, universe.metadata) ?? context.instance };
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
function lostKeys(universe: Universe, all = universe.servers.map(({ data }) => data)): string | undefined {
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
function lostToken(universe: Universe, given: readonly string[] = []): string | undefined {
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

function expectUp(universe: Universe): void {
  for (const server of universe.servers) ok(universe.isUp(server), "a replica is not up");
}

function expectFree(universe: Universe): void {
  equal(universe.locks.at(-1)?.entry, undefined, "the lock is held");
  deepEqual([...universe.access.ceremonies], [], "a ceremony is left");
}

function expectIdentities(universe: Universe): void {
  for (const identity of IDENTITIES) {
    const { credential } = universe.credentials.read(identity);
    notEqual(credential && universe.access.logIn(IDENTITY_LOGIN, credential.secretId), undefined, identity);
  }
}

/** The record has the keys that open the data, under their own names. */
function expectRecorded(universe: Universe, type: KeyType): void {
  deepEqual(recordedKeys(universe.record, type).map(textOf), universe.keysOf().keys.map(textOf), "keys of the record");
  equal(pendingKeys(universe.record, type), undefined, "pending keys");
}

function textOf(secret: Secret): string {
  return secret.reveal();
}

/** An empty server that was initialised, and whose answer was lost, has no data: it may be wiped. */
function wipe(universe: Universe, { code }: OperationError): boolean {
  if (code !== "answer-lost" || !universe.lossExcused) return false;
  universe.wipe();
  universe.lossExcused = false;
  return true;
}

/** A run that sleeps for longer in the middle of a turn may withdraw the announcement of the run that took its lock. */
const WITHIN_A_LEASE = 60_000;

const CENTRAL = ["central-unreachable", "central-refused"] as const;

function unsealing(name: string, instance: Instance): ExploredOperation {
  return {
    name,
    isLong: true,
    begin: () => Promise.resolve(new Universe(instance)),
    run: (context) => unsealInstance(context),
    codes: [...CENTRAL, "answer-lost", "journal-unwritable"],
    lost: lostKeys,
    remedy: wipe,
    expectReached: (universe) => {
      expectUp(universe);
      const answer = universe.answers.at(-1);
      deepEqual(universe.recordedFields, answer && withAnswer({}, answer));
      deepEqual(
        [...universe.disk.values()].filter(({ answer: kept }) => kept !== undefined),
        [],
        "journals",
      );
      expectIdentities(universe);
    },
  };
}

function restarting(change: "revision" | "certificate", instance: Instance): ExploredOperation {
  return {
    name: `rolling restart for a new ${change} with the seal ${instance.seal}`,
    isLong: true,
    begin: async () => {
      const universe = await running(instance);
      universe[change]++;
      return universe;
    },
    run: (context) => unsealInstance(context),
    codes: [...CENTRAL],
    lost: lostKeys,
    expectReached: (universe) => {
      expectUp(universe);
      for (const server of universe.servers)
        deepEqual([server.revision, server.certificate], [universe.revision, universe.certificate]);
    },
  };
}

/** A person who deletes the pod that the program names, and no other. */
function withPerson(context: OperationContext, universe: Universe): OperationContext {
  const { clock } = context;
  const sleep = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    const [, pod] = /delete the pod \S*\/(\S+) now/.exec(String(universe.events.at(-1)?.fields.reason)) ?? [];
    const server = universe.servers[universe.instance.replicas.findIndex(({ name }) => name === pod)];
    if (pod !== undefined && server?.pod === undefined && server?.revision !== universe.revision)
      universe.deletePod(pod);
    await clock.sleep(milliseconds, signal);
  };
  return { ...context, clock: { ...clock, sleep } };
}

function migrating(from: Instance, to: Instance): ExploredOperation {
  return {
    name: `migrate-seal from ${from.seal} to ${to.seal}`,
    begin: async () => {
      const universe = await running(from);
      universe.configured = to.seal;
      universe.revision++;
      return universe;
    },
    run: (context, universe) => migrateSeal({ ...withPerson(context, universe), instance: to }),
    codes: [...CENTRAL],
    lost: lostKeys,
    expectReached: (universe) => {
      expectUp(universe);
      for (const { seal } of universe.servers) equal(seal, to.seal);
      expectRecorded(universe, keyTypeOf(to.seal));
      equal(universe.metadata.seal, to.seal);
      expectFree(universe);
    },
  };
}

function rotating(instance: Instance): ExploredOperation {
  const type = keyTypeOf(instance.seal);
  return {
    name: `rotate-keys of ${instance.seal}`,
    begin: () => running(instance),
    run: (context, universe) => rotateKeys(described(context, universe), NEW),
    codes: [...CENTRAL],
    lost: lostKeys,
    expectReached: (universe) => {
      expectRecorded(universe, type);
      const { "secret-shares": shares, "secret-threshold": threshold } = universe.metadata;
      deepEqual([shares, threshold, universe.keysOf().threshold], ["7", "4", 4]);
      ok(universe.access.ceremony.rotations > 0, "no rotation");
      expectFree(universe);
    },
  };
}

/** An instance without a root token. */
async function revoked(): Promise<Universe> {
  const universe = await running();
  universe.versions.push({ fields: withoutRootToken(universe.record), at: universe.now, deleted: false });
  universe.access.revokeRoot();
  return universe;
}

/** An instance with keys as a server makes them. */
async function escrowed(): Promise<Universe> {
  const universe = await running();
  const keys = split(Buffer.from("0123456789abcdef0123456789abcdef"), 5, 3).map((key) => new Secret(key));
  universe.useKeys({ keys, threshold: 3 });
  const fields = withKeys(universe.record, "unseal", keys);
  universe.versions.push({ fields, at: universe.now, deleted: false });
  return universe;
}

/** Tokens that a person has. */
const GIVEN = new WeakMap<Universe, string[]>();

function givenTo(universe: Universe): string[] {
  const given = GIVEN.get(universe) ?? [];
  GIVEN.set(universe, given);
  return given;
}

/** What a restore takes, beside an instance. */
interface Backup {
  readonly target: MemoryTarget;
  readonly manifest: Manifest;
  readonly key: AgeKey;
  readonly keys: readonly string[];
}

interface RestoredFrom {
  /** Whether the servers have lost their data. */
  readonly wiped?: boolean;
  /** Whether the keys were rotated after the snapshot. */
  readonly rotated?: boolean;
}

function restoring(name: string, { wiped = false, rotated = false }: RestoredFrom): ExploredOperation {
  const force = wiped || rotated;
  let backup: Backup | undefined;
  const taken = (): Backup => {
    if (backup === undefined) throw new Error("no snapshot");
    return backup;
  };
  return {
    name,
    isLong: force,
    begin: async () => {
      const universe = await running();
      const target = new MemoryTarget();
      const key = await ageKey();
      const manifest = await saveSnapshot(universe.start(), target, [key.recipient]);
      universe.living.clear();
      backup = { target, manifest, key, keys: universe.keysOf().keys.map(textOf) };
      universe.access.policies.set("later", "");
      if (rotated) await rotateKeys(universe.start(), { shares: 5, threshold: 3 });
      if (wiped) universe.wipe();
      universe.living.clear();
      return universe;
    },
    run: (context, universe) => {
      const { target, manifest, key } = taken();
      return restoreSnapshot({ ...described(context, universe), breakGlass: "the data are lost" }, target, {
        manifest,
        identities: [new Secret(key.identity)],
        force,
      });
    },
    // A copy of the central Vault that lags behind hides the temporary keys of the run before, so that the server looks like one that works.
    codes: [...CENTRAL, "restore-unfinished", ...(wiped ? (["identity-rehearsal"] as const) : [])],
    // What is in a server that was initialised to receive the snapshot is nobody's data.
    lost: (universe) => (universe.servers.some(({ data }) => data === 0) ? lostKeys(universe, [0]) : undefined),
    longestStop: WITHIN_A_LEASE,
    breaksGlass: force,
    remedy: (universe, { code }) => {
      if (code !== "restore-unfinished" || universe.servers.some(({ data }) => data === 0)) return false;
      universe.wipe();
      return true;
    },
    expectReached: (universe) => {
      expectUp(universe);
      for (const { data } of universe.servers) equal(data, 0);
      ok(!universe.access.policies.has("later"), "the data are not those of the snapshot");
      expectRecorded(universe, "unseal");
      deepEqual(universe.keysOf().keys.map(textOf), taken().keys);
      equal(universe.temporaryKeys, undefined);
      expectFree(universe);
      expectIdentities(universe);
    },
  };
}

/** Operations whose faults are explored, each with a world in which it has something to do. */
export const EXPLORED_OPERATIONS: readonly ExploredOperation[] = [
  unsealing("unseal, from empty servers", INSTANCE),
  unsealing("unseal, from empty servers that unseal themselves", TRANSIT),
  {
    name: "unseal, after a power failure",
    begin: async () => {
      const universe = await running();
      for (const server of universe.servers) Object.assign(server, { sealed: true, readyAt: undefined, joined: false });
      return universe;
    },
    run: (context) => unsealInstance(context),
    codes: [...CENTRAL],
    lost: lostKeys,
    expectReached: expectUp,
  },
  restarting("revision", INSTANCE),
  restarting("certificate", TRANSIT),
  migrating(INSTANCE, TRANSIT),
  migrating(TRANSIT, INSTANCE),
  rotating(INSTANCE),
  rotating(TRANSIT),
  {
    name: "rotate-barrier",
    begin: () => running(),
    run: (context, universe) => rotateBarrier(described(context, universe)),
    codes: [...CENTRAL],
    lost: lostKeys,
    expectReached: (universe) => {
      ok(universe.access.barrierTerm > 1, "not rotated");
      expectFree(universe);
    },
  },
  {
    name: "root-token generate, into the record",
    begin: revoked,
    run: (context, universe) => generateRootToken(described(context, universe)),
    codes: [...CENTRAL],
    longestStop: WITHIN_A_LEASE,
    lost: (universe) => lostKeys(universe) ?? lostToken(universe),
    expectReached: (universe) => {
      deepEqual([...universe.access.ceremony.rootTokens], [rootToken(universe.record)?.reveal()]);
      equal(universe.metadata["root-token-begun"], undefined);
      expectFree(universe);
    },
  },
  {
    name: "root-token generate, for a person",
    begin: revoked,
    run: (context, universe) =>
      generateRootToken(described(context, universe), (token) => {
        givenTo(universe).push(token.reveal());
        return Promise.resolve();
      }),
    codes: [...CENTRAL],
    longestStop: WITHIN_A_LEASE,
    lost: (universe) => lostKeys(universe) ?? lostToken(universe, givenTo(universe)),
    expectReached: (universe) => {
      for (const token of universe.access.ceremony.rootTokens) ok(givenTo(universe).includes(token), "nobody has it");
      equal(universe.metadata["root-token-begun"], undefined);
      expectFree(universe);
    },
  },
  {
    name: "root-token revoke",
    begin: () => running(),
    run: (context, universe) => revokeRootToken(described(context, universe)),
    codes: [...CENTRAL],
    lost: (universe) =>
      rootToken(universe.record) === undefined && !universe.access.rootIsRevoked
        ? "the root token is valid and not in the record"
        : lostKeys(universe),
    expectReached: (universe) => {
      deepEqual([universe.access.rootIsRevoked, rootToken(universe.record)], [true, undefined]);
      expectFree(universe);
    },
  },
  {
    name: "escrow verify",
    begin: escrowed,
    run: (context, universe) => verifyEscrow(described(context, universe)),
    codes: [...CENTRAL],
    lost: lostKeys,
    expectReached: (universe) => {
      equal(universe.access.ceremony.rotations, 0);
      notEqual(universe.metadata["escrow-verified"], undefined);
      expectUp(universe);
      expectFree(universe);
    },
  },
  restoring("snapshot restore, into a running instance", {}),
  restoring("snapshot restore, after a rotation of the keys", { rotated: true }),
  restoring("snapshot restore, into empty servers", { wiped: true }),
  restoring("snapshot restore, into empty servers after a rotation", { wiped: true, rotated: true }),
  {
    name: "seal",
    begin: () => running(),
    run: (context, universe) => sealInstance(described(context, universe)),
    codes: [...CENTRAL, "seal-unconfirmed"],
    lost: (universe) =>
      universe.servers.some(({ sealed }) => sealed) && universe.metadata.held === undefined
        ? "a replica is sealed that is not held"
        : lostKeys(universe),
    expectReached: (universe) => {
      for (const { sealed } of universe.servers) ok(sealed, "a replica is open");
      equal(universe.locks.at(-1)?.entry, undefined, "the lock is held");
    },
  },
  {
    name: "step-down",
    begin: () => running(),
    run: (context, universe) => stepDown(described(context, universe)),
    codes: [...CENTRAL, "no-successor"],
    lost: lostKeys,
    expectReached: (universe) => {
      expectUp(universe);
      expectFree(universe);
    },
  },
];
