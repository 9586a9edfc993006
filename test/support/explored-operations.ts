import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { rootToken, withAnswer, withKeys, withoutRootToken } from "../../src/central/record";
import type { Instance } from "../../src/contract/instance";
import type { Placeholder } from "../../src/contract/placeholders";
import type { OperationError } from "../../src/core/errors";
import { Secret } from "../../src/core/secret";
import { isOfKey } from "../../src/operations/authorities/authority-bundle";
import { ensureAuthority } from "../../src/operations/authorities/ensure-authority";
import { ensureSshKey } from "../../src/operations/authorities/ensure-ssh-key";
import { rotateBarrier } from "../../src/operations/ceremonies/rotate-barrier";
import { revokeCertificates } from "../../src/operations/certificates/revoke-certificates";
import { rotateKeys } from "../../src/operations/ceremonies/rotate-keys";
import { verifyEscrow } from "../../src/operations/escrow/verify-escrow";
import { migrateSeal } from "../../src/operations/migrate-seal/migrate-seal";
import { placeholderState } from "../../src/operations/placeholders/placeholder-state";
import { writePlaceholders } from "../../src/operations/placeholders/write-placeholders";
import { generateRootToken } from "../../src/operations/root-token/generate-root-token";
import { revokeRootToken } from "../../src/operations/root-token/revoke-root-token";
import { sealInstance } from "../../src/operations/seal/seal-instance";
import { stepDown } from "../../src/operations/step-down/step-down";
import { unsealInstance } from "../../src/operations/unseal/unseal-instance";
import { keyTypeOf } from "../../src/vault/keys";
import { CERTIFICATE } from "./certificate";
import type { ExploredOperation } from "./schedule";
import { adopting, importing } from "./explored-arrivals";
import { followingStandby, promotingStandby, restoring } from "./explored-restores";
import {
  CENTRAL,
  described,
  expectFree,
  expectIdentities,
  expectRecorded,
  expectShares,
  expectUp,
  lostKeys,
  lostToken,
  openedAlone,
  running,
  WITHIN_A_LEASE,
  withPerson,
} from "./explored-worlds";
import { split } from "./shamir";
import { EXPORTED, simulatedAuthority, simulatedKey, SSH_KEY } from "./simulated-authorities";
import { INSTANCE, Universe } from "./simulation";
import { madeSshKey } from "./ssh-keys";

const TRANSIT: Instance = { ...INSTANCE, seal: "transit" };
const NEW = { shares: 7, threshold: 4 };

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

/** @param groups Watchers that have only some of the keys each. */
function rotating(instance: Instance, ...groups: readonly string[]): ExploredOperation {
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

const PLACEHOLDERS: readonly Placeholder[] = [
  { mount: "kv", path: "web/smtp", keys: ["password"], owner: "mail-team" },
  { mount: "kv", path: "payments", keys: ["key"] },
];

/** A mount must not have a key that is nowhere else. */
function lostAuthority({ content, authorities }: Universe): string | undefined {
  const issuers = Object.entries(content.objects).filter(([path]) => path.startsWith("pki/issuer/"));
  if (issuers.length === 0) return undefined;
  const { key } = authorities.read(EXPORTED.issuer);
  const isHeld = issuers.every(([, { certificate }]) => key !== undefined && isOfKey(String(certificate), key));
  return isHeld ? undefined : "the central Vault does not have the key of an issuer";
}

function expectAuthority({ content, authorities }: Universe, name: string): void {
  const issuers = Object.entries(content.objects).filter(([path]) => path.startsWith("pki/issuer/"));
  deepEqual(
    issuers.map(([, { issuer_name: found }]) => found),
    [name],
  );
  const { key, certificate } = authorities.read(name);
  ok(key !== undefined && certificate !== undefined && isOfKey(certificate, key), "the central Vault has no CA");
  equal(issuers[0]?.[1].certificate, certificate);
}

const OF_SSH = madeSshKey();

const SERIALS = ["0a", "0b", "0c"];

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
  {
    name: "placeholders",
    begin: () => running(),
    run: (context) => writePlaceholders(context, PLACEHOLDERS),
    codes: [...CENTRAL],
    lost: lostKeys,
    expectReached: (universe) => {
      for (const { mount, path } of PLACEHOLDERS) {
        const state = placeholderState(universe.content.objects[`${mount}/metadata/${path}`]);
        // A run that was killed before it marked what it wrote leaves it to a person.
        ok(state === "TBD" || (universe.newest > 2 && state === "unconfirmed"), state);
      }
    },
  },
  {
    name: "authority, exported",
    begin: () => running(),
    run: (context) => ensureAuthority(context, EXPORTED, simulatedKey),
    codes: [...CENTRAL],
    lost: (universe) => lostKeys(universe) ?? lostAuthority(universe),
    expectReached: (universe) => expectAuthority(universe, EXPORTED.issuer),
  },
  {
    name: "authority, exported, into a mount that is created again",
    begin: async () => {
      const universe = await running();
      const { key, certificate } = simulatedAuthority(0);
      universe.authorities.keep(EXPORTED.issuer, "key", key);
      universe.authorities.keep(EXPORTED.issuer, "certificate", certificate);
      return universe;
    },
    run: (context) => ensureAuthority(context, EXPORTED, simulatedKey),
    codes: [...CENTRAL],
    lost: lostKeys,
    expectReached: (universe) => expectAuthority(universe, EXPORTED.issuer),
  },
  {
    name: "authority, the key of an SSH authority",
    begin: async () => {
      const universe = await running();
      universe.authorities.bundles.set("operator/ssh-ca#private-key", new Secret(OF_SSH.file));
      return universe;
    },
    run: (context) => ensureSshKey(context, SSH_KEY),
    codes: [...CENTRAL],
    lost: lostKeys,
    expectReached: ({ content }) => equal(content.objects["ssh/config/ca"]?.public_key, OF_SSH.publicKey),
  },
  {
    name: "certificates revoke",
    begin: async () => {
      const universe = await running();
      for (const serial of SERIALS) universe.content.objects[`pki/certs/${serial}`] = {};
      for (const serial of SERIALS) universe.content.objects[`pki/cert/${serial}`] = { certificate: CERTIFICATE };
      return universe;
    },
    run: (context) => revokeCertificates(context, { mounts: ["pki"], issuedSince: 0 }),
    codes: [...CENTRAL],
    lost: lostKeys,
    expectReached: (universe) => {
      for (const serial of SERIALS) equal(universe.content.objects[`pki/cert/${serial}`]?.revocation_time, 1);
      expectFree(universe);
    },
  },
  adopting(),
  importing(),
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
