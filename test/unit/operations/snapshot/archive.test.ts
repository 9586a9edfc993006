import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { verifiedArchive, type ArchiveFacts } from "../../../../src/operations/snapshot/archive";
import { archiveOf, collect, piecesOf, snapshotFiles, tarOf } from "../../../support/archive";

const STATE = randomBytes(100_000);

/** What the check lets through, and what it finds. */
async function check(bytes: Uint8Array, size?: number): Promise<{ passed: Buffer; facts: ArchiveFacts | undefined }> {
  let facts: ArchiveFacts | undefined;
  const passed = await collect(verifiedArchive(piecesOf(bytes, size), (found) => (facts = found)));
  return { passed, facts };
}

test.each([1, 511, 4096, 1_000_000])("a complete snapshot passes unchanged in pieces of %i bytes", async (size) => {
  const bytes = archiveOf(snapshotFiles(size === 1 ? STATE.subarray(0, 2000) : STATE, 41));
  const { passed, facts } = await check(bytes, size);
  expect(passed.equals(bytes)).toBe(true);
  expect(facts).toEqual({ raftIndex: 41 });
});

test("sizes in extended headers, as of files of 8 GiB, are read", async () => {
  expect((await check(archiveOf(snapshotFiles(STATE), { extended: true }))).facts).toEqual({ raftIndex: 7 });
});

test("a snapshot that is cut off anywhere is refused", async () => {
  const bytes = archiveOf(snapshotFiles(STATE));
  const cuts = [0, 1, 10, 600, 5_000, 50_000, bytes.length - 20, bytes.length - 8, bytes.length - 1];
  for (const cut of cuts) {
    await expect(check(bytes.subarray(0, cut))).rejects.toMatchObject({ code: "snapshot-damaged" });
  }
});

test("a tar file that is cut off within a whole gzip stream is refused", async () => {
  const tar = tarOf(snapshotFiles(STATE));
  for (const cut of [300, 512, 2_000, 50_000, tar.length - 2_500]) {
    await expect(check(gzipSync(tar.subarray(0, cut)))).rejects.toMatchObject({ code: "snapshot-damaged" });
  }
});

test.each([
  ["is damaged by one bit", (files: ReturnType<typeof snapshotFiles>) => flip(files[1]?.content)],
  ["describes itself otherwise", (files: ReturnType<typeof snapshotFiles>) => flip(files[0]?.content)],
  ["has no data", (files: ReturnType<typeof snapshotFiles>) => void files.splice(1, 1)],
  ["has no checksums", (files: ReturnType<typeof snapshotFiles>) => void files.splice(2, 1)],
])("a snapshot that %s is refused", async (_, change) => {
  const files = snapshotFiles(Buffer.from(STATE));
  change(files);
  await expect(check(archiveOf(files))).rejects.toMatchObject({ code: "snapshot-damaged" });
});

test("what is no gzip file is refused", async () => {
  await expect(check(Buffer.from('{"errors":[]}'))).rejects.toMatchObject({ code: "snapshot-damaged" });
  await expect(check(randomBytes(100_000))).rejects.toMatchObject({ code: "snapshot-damaged" });
});

test("a failure of the source is told as it is", async () => {
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield* piecesOf(archiveOf(snapshotFiles(STATE)).subarray(0, 2000));
    throw new Error("cut");
  };
  await expect(collect(verifiedArchive(failing(), () => undefined))).rejects.toThrow("cut");
});

function flip(content: Buffer | undefined): void {
  content?.writeUInt8(content.readUInt8(5) ^ 1, 5);
}
