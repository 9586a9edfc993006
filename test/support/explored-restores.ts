import { deepEqual, equal, ok } from "node:assert/strict";
import { hasKeys, recordedKeys, type RecordFields } from "../../src/central/record";
import { OperationError } from "../../src/core/errors";
import { Secret } from "../../src/core/secret";
import { rotateKeys } from "../../src/operations/ceremonies/rotate-keys";
import type { OperationContext } from "../../src/operations/context";
import type { Manifest } from "../../src/operations/snapshot/manifest";
import { revokeRootToken } from "../../src/operations/root-token/revoke-root-token";
import { restoreSnapshot } from "../../src/operations/snapshot/restore-snapshot";
import { saveSnapshot } from "../../src/operations/snapshot/save-snapshot";
import { promoteStandby, type Origin } from "../../src/operations/snapshot/standby";
import { unsealInstance } from "../../src/operations/unseal/unseal-instance";
import { ageKey, type AgeKey } from "./age";
import type { ExploredOperation } from "./schedule";
import {
  CENTRAL,
  described,
  expectFree,
  expectIdentities,
  expectRecorded,
  expectUp,
  lostKeys,
  lostToken,
  running,
  textOf,
  WITHIN_A_LEASE,
} from "./explored-worlds";
import { MemoryTarget } from "./memory-target";
import { SimulatedCredentials } from "./simulated-access";
import type { Universe } from "./simulation";

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
  /** Whether the record has no root token, so that the restore makes one. */
  readonly revoked?: boolean;
}

export function restoring(
  name: string,
  { wiped = false, rotated = false, revoked = false }: RestoredFrom,
): ExploredOperation {
  const force = wiped || rotated;
  let backup: Backup | undefined;
  const taken = (): Backup => {
    if (backup === undefined) throw new Error("no snapshot");
    return backup;
  };
  return {
    name,
    isLong: force || revoked,
    stride: revoked ? 2 : 1,
    begin: async () => {
      const universe = await running();
      if (revoked) await revokeRootToken(universe.start());
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
      const breakGlass = force ? "the data are lost" : undefined;
      return restoreSnapshot({ ...described(context, universe), breakGlass }, target, {
        manifest,
        identities: [new Secret(key.identity)],
        force,
      });
    },
    // A copy of the central Vault that lags behind hides the temporary keys of the run before, so that the server looks like one that works.
    codes: [...CENTRAL, "restore-unfinished", ...(wiped ? (["identity-rehearsal"] as const) : [])],
    // What is in a server that was initialised to receive the snapshot is nobody's data.
    lost: (universe) => {
      if (revoked) return lostToken(universe);
      return universe.servers.some(({ data }) => data === 0) ? lostKeys(universe, [0]) : undefined;
    },
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

/** Key of a record's metadata. */
const STANDBY_OF = "standby-of";

/** Another site, from which a standby gets its data. Nothing changes it meanwhile. */
class OtherSite {
  /** A standby that has the first of two snapshots. The keys were rotated between them. */
  static async withStandby(): Promise<{ readonly site: OtherSite; readonly universe: Universe }> {
    const universe = await running();
    const site = new OtherSite(await ageKey());
    const first = await site.save(universe);
    await rotateKeys(universe.start(), { shares: 5, threshold: 3 });
    universe.now += 60_000;
    site.newest = await site.save(universe);
    site.take(universe);
    await unsealInstance(universe.start());
    universe.now += 20_000;
    await site.restore({ ...described(universe.start(), universe), breakGlass: "a standby" }, first, true);
    universe.living.clear();
    return { site, universe };
  }

  newest!: Manifest;
  private readonly target = new MemoryTarget();
  private readonly versions: RecordFields[] = [];
  private readonly credentials = new SimulatedCredentials();

  private constructor(private readonly key: AgeKey) {}

  restore(context: OperationContext, manifest = this.newest, force = false): Promise<unknown> {
    const identities = [new Secret(this.key.identity)];
    return restoreSnapshot(context, this.target, { manifest, identities, force, origin: this.origin });
  }

  /** The keys of the newest snapshot. */
  get keys(): readonly string[] {
    return recordedKeys(this.versions.at(-1) ?? {}, "unseal").map(textOf);
  }

  private save(universe: Universe): Promise<Manifest> {
    return saveSnapshot(universe.start(), this.target, [this.key.recipient]);
  }

  /** Takes the record over, and leaves empty servers of another instance. */
  private take(universe: Universe): void {
    this.versions.push(...universe.versions.map(({ fields }) => fields));
    for (const [identity, versions] of universe.credentials.versions) this.credentials.versions.set(identity, versions);
    universe.wipe();
    universe.versions.length = 0;
    universe.credentials.versions.clear();
    for (const name of Object.keys(universe.metadata)) Reflect.deleteProperty(universe.metadata, name);
  }

  private get origin(): Origin {
    const { versions, credentials } = this;
    return {
      store: {
        path: "customer10/origin",
        readMetadata: () => Promise.resolve({}),
        readVersion: (version) => Promise.resolve(versions[version - 1]),
        readWithKeys: (type, fingerprint) =>
          Promise.resolve(versions.findLast((fields) => hasKeys(fields, type, fingerprint))),
      },
      credentials: {
        read: (identity) => Promise.resolve(credentials.read(identity)),
        readVersion: (identity, version) => Promise.resolve(credentials.readVersion(identity, version)),
      },
    };
  }
}

/** A schedule restores the next snapshot, which has other keys, into a standby. */
export function followingStandby(): ExploredOperation {
  let site: OtherSite;
  return {
    name: "snapshot restore, into a standby",
    isLong: true,
    stride: 3,
    begin: async () => {
      const found = await OtherSite.withStandby();
      site = found.site;
      return found.universe;
    },
    run: (context, universe) => site.restore(described(context, universe)),
    codes: [...CENTRAL],
    lost: lostKeys,
    longestStop: WITHIN_A_LEASE,
    expectReached: (universe) => {
      expectUp(universe);
      expectRecorded(universe, "unseal");
      deepEqual(universe.keysOf().keys.map(textOf), site.keys);
      equal(universe.metadata["restore-proven-snapshot"], site.newest.name);
      expectFree(universe);
      expectIdentities(universe);
    },
  };
}

/** A standby whose servers have restarted becomes an instance of its own. */
export function promotingStandby(): ExploredOperation {
  return {
    name: "snapshot promote",
    isLong: true,
    begin: async () => {
      const { universe } = await OtherSite.withStandby();
      for (const server of universe.servers) Object.assign(server, { sealed: true, readyAt: undefined, joined: false });
      return universe;
    },
    run: async (context, universe) => {
      try {
        return await promoteStandby(described(context, universe));
      } catch (error) {
        // The run before has promoted it.
        const isOver = error instanceof OperationError && error.code === "standby-unmarked";
        if (isOver && universe.metadata[STANDBY_OF] === undefined) return undefined;
        throw error;
      }
    },
    codes: [...CENTRAL],
    lost: lostKeys,
    expectReached: (universe) => {
      expectUp(universe);
      equal(universe.metadata[STANDBY_OF], undefined);
      expectFree(universe);
    },
  };
}
