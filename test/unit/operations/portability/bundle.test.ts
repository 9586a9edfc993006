import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import {
  BundleFile,
  completeBundle,
  cursorOf,
  parsePartName,
  partName,
  unfinishedName,
} from "../../../../src/operations/portability/bundle";

const folder = mkdtempSync(join(tmpdir(), "tenant-vault-bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the name of a part says its number, its records, and where it ends, but not the name of a secret", () => {
  const part = { records: 12, cursor: cursorOf("salt", "secret kv/app") };
  expect(parsePartName(partName(3, part))).toEqual({ ...part, number: 3 });
  expect(partName(3, part)).not.toContain("app");
  expect(cursorOf("other", "secret kv/app")).not.toBe(part.cursor);
  expect(parsePartName("other.age")).toBeUndefined();
});

test("a write drops what is behind it", async () => {
  const path = join(folder, "a");
  writeFileSync(path, "0123456789");
  const file = await BundleFile.open(path, "r+");
  await file.write(2, Buffer.from("ab"));
  expect(await file.sha256(2)).toBe(await file.sha256(2));
  expect((await file.read(1, 10)).toString()).toBe("1ab");
  await file.close();
  expect(readFileSync(path, "utf8")).toBe("01ab");
});

test("a complete bundle gets its name", async () => {
  const path = join(folder, "b");
  writeFileSync(unfinishedName(path), "x");
  await completeBundle(path);
  expect(readFileSync(path, "utf8")).toBe("x");
});

test("a file that cannot be opened is named", async () => {
  const failure = { code: "bundle-file", message: expect.stringContaining("ENOENT") as string };
  await expect(BundleFile.open(join(folder, "none", "a"), "r")).rejects.toMatchObject(failure);
});
