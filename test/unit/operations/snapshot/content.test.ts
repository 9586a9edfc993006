import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { beforeEach, expect, test } from "vitest";
import { writeContent, writeManifest } from "../../../../src/operations/snapshot/content";
import { contentFile, manifestFile, manifestText } from "../../../../src/operations/snapshot/manifest";
import { archiveOf, snapshotFiles } from "../../../support/archive";
import { MemoryTarget } from "../../../support/memory-target";

const NAME = "central-vault.20261127T001530123Z";
const ARCHIVE = archiveOf(snapshotFiles(Buffer.from("data")));
let target: MemoryTarget;
beforeEach(() => {
  target = new MemoryTarget();
});

/** A cipher that only shows that everything passed it. */
function encrypt(plain: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const inverted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of plain) yield chunk.map((byte) => byte ^ 0xff);
  };
  return Promise.resolve(inverted());
}

function serve(bytes: Readable) {
  return { take: () => Promise.resolve(bytes) };
}

test("what is written is encrypted, and its size, checksum and raft index are told", async () => {
  const written = await writeContent(serve(Readable.from([ARCHIVE])), target, NAME, encrypt);
  const cipher = target.files.get(contentFile(NAME)) ?? Buffer.alloc(0);
  expect(Buffer.from(cipher.map((byte) => byte ^ 0xff)).equals(ARCHIVE)).toBe(true);
  expect(written).toEqual({
    raftIndex: 7,
    size: cipher.length,
    sha256: createHash("sha256").update(cipher).digest("hex"),
  });
});

test.each([
  [
    "cut off",
    new Readable({
      read() {
        this.destroy(new Error("reset"));
      },
    }),
    "replica-unreachable",
  ],
  ["too short", Readable.from([ARCHIVE.subarray(0, 40)]), "snapshot-damaged"],
])("a snapshot that is %s is not written", async (_, bytes, code) => {
  await expect(writeContent(serve(bytes), target, NAME, encrypt)).rejects.toMatchObject({ code });
  expect(target.files.size).toBe(0);
});

test("the manifest is written beside it", async () => {
  const manifest = {
    ...{ format: 1 as const, name: NAME, productVersion: "2.7.2", time: "2026-11-27T00:15:30.123Z", raftIndex: 7 },
    ...{ size: 1, sha256: "a".repeat(64), seal: "shamir", shares: 3, threshold: 2 },
  };
  await writeManifest(target, manifest);
  expect(target.files.get(manifestFile(NAME))?.toString()).toBe(manifestText(manifest));
});
