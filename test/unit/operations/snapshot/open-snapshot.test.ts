import { createHash, randomBytes } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { encryptorFor } from "../../../../src/operations/snapshot/encryption";
import type { Manifest } from "../../../../src/operations/snapshot/manifest";
import { checkSnapshot, openSnapshot } from "../../../../src/operations/snapshot/open-snapshot";
import { ageKey, type AgeKey } from "../../../support/age";
import { archiveOf, collect, piecesOf, snapshotFiles } from "../../../support/archive";
import { MemoryTarget } from "../../../support/memory-target";

const PLAIN = archiveOf(snapshotFiles(randomBytes(200_000)));
let key: AgeKey;
let cipher: Buffer;
let identities: readonly Secret[];
beforeAll(async () => {
  key = await ageKey();
  identities = [new Secret(key.identity)];
  cipher = await collect(await (await encryptorFor([key.recipient]))(piecesOf(PLAIN)));
});

function stored(bytes: Buffer, sum = bytes): [MemoryTarget, Manifest] {
  const target = new MemoryTarget();
  target.files.set("s.age", bytes);
  return [target, { name: "s", sha256: createHash("sha256").update(sum).digest("hex") } as Manifest];
}

test("a snapshot is decrypted, and progress is told", async () => {
  let told = 0;
  const progress = (): Promise<void> => {
    told++;
    return Promise.resolve();
  };
  expect((await collect(openSnapshot(...stored(cipher), identities, progress))).equals(PLAIN)).toBe(true);
  expect(told).toBeGreaterThan(1);
});

test("one that is cut off, changed or another one is refused", async () => {
  const changed = Buffer.from(cipher);
  changed.writeUInt8(changed.readUInt8(70_000) ^ 1, 70_000);
  const other = await collect(await (await encryptorFor([key.recipient]))(piecesOf(PLAIN)));
  for (const [bytes, sum] of [[cipher.subarray(0, 90_000)], [changed], [other, cipher]] as const) {
    const read = checkSnapshot(openSnapshot(...stored(bytes, sum ?? bytes), identities));
    await expect(read).rejects.toMatchObject({ code: "snapshot-damaged" });
  }
});

test("nobody else opens it", async () => {
  const other = [new Secret((await ageKey()).identity)];
  await expect(checkSnapshot(openSnapshot(...stored(cipher), other))).rejects.toMatchObject({
    code: "snapshot-undecryptable",
  });
});
