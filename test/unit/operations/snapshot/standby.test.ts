import { beforeAll, describe, expect, test } from "vitest";
import { fromMetadata } from "../../../../src/central/instance-metadata";
import { keySets } from "../../../../src/central/pending-keys";
import { hasKeys, recordedKeys, type RecordFields } from "../../../../src/central/record";
import type { Instance } from "../../../../src/contract/instance";
import { OperationError } from "../../../../src/core/errors";
import { Secret } from "../../../../src/core/secret";
import { rotateKeys } from "../../../../src/operations/ceremonies/rotate-keys";
import type { OperationContext } from "../../../../src/operations/context";
import type { Manifest } from "../../../../src/operations/snapshot/manifest";
import { restoreSnapshot, type RestoreReport } from "../../../../src/operations/snapshot/restore-snapshot";
import { saveSnapshot } from "../../../../src/operations/snapshot/save-snapshot";
import { hasSnapshot, promoteStandby, type Origin } from "../../../../src/operations/snapshot/standby";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { ageKey, type AgeKey } from "../../../support/age";
import { MemoryTarget } from "../../../support/memory-target";
import { SimulatedCredentials } from "../../../support/simulated-access";
import { Crash, INSTANCE, Universe, type FaultPlan } from "../../../support/simulation";

const MARK = "standby-of";
const ORIGIN = "customer10/origin";

let key: AgeKey;
beforeAll(async () => {
  key = await ageKey();
});

/** Servers that have lost a former instance, of which two snapshots with different keys are left, and are a new one now. */
class Scene {
  static async make(instance: Instance = INSTANCE): Promise<Scene> {
    const universe = new Universe(instance);
    await unsealInstance(universe.start());
    const scene = new Scene(universe);
    scene.first = await saveSnapshot(universe.start(), scene.target, [key.recipient]);
    if (instance.seal === "shamir") await rotateKeys(universe.start(), { shares: 5, threshold: 3 });
    universe.now += 60_000;
    scene.second = await saveSnapshot(universe.start(), scene.target, [key.recipient]);
    scene.versions.push(...universe.versions.map(({ fields }) => fields));
    for (const [identity, versions] of universe.credentials.versions)
      scene.credentials.versions.set(identity, versions);
    // The standby is another instance.
    universe.wipe();
    universe.versions.length = 0;
    universe.credentials.versions.clear();
    for (const name of Object.keys(universe.metadata)) Reflect.deleteProperty(universe.metadata, name);
    await unsealInstance(universe.start());
    universe.living.clear();
    universe.onEffect = () => scene.expectKept();
    return scene;
  }

  first!: Manifest;
  second!: Manifest;
  readonly target = new MemoryTarget();
  /** What the central Vault has of the origin. */
  readonly metadata: Record<string, string> = {};
  private readonly versions: RecordFields[] = [];
  private readonly credentials = new SimulatedCredentials();

  private constructor(readonly universe: Universe) {}

  get origin(): Origin {
    return {
      store: {
        path: ORIGIN,
        readMetadata: () => Promise.resolve(this.metadata),
        readVersion: (version) => Promise.resolve(this.versions[version - 1]),
        readWithKeys: (type, fingerprint) =>
          Promise.resolve(this.versions.findLast((fields) => hasKeys(fields, type, fingerprint))),
      },
      credentials: {
        read: (identity) => Promise.resolve(this.credentials.read(identity)),
        readVersion: (identity, version) => Promise.resolve(this.credentials.readVersion(identity, version)),
      },
    };
  }

  restore(manifest: Manifest, force = false, faults: readonly FaultPlan[] = []): Promise<RestoreReport> {
    const context = this.started(faults);
    return restoreSnapshot(force ? { ...context, breakGlass: "a standby" } : context, this.target, {
      ...{ manifest, force, identities: [new Secret(key.identity)], origin: this.origin },
    });
  }

  /** A process that works on the standby as its record describes it. */
  started(faults: readonly FaultPlan[] = []): OperationContext {
    const instance = fromMetadata("customer10", "main", this.universe.metadata);
    if (instance === undefined) throw new Error("not described");
    return { ...this.universe.start(faults), instance };
  }

  /** Fails unless the record has the keys that open the data. A server that was initialised to receive a snapshot has nothing. */
  expectKept(): void {
    const { universe } = this;
    const sets = keySets(universe.record, "unseal").map(({ keys }) => keys.map(text).join());
    for (const { data } of universe.servers.filter((server) => (server.data ?? 2) < 2))
      expect(sets).toContain(universe.keysOf(data).keys.map(text).join());
  }

