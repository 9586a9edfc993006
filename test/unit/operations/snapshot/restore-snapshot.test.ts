import { beforeAll, describe, expect, test } from "vitest";
import { fromMetadata } from "../../../../src/central/instance-metadata";
import { keySets, pendingKeys } from "../../../../src/central/pending-keys";
import { recordedKeys } from "../../../../src/central/record";
import type { Instance } from "../../../../src/contract/instance";
import { OperationError } from "../../../../src/core/errors";
import { Secret } from "../../../../src/core/secret";
import { rotateKeys } from "../../../../src/operations/ceremonies/rotate-keys";
import type { OperationContext } from "../../../../src/operations/context";
import { restoreSnapshot, situationOf, type RestoreReport } from "../../../../src/operations/snapshot/restore-snapshot";
import { saveSnapshot } from "../../../../src/operations/snapshot/save-snapshot";
import type { Manifest } from "../../../../src/operations/snapshot/manifest";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { keyTypeOf } from "../../../../src/vault/keys";
import { ageKey, type AgeKey } from "../../../support/age";
import { MemoryTarget } from "../../../support/memory-target";
import { Crash, INSTANCE, Universe, emptyServer, type FaultPlan } from "../../../support/simulation";

const TRANSIT: Instance = { ...INSTANCE, seal: "transit" };
const REASON = "the data are lost";

let key: AgeKey;
beforeAll(async () => {
  key = await ageKey();
});

/** An instance with a snapshot, and a mark that the data got later. */
class Scene {
  static async make(instance: Instance = INSTANCE): Promise<Scene> {
    const universe = new Universe(instance);
    await unsealInstance(universe.start());
    const target = new MemoryTarget();
    const manifest = await saveSnapshot(universe.start(), target, [key.recipient]);
    const scene = new Scene(universe, target, manifest, recordedKeys(universe.record, keyTypeOf(instance.seal)));
    universe.access.policies.set("later", "");
    universe.onEffect = () => scene.expectKept();
    return scene;
  }

  private constructor(
    readonly universe: Universe,
    readonly target: MemoryTarget,
    readonly manifest: Manifest,
    /** Those of the snapshot. */
    readonly keys: readonly Secret[],
  ) {}

  /** The same instance, with a snapshot of what it has now. */
  async saved(): Promise<Scene> {
    const { universe, target, keys } = this;
    universe.now += 60_000;
    return new Scene(universe, target, await saveSnapshot(universe.start(), target, [key.recipient]), keys);
  }

  restore(force = false, faults: readonly FaultPlan[] = []): Promise<RestoreReport> {
    return this.restoreAs(this.universe.start(faults), force);
  }

  restoreAs(context: OperationContext, force: boolean): Promise<RestoreReport> {
    const identities = [new Secret(key.identity)];
    const { target, manifest } = this;
    return restoreSnapshot({ ...this.described(context), ...(force ? { breakGlass: REASON } : {}) }, target, {
      manifest,
      identities,
      force,
    });
  }

  /** The instance as its record describes it, as the command does. */
  described(context: OperationContext): OperationContext {
    const instance = fromMetadata("customer10", "main", this.universe.metadata);
    if (instance === undefined) throw new Error("not described");
    return { ...context, instance };
  }

  /** Takes the storage of every server. */
  wipe(): void {
    this.universe.servers.splice(0, 3, emptyServer(), emptyServer(), emptyServer());
    this.universe.members.clear();
  }

  /** Fails unless the record has the keys that open the data, and always those of the snapshot or later ones. */
  expectKept(): void {
    const { universe } = this;
    const sets = keySets(universe.record, keyTypeOf(universe.instance.seal)).map(({ keys }) => keys.map(text).join());
    const temporary = universe.answers.slice(1).flatMap(({ keys }) => keys.map(text));
    for (const set of sets) for (const each of temporary) expect(set).not.toContain(each);
    for (const { data } of universe.servers.filter((server) => server.data === 0)) {
      expect(sets).toContain(universe.keysOf(data).keys.map(text).join());
    }
    expect(sets.join()).not.toBe("");
  }

  /** Fails unless every replica has the data and the keys of the snapshot, is unsealed and works. */
  expectRestored(): void {
    const { universe } = this;
    this.expectKept();
    for (const server of universe.servers) expect([server.data, universe.isUp(server)]).toEqual([0, true]);
    expect([...universe.members.values()].filter((since) => since <= universe.now)).toHaveLength(3);
    expect(universe.access.policies.has("later")).toBe(false);
    const type = keyTypeOf(universe.instance.seal);
    expect(recordedKeys(universe.record, type)).toEqual(this.keys);
    expect(pendingKeys(universe.record, type)).toBeUndefined();
    expect(universe.temporaryKeys).toBeUndefined();
    expect(universe.locks.at(-1)?.entry).toBeUndefined();
    for (const identity of ["apply", "plan", "operate", "ceremony"] as const) {
      const { credential } = universe.credentials.read(identity);
      expect(credential && universe.access.logIn("tenant-vault", credential.secretId)).toBeDefined();
    }
  }
}

