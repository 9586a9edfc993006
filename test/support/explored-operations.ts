import { deepEqual, equal, ok } from "node:assert/strict";
import { withAnswer } from "../../src/central/record";
import type { Instance } from "../../src/contract/instance";
import type { OperationError } from "../../src/core/errors";
import { migrateSeal } from "../../src/operations/migrate-seal/migrate-seal";
import { sealInstance } from "../../src/operations/seal/seal-instance";
import { stepDown } from "../../src/operations/step-down/step-down";
import { unsealInstance } from "../../src/operations/unseal/unseal-instance";
import { keyTypeOf } from "../../src/vault/keys";
import type { ExploredOperation } from "./schedule";
import { adopting, importing } from "./explored-arrivals";
import { CEREMONIES, rotating } from "./explored-ceremonies";
import { ON_CONTENT } from "./explored-content";
import { followingStandby, promotingStandby, restoring } from "./explored-restores";
import {
  CENTRAL,
  described,
  expectFree,
  expectIdentities,
  expectRecorded,
  expectUp,
  lostKeys,
  running,
  withPerson,
} from "./explored-worlds";
import { INSTANCE, Universe } from "./simulation";

const TRANSIT: Instance = { ...INSTANCE, seal: "transit" };

/** An empty server that was initialised, and whose answer was lost, has no data: it may be wiped. */
function wipe(universe: Universe, { code }: OperationError): boolean {
  if (code !== "answer-lost" || !universe.lossExcused) return false;
  universe.wipe();
  universe.lossExcused = false;
  return true;
}

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
  rotating(INSTANCE, "one", "two"),
  ...ON_CONTENT,
  adopting(),
  importing(),
  ...CEREMONIES,
  restoring("snapshot restore, into a running instance", {}),
  restoring("snapshot restore, with a root token for it alone", { revoked: true }),
  restoring("snapshot restore, after a rotation of the keys", { rotated: true }),
  restoring("snapshot restore, into empty servers", { wiped: true }),
  restoring("snapshot restore, into empty servers after a rotation", { wiped: true, rotated: true }),
  followingStandby(),
  promotingStandby(),
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
