import { deepEqual, equal, ok } from "node:assert/strict";
import type { Placeholder } from "../../src/contract/placeholders";
import { Secret } from "../../src/core/secret";
import { isOfKey } from "../../src/operations/authorities/authority-bundle";
import { ensureAuthority } from "../../src/operations/authorities/ensure-authority";
import { ensureSshKey } from "../../src/operations/authorities/ensure-ssh-key";
import { revokeCertificates } from "../../src/operations/certificates/revoke-certificates";
import { placeholderState } from "../../src/operations/placeholders/placeholder-state";
import { writePlaceholders } from "../../src/operations/placeholders/write-placeholders";
import { CERTIFICATE } from "./certificate";
import type { ExploredOperation } from "./schedule";
import { CENTRAL, expectFree, lostKeys, running } from "./explored-worlds";
import { EXPORTED, simulatedAuthority, simulatedKey, SSH_KEY } from "./simulated-authorities";
import type { Universe } from "./simulation";
import { madeSshKey } from "./ssh-keys";

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

/** Operations on what an instance contains. */
export const ON_CONTENT: readonly ExploredOperation[] = [
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
];