function text(secret: Secret): string {
  return secret.reveal();
}

function unlessEnded(error: unknown): void {
  if (!(error instanceof Crash || error instanceof OperationError)) throw error;
}

describe.each([INSTANCE, TRANSIT])("a running instance with the seal $seal", (instance) => {
  test("gets the data of the snapshot back through the endpoint that checks the seal", async () => {
    const scene = await Scene.make(instance);
    const rotated = scene.universe.versions.length;
    expect(await scene.restore()).toMatchObject({ blank: false, raftPeers: 3 });
    scene.expectRestored();
    expect(scene.universe.versions).toHaveLength(rotated);
    expect(scene.universe.events.map(({ message }) => message)).not.toContain("restores by force");
  });

  test("works without a root token in the record; the one that is made is not left", async () => {
    const scene = await Scene.make(instance);
    const { universe } = scene;
    const { "root-token": _token, ...fields } = universe.record;
    universe.versions.push({ fields, at: 0, deleted: false });
    await scene.restore();
    scene.expectRestored();
    expect(universe.record).toHaveProperty("root-token");
  });
});

const SCENES: [string, Instance, (scene: Scene) => Promise<void> | void, boolean][] = [
  ["a running instance", INSTANCE, () => undefined, false],
  ["keys that were rotated since", INSTANCE, (scene) => rotate(scene), true],
  ["servers that lost their storage", INSTANCE, (scene) => scene.wipe(), true],
  [
    "servers that lost their storage after a rotation",
    INSTANCE,
    async (scene) => {
      await rotate(scene);
      scene.wipe();
    },
    true,
  ],
];

async function rotate(scene: Scene): Promise<void> {
  await rotateKeys(scene.universe.start(), { shares: 5, threshold: 3 });
}

describe.each(SCENES)("%s", (_, instance, prepare, force) => {
  test("is restored", async () => {
    const scene = await Scene.make(instance);
    await prepare(scene);
    await scene.restore(force);
    scene.expectRestored();
  });
});

test("the answer to the temporary initialisation is lost at one effect only", async () => {
  const lost: number[] = [];
  for (let effect = 0; effect < 12; effect++) {
    const scene = await Scene.make();
    scene.wipe();
    await scene.restore(true, [{ effect, fault: "crash-after" }]).catch(unlessEnded);
    scene.universe.living.clear();
    await scene.restore(true).catch((error: unknown) => {
      expect(error).toMatchObject({ code: "restore-unfinished" });
      lost.push(effect);
    });
  }
  expect(lost).toHaveLength(1);
});

test("another snapshot replaces what an interrupted restore has left", async () => {
  let unfinished = 0;
  for (let effect = 0; effect < 20; effect++) {
    const former = await Scene.make();
    const later = await former.saved();
    former.wipe();
    await former.restore(true, [{ effect, fault: "crash-after" }]).catch(unlessEnded);
    former.universe.living.clear();
    try {
      await later.restore(true);
      expect(later.universe.access.policies.has("later")).toBe(true);
      expect(later.universe.temporaryKeys).toBeUndefined();
    } catch (error) {
      expect(error).toMatchObject({ code: "restore-unfinished" });
      unfinished++;
    }
  }
  // Where the answer to the temporary initialisation was lost.
  expect(unfinished).toBe(1);
});

test("the lock stays while the replicas come up, however long one of them is away", async () => {
  const scene = await Scene.make();
  const { universe } = scene;
  let isAway = false;
  universe.onEffect = () => {
    if (isAway || universe.restored === 0) return;
    isAway = true;
    Object.assign(universe.servers[2] ?? {}, { pod: { endsAt: universe.now, answersAt: universe.now + 400_000 } });
  };
  await scene.restore();
  expect(universe.now).toBeGreaterThan(400_000);
  const kept = universe.locks.map(({ at }) => at);
  expect(Math.max(...kept.slice(1).map((at, index) => at - (kept[index] ?? at)))).toBeLessThan(180_000);
});

