import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { rootToken, withKeys, withoutRootToken } from "../../src/central/record";
import type { Instance } from "../../src/contract/instance";
import { Secret } from "../../src/core/secret";
import { rotateBarrier } from "../../src/operations/ceremonies/rotate-barrier";
import { rotateKeys } from "../../src/operations/ceremonies/rotate-keys";
import { verifyEscrow } from "../../src/operations/escrow/verify-escrow";
import { generateRootToken } from "../../src/operations/root-token/generate-root-token";
import { revokeRootToken } from "../../src/operations/root-token/revoke-root-token";
import { unsealInstance } from "../../src/operations/unseal/unseal-instance";
import { keyTypeOf } from "../../src/vault/keys";
import type { ExploredOperation } from "./schedule";
import {
  CENTRAL,
  described,
  expectFree,
  expectRecorded,
  expectShares,
  expectUp,
  lostKeys,
  lostToken,
  openedAlone,
  running,
  WITHIN_A_LEASE,
} from "./explored-worlds";
import { split } from "./shamir";
import type { Universe } from "./simulation";

const NEW = { shares: 7, threshold: 4 };

/** @param groups Watchers that have only some of the keys each. */
export function rotating(instance: Instance, ...groups: readonly string[]): ExploredOperation {
  const type = keyTypeOf(instance.seal);
  return {
    name: `rotate-keys of ${instance.seal}${groups.length === 0 ? "" : ", for share groups"}`,
    isLong: groups.length > 0,
    begin: async () => {
      const universe = await running(instance);
      universe.shareGroups.push(...groups);
      await unsealInstance(universe.start());
      universe.living.clear();
      return universe;
    },
    run: (context, universe) => rotateKeys(described(context, universe), NEW),
    codes: [...CENTRAL],
    lost: (universe) => lostKeys(universe) ?? openedAlone(universe),
    expectReached: (universe) => {
      expectRecorded(universe, type);
      expectShares(universe, groups);
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

/** Ceremonies with the keys of an instance, but their rotation. */
export const CEREMONIES: readonly ExploredOperation[] = [
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
];