  expectRestored({ name, recordVersion }: Manifest): void {
    const { universe } = this;
    for (const server of universe.servers) expect([server.data, universe.isUp(server)]).toEqual([0, true]);
    expect(recordedKeys(universe.record, "unseal")).toEqual(
      recordedKeys(this.versions[recordVersion - 1] ?? {}, "unseal"),
    );
    expect(Object.keys(universe.record).filter((field) => field.startsWith("new-"))).toEqual([]);
    expect(universe.metadata).toMatchObject({ [MARK]: ORIGIN, "restore-proven-snapshot": name });
    for (const identity of ["apply", "plan", "operate", "ceremony"] as const) {
      const { credential } = universe.credentials.read(identity);
      expect(credential && universe.access.logIn("tenant-vault", credential.secretId)).toBeDefined();
    }
  }
}

function text(secret: Secret): string {
  return secret.reveal();
}

test("a standby follows the other instance: by force once, then also after a rotation of its keys", async () => {
  const scene = await Scene.make();
  const { universe } = scene;
  await scene.restore(scene.first, true);
  scene.expectRestored(scene.first);
  expect(await hasSnapshot(scene.started(), scene.origin, scene.first.name)).toBe(true);
  expect(await hasSnapshot(scene.started(), scene.origin, scene.second.name)).toBe(false);
  await scene.restore(scene.second);
  scene.expectRestored(scene.second);
  // With the same keys, the endpoint checks the seal, and the record stays as it is.
  const versions = universe.versions.length;
  await scene.restore(scene.second);
  scene.expectRestored(scene.second);
  expect(universe.versions).toHaveLength(versions);
});

test("a standby that lost its storage is filled again without force", async () => {
  const scene = await Scene.make();
  await scene.restore(scene.first, true);
  scene.universe.wipe();
  expect(await scene.restore(scene.second)).toMatchObject({ blank: true });
  scene.expectRestored(scene.second);
});

test("a restore that is killed at any moment is finished by a later snapshot with other keys, and no key is lost", async () => {
  let crashes = 0;
  for (let effect = 0; effect < 60; effect++) {
    const scene = await Scene.make();
    await scene.restore(scene.first, true, [{ effect, fault: "crash-after" }]).catch((error: unknown) => {
      if (!(error instanceof Crash || error instanceof OperationError)) throw error;
      crashes++;
    });
    scene.universe.living.clear();
    await scene.restore(scene.second, scene.universe.metadata[MARK] === undefined);
    scene.expectRestored(scene.second);
  }
  expect(crashes).toBeGreaterThan(10);
});

describe("nothing is replaced", () => {
  test.each<[string, string, boolean, (scene: Scene) => void]>([
    ["in an instance that is not marked", "standby-unmarked", false, () => undefined],
    [
      "in the standby of another instance",
      "standby-unmarked",
      false,
      ({ universe }) => void (universe.metadata[MARK] = "customer10/third"),
    ],
    ["by the data of a standby", "standby-unmarked", true, ({ metadata }) => void (metadata[MARK] = "customer10/main")],
    ["in a standby that is held", "held", true, ({ universe }) => void (universe.metadata.held = "incident 42")],
  ])("%s", async (_, code, force, change) => {
    const scene = await Scene.make();
    change(scene);
    const before = { ...scene.universe.metadata };
    await expect(scene.restore(scene.first, force)).rejects.toMatchObject({ code });
    expect([scene.universe.restored, scene.universe.metadata]).toEqual([0, before]);
  });

  test("if the seal of the standby does not open the snapshot", async () => {
    const scene = await Scene.make({ ...INSTANCE, seal: "transit" });
    scene.universe.onEffect = () => undefined;
    await expect(scene.restore(scene.first, true)).rejects.toThrow(
      `The seal of customer10/main does not open the snapshot ${scene.first.name}; give it the seal of ${ORIGIN}, with the same key.`,
    );
    expect(scene.universe.restored).toBe(0);
  });
});

describe("a promotion", () => {
  test("unseals the standby and removes its mark", async () => {
    const scene = await Scene.make();
    await scene.restore(scene.first, true);
    for (const server of scene.universe.servers) server.sealed = true;
    expect(await promoteStandby(scene.started())).toMatchObject({ snapshot: scene.first.name });
    expect(scene.universe.metadata[MARK]).toBeUndefined();
    await expect(scene.restore(scene.second)).rejects.toMatchObject({ code: "standby-unmarked" });
    await expect(promoteStandby(scene.started())).rejects.toMatchObject({ code: "standby-unmarked" });
  });

  test("is refused while a restore is unfinished", async () => {
    const scene = await Scene.make();
    scene.universe.metadata[MARK] = ORIGIN;
    await expect(promoteStandby(scene.started())).rejects.toMatchObject({ code: "restore-unfinished" });
    await scene.restore(scene.first);
    scene.universe.versions.push({
      fields: {
        ...scene.universe.record,
        "new-unseal-key-0": "x",
        "new-keys-threshold": "1",
        "new-keys-ceremony": "restore s",
      },
      at: 0,
      deleted: false,
    });
    await expect(promoteStandby(scene.started())).rejects.toMatchObject({ code: "restore-unfinished" });
    expect(scene.universe.metadata[MARK]).toBe(ORIGIN);
  });
});