describe("a restore is refused, and nothing is changed,", () => {
  async function expectRefused(scene: Scene, code: string, force = false): Promise<void> {
    const { restored, record } = scene.universe;
    await expect(scene.restore(force)).rejects.toMatchObject({ code });
    expect([scene.universe.restored, scene.universe.record]).toEqual([restored, record]);
    expect(scene.universe.locks.at(-1)?.entry).toBeUndefined();
  }

  test("if the keys were rotated since, and nobody forces it", async () => {
    const scene = await Scene.make();
    await rotate(scene);
    await expectRefused(scene, "snapshot-keys");
  });

  test("if no server has data, and nobody forces it", async () => {
    const scene = await Scene.make();
    scene.wipe();
    await expectRefused(scene, "data-lost");
  });

  test("if the versions of the record with its keys are gone", async () => {
    const scene = await Scene.make();
    await rotate(scene);
    for (const version of scene.universe.versions.slice(0, -1)) version.deleted = true;
    await expectRefused(scene, "snapshot-keys", true);
  });

  test("if it is damaged", async () => {
    const scene = await Scene.make();
    const cipher = scene.target.files.get(`${scene.manifest.name}.age`);
    cipher?.writeUInt8(cipher.readUInt8(cipher.length - 5) ^ 1, cipher.length - 5);
    await expectRefused(scene, "snapshot-damaged");
  });

  test("if it is not the one that the manifest describes", async () => {
    const scene = await Scene.make();
    const later = await saveSnapshot(scene.universe.start(), scene.target, [key.recipient]);
    const other = scene.target.files.get(`${later.name}.age`) ?? Buffer.alloc(0);
    scene.target.files.set(`${scene.manifest.name}.age`, other);
    await expectRefused(scene, "snapshot-damaged");
  });

  test("if a rotation of the keys was interrupted", async () => {
    const scene = await Scene.make();
    await rotate(scene);
    const fields = {
      ...scene.universe.record,
      "new-unseal-key-0": "x",
      "new-keys-threshold": "1",
      "new-keys-ceremony": "n",
    };
    scene.universe.versions.push({ fields, at: 0, deleted: false });
    await expectRefused(scene, "rotation-unfinished", true);
  });

  test("if it is forced and nobody says why", async () => {
    const scene = await Scene.make();
    const restore = { manifest: scene.manifest, identities: [new Secret(key.identity)], force: true };
    expect(() => restoreSnapshot(scene.universe.start(), scene.target, restore)).toThrow("--break-glass");
  });

  test("while another operation holds the lock", async () => {
    const scene = await Scene.make();
    scene.universe.living.add(99);
    const entry = { run: "r", operation: "rotate-keys", lease: 180 };
    scene.universe.locks.push({ entry, pid: 99, at: scene.universe.now });
    await expect(scene.restore()).rejects.toMatchObject({ code: "operation-locked" });
    expect(scene.universe.restored).toBe(0);
  });
});

test("secret IDs that were made after the snapshot are replaced by those of its time", async () => {
  const scene = await Scene.make();
  const { universe } = scene;
  const { "root-token": _token, ...fields } = universe.record;
  // All identities have later secret IDs, and nobody has a root token.
  for (const identity of ["apply", "plan", "operate", "ceremony"] as const) {
    const seen = universe.credentials.read(identity);
    const later = new Secret(`later-${identity}`);
    universe.access.secretIds.set(later.reveal(), { role: identity, accessor: `later-${identity}`, at: universe.now });
    if (seen.credential === undefined) throw new Error("no credential");
    universe.access.secretIds.delete(seen.credential.secretId.reveal());
    universe.credentials.write(identity, seen, { ...seen.credential, secretId: later, accessor: `later-${identity}` });
  }
  universe.versions.push({ fields, at: 0, deleted: false });
  await scene.restore();
  scene.expectRestored();
});

test("servers that unseal themselves are complete once a person has restarted the first", async () => {
  const scene = await Scene.make(TRANSIT);
  scene.wipe();
  await expect(scene.restore(true)).rejects.toMatchObject({ code: "restart-needed" });
  await unsealInstance(scene.described(scene.universe.start()));
  scene.universe.now += 60_000;
  scene.expectRestored();
});

describe("servers", () => {
  const seen = (states: readonly string[]) =>
    states.map((state, index) => ({ name: `main-${index}`, address: "", status: { state, seal: "shamir" } as never }));
  const temporary = { snapshot: "s", keys: [], rootToken: undefined };

  test.each([
    [["uninitialized", "uninitialized", "uninitialized"], undefined, "blank"],
    [["sealed", "uninitialized", "uninitialized"], temporary, "blank"],
    [["sealed", "uninitialized", "uninitialized"], undefined, "running"],
    [["unsealed", "unsealed", "uninitialized"], undefined, "running"],
    [["unsealed", "unsealed", "unsealed"], temporary, "running"],
    [["uninitialized"], undefined, "blank"],
    [["sealed"], temporary, "blank"],
    [["uninitialized", "unreachable", "uninitialized"], undefined, { wait: "no answer from main-1" }],
  ])("that are %j with temporary keys %j are %j", (states, keys, situation) => {
    expect(situationOf(seen(states), keys)).toEqual(situation);
  });
});
