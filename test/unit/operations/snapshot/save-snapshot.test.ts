import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { keysFingerprint, recordedKeys } from "../../../../src/central/record";
import { Secret } from "../../../../src/core/secret";
import { OperationError } from "../../../../src/core/errors";
import type { OperationContext } from "../../../../src/operations/context";
import { rotateKeys } from "../../../../src/operations/ceremonies/rotate-keys";
import { decrypted } from "../../../../src/operations/snapshot/encryption";
import { contentFile } from "../../../../src/operations/snapshot/manifest";
import { saveSnapshot } from "../../../../src/operations/snapshot/save-snapshot";
import { listSnapshots } from "../../../../src/operations/snapshot/stored-snapshots";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { ageKey } from "../../../support/age";
import { collect } from "../../../support/archive";
import { Crash, INSTANCE, Universe } from "../../../support/simulation";
import { MemoryTarget } from "../../../support/memory-target";

let identity: string;
let recipient: string;
let universe: Universe;
let target: MemoryTarget;
beforeAll(async () => {
  ({ identity, recipient } = await ageKey());
});
beforeEach(async () => {
  universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  target = new MemoryTarget();
});

/** A process whose servers answer the n-th request for a snapshot in another way. */
function withSnapshots(change: (bytes: Buffer, attempt: number) => Readable): OperationContext {
  const context = universe.start();
  let attempt = 0;
  return {
    ...context,
    snapshots: (replica, token) => {
      const api = context.snapshots(replica, token);
      return { ...api, take: async () => change(await collect(await api.take()), ++attempt) };
    },
  };
}

test("a snapshot is encrypted, and its manifest describes it without a key", async () => {
  const manifest = await saveSnapshot(universe.start(), target, [recipient]);
  expect(await listSnapshots(target, INSTANCE)).toEqual([{ ...manifest, complete: true }]);
  const cipher = target.files.get(contentFile(manifest.name)) ?? Buffer.alloc(0);
  expect(manifest).toMatchObject({
    tenant: "customer10",
    instance: "main",
    productVersion: "2.7.2",
    raftIndex: 7,
    recordVersion: universe.versions.length,
    keysFingerprint: keysFingerprint(recordedKeys(universe.record, "unseal")),
    size: cipher.length,
    sha256: createHash("sha256").update(cipher).digest("hex"),
    shares: 5,
    threshold: 3,
  });
  const plain = await collect(await decrypted(Readable.from(cipher, { objectMode: false }), [new Secret(identity)]));
  expect(universe.snapshots.open(plain)).toMatchObject({ data: 0 });
});

test("the identity operate takes it, without the root token and without a lock", async () => {
  const before = universe.access.rootRequests;
  universe.living.add(99);
  universe.locks.push({ entry: { run: "r", operation: "migrate-seal", lease: 180 }, pid: 99, at: universe.now });
  await saveSnapshot(universe.start(), target, [recipient]);
  expect(universe.access.rootRequests).toBe(before);
});

describe("a snapshot does not count", () => {
  test("if the connection is cut; the next attempt keeps one", async () => {
    const context = withSnapshots((bytes, attempt) =>
      attempt === 1 ? cutAfter(bytes.subarray(0, 40)) : Readable.from(bytes, { objectMode: false }),
    );
    await saveSnapshot(context, target, [recipient]);
    expect(target.files.size).toBe(2);
    expect(target.failed).toHaveLength(1);
  });

  test("if it ends early as if it were complete", async () => {
    const context = withSnapshots((bytes) =>
      Readable.from(bytes.subarray(0, bytes.length - 30), { objectMode: false }),
    );
    await expect(saveSnapshot(context, target, [recipient])).rejects.toMatchObject({ code: "snapshot-damaged" });
    expect(target.files.size).toBe(0);
  });

  test("if the keys are rotated meanwhile, as it is open which ones it has", async () => {
    let rotated = false;
    target.afterWrite = async () => {
      if (rotated) return;
      rotated = true;
      await rotateKeys(universe.start(), { shares: 5, threshold: 3 });
    };
    const manifest = await saveSnapshot(universe.start(), target, [recipient]);
    expect(await listSnapshots(target, INSTANCE)).toEqual([{ ...manifest, complete: true }]);
    expect(target.files.size).toBe(2);
    expect(manifest.recordVersion).toBe(universe.versions.length);
  });
});

test("a rotation that was interrupted is to be finished first", async () => {
  const fields = { ...universe.record, "new-unseal-key-0": "x", "new-keys-threshold": "1", "new-keys-ceremony": "n" };
  universe.versions.push({ fields, at: 0, deleted: false });
  await expect(saveSnapshot(universe.start(), target, [recipient])).rejects.toMatchObject({
    code: "rotation-unfinished",
  });
});

test.each(["crash-before", "crash-after"] as const)(
  "a target that dies with %s at any write leaves no snapshot that counts falsely",
  async (fault) => {
    for (let write = 0; write < 2; write++) {
      const dying = new MemoryTarget();
      dying.crash = { write, fault };
      await expect(saveSnapshot(universe.start(), dying, [recipient])).rejects.toThrow(Crash);
      for (const { complete, name, size } of await listSnapshots(dying, INSTANCE)) {
        expect([complete, dying.files.get(contentFile(name))?.length]).toEqual([true, size]);
      }
    }
  },
);

test("no recipient, and no active server, end without a snapshot", async () => {
  await expect(saveSnapshot(universe.start(), target, [])).rejects.toMatchObject({ code: "usage" });
  for (const server of universe.servers) Object.assign(server, { sealed: true, readyAt: undefined });
  await expect(saveSnapshot(universe.start(), target, [recipient])).rejects.toSatisfy(
    (error) => error instanceof OperationError && error.code === "timeout",
  );
  expect(target.files.size).toBe(0);
});

function cutAfter(bytes: Buffer): Readable {
  return Readable.from(
    (async function* () {
      yield await Promise.resolve(bytes);
      throw new Error("other side closed");
    })(),
  );
}
