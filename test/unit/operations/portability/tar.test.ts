import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { END, paddingOf, parseHeader, tarHeader } from "../../../../src/operations/portability/tar";

test("a header is read as it was written", () => {
  const entry = { name: "part-000000-12-ab.age", size: 1_234_567 };
  expect(parseHeader(tarHeader(entry))).toEqual(entry);
});

test("the end, a cut header and a changed one are no headers", () => {
  const header = tarHeader({ name: "a", size: 1 });
  expect(parseHeader(END.subarray(0, 512))).toBeUndefined();
  expect(parseHeader(header.subarray(0, 300))).toBeUndefined();
  header[0] = 0x62;
  expect(parseHeader(header)).toBeUndefined();
});

test("the program tar reads it", () => {
  const folder = mkdtempSync(join(tmpdir(), "tenant-vault-tar-"));
  const content = Buffer.from("hello");
  const archive = Buffer.concat([tarHeader({ name: "a.txt", size: 5 }), content, Buffer.alloc(paddingOf(5)), END]);
  writeFileSync(join(folder, "a.tar"), archive);
  expect(execFileSync("tar", ["-xOf", join(folder, "a.tar"), "a.txt"]).toString()).toBe("hello");
  rmSync(folder, { recursive: true });
});
