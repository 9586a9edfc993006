import { deepEqual, equal, ok } from "node:assert/strict";
import { recordedKeys } from "../../src/central/record";
import { Secret } from "../../src/core/secret";
import { adoptInstance } from "../../src/operations/adoption/adopt-instance";
import { importBundle } from "../../src/operations/portability/import-instance";
import type { BundleRecord } from "../../src/operations/portability/records";
import type { ExploredOperation } from "./schedule";
import {
  CENTRAL,
  described,
  expectFree,
  expectIdentities,
  expectRecorded,
  expectUp,
  lostKeys,
  running,
} from "./explored-worlds";
import { mountsOf } from "./memory-content";
import { split } from "./shamir";
import { INSTANCE, Universe } from "./simulation";

/** Keys of an instance that was made by hand. */
const KEYS = split(Buffer.from("0123456789abcdef0123456789abcdef"), 5, 3).map((key) => new Secret(key));

/** Servers that people initialised, joined and unsealed. No record knows of them. */
async function madeByHand(): Promise<Universe> {
  const universe = new Universe(INSTANCE);
  const context = universe.start();
  for (const [index, replica] of INSTANCE.replicas.entries()) {
    const server = context.replica(replica);
    await (index === 0
      ? server.initialize("shamir", 5, 3)
      : server.join(INSTANCE.replicas[0]?.address ?? "", undefined));
    universe.useKeys({ keys: KEYS, threshold: 3 }, 0);
    for (const key of KEYS.slice(0, 3)) await server.unseal(key);
  }
  universe.living.clear();
  universe.now += 20_000;
  return universe;
}

/** A hand-made instance gets a record. */
export function adopting(): ExploredOperation {
  return {
    name: "adopt",
    isLong: true,
    stride: 3,
    begin: madeByHand,
    run: (context, universe) => {
      const [answer] = universe.answers;
      return adoptInstance(context, { keys: KEYS, rootToken: answer?.rootToken });
    },
    codes: [...CENTRAL],
    lost: (universe) => {
      const keys = recordedKeys(universe.record, "unseal");
      return keys.length === 0 ? undefined : lostKeys(universe);
    },
    expectReached: (universe) => {
      expectUp(universe);
      expectRecorded(universe, "unseal");
      equal(universe.record["root-token"], universe.answers[0]?.rootToken?.reveal());
      equal(universe.access.ceremony.rotations, 0);
      expectFree(universe);
      expectIdentities(universe);
    },
  };
}

const SECRETS = ["one", "two", "three"].map((path): BundleRecord => ({
  ...{ kind: "secret", mount: "old", path, versions: [{ data: { value: path } }] },
}));
const RECORDS: readonly BundleRecord[] = [
  { kind: "mount", path: "sys/mounts/old", settings: { type: "kv" } },
  { kind: "object", path: "sys/policies/acl/reader", data: { policy: "# mine" } },
  ...SECRETS,
];

/** A bundle comes into an instance that has nothing of it. */
export function importing(): ExploredOperation {
  const bundle = {
    async *records() {
      for (const record of RECORDS) yield await Promise.resolve(record);
    },
  };
  return {
    name: "import",
    begin: async () => {
      const universe = await running();
      Object.assign(universe.content.objects, mountsOf({}));
      return universe;
    },
    run: async (context, universe) => {
      const { conflicts } = await importBundle(described(context, universe), bundle, {
        overwrite: false,
        dryRun: false,
      });
      deepEqual(conflicts, [], "what the run before wrote counts as a conflict");
    },
    codes: [...CENTRAL],
    lost: lostKeys,
    expectReached: (universe) => {
      const { objects } = universe.content;
      for (const path of ["one", "two", "three"]) deepEqual(objects[`old/${path}`], { value: path });
      equal(objects["sys/policies/acl/reader"]?.policy, "# mine");
      ok(!("sys/policies/acl/tenant-vault-import" in objects), "the policy of the run is left");
      expectFree(universe);
    },
  };
}
