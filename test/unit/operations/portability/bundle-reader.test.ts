import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { BundleReader } from "../../../../src/operations/portability/bundle-reader";
import { BundleWriter } from "../../../../src/operations/portability/bundle-writer";
import { BundleFile, type Located } from "../../../../src/operations/portability/bundle";
import { ageKey, type AgeKey } from "../../../support/age";

const folder = mkdtempSync(join(tmpdir(), "tenant-vault-reader-"));
afterAll(() => rmSync(folder, { recursive: true }));

let key: AgeKey;
let bytes: Buffer;
let entries: Located[];
beforeAll(async () => {
  key = await ageKey();
  const path = join(folder, "good");
  const writer = await BundleWriter.open(path, { tenant: "t", instance: "i", recipients: [key.recipient] });
  for (let n = 0; n < 2100; n++) await writer.add(String(n), { kind: "public", path: String(n), data: {} });
  await writer.finish({ tenant: "t", instance: "i", product: "openbao", time: "now", stays: ["a"] });
  await writer.close();
  bytes = readFileSync(path);
  entries = [];
  const file = await BundleFile.open(path, "r");
  for await (const entry of file.entries()) entries.push(entry);
  await file.close();
});

async function open(content: Buffer, identity = key.identity): Promise<BundleReader> {
  const path = join(folder, "tried");
  writeFileSync(path, content);
  return BundleReader.open(path, [new Secret(identity)]);
}

test("a bundle is read as it was written", async () => {
  const reader = await open(bytes);
  expect(reader.manifest).toMatchObject({ records: 2100, stays: ["a"] });
  let count = 0;
  for await (const record of reader.records()) expect(record).toMatchObject({ path: String(count++) });
  expect(count).toBe(2100);
  await reader.close();
});

/** The bundle without one of its files, or with them in another order. */
function arranged(...order: readonly number[]): Buffer {
  const parts = order.map((index) => bytes.subarray(entries[index]?.start, entries[index]?.end));
  return Buffer.concat([...parts, bytes.subarray(entries.at(-1)?.end)]);
}

test("the files of the test", () => {
  expect(entries.map(({ name }) => name.split("-")[0])).toEqual([
    "bundle.json",
    "part",
    "part",
    "part",
    "manifest.age",
  ]);
  expect(arranged(0, 1, 2, 3, 4).equals(bytes)).toBe(true);
});

test.each([
  ["without its end", () => bytes.subarray(0, -2000)],
  ["without its manifest", () => arranged(0, 1, 2, 3)],
  ["without a part", () => arranged(0, 1, 3, 4)],
  ["with a part twice", () => arranged(0, 1, 1, 2, 3, 4)],
  ["with parts in another order", () => arranged(0, 2, 1, 3, 4)],
  ["that is empty", () => Buffer.alloc(0)],
])("a bundle %s is refused", async (_, content) => {
  await expect(open(content())).rejects.toMatchObject({ code: "bundle-damaged" });
});

test("a bundle with any byte changed before its end is refused", async () => {
  const manifest = entries.at(-1);
  const end = (manifest?.start ?? 0) + 512 + (manifest?.size ?? 0);
  expect(end).toBeGreaterThan(10_000);
  for (let place = 100; place < end; place += 997) {
    const changed = Buffer.from(bytes);
    changed[place] = (changed[place] ?? 0) ^ 1;
    const outcome = await open(changed).catch((error: unknown) => (error as { code: string }).code);
    // The header of age names the recipients of a part.
    expect([place, outcome]).toEqual([place, expect.stringMatching(/^(bundle-damaged|snapshot-undecryptable)$/)]);
  }
});

test("another key opens nothing", async () => {
  await expect(open(bytes, (await ageKey()).identity)).rejects.toMatchObject({ code: "snapshot-undecryptable" });
});
