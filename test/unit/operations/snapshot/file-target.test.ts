import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileTarget } from "../../../../src/operations/snapshot/file-target";
import { collect, piecesOf } from "../../../support/archive";

let folder: string;
let target: FileTarget;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-target-"));
  target = new FileTarget(join(folder, "a", "b"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const CONTENT = Buffer.from("content".repeat(1000));

test("a file is written, listed, read and removed", async () => {
  expect(await target.list()).toEqual([]);
  await target.write("x.age", piecesOf(CONTENT));
  expect(await target.list()).toEqual([{ name: "x.age", size: CONTENT.length }]);
  expect([await target.list("y"), (await target.list("x.")).length]).toEqual([[], 1]);
  expect((await collect(target.read("x.age"))).equals(CONTENT)).toBe(true);
  expect(await target.readText("x.age")).toBe(CONTENT.toString());
  expect(statSync(join(folder, "a", "b", "x.age")).mode & 0o777).toBe(0o600);
  await target.remove("x.age");
  await target.remove("x.age");
  expect(await target.list()).toEqual([]);
});

test("content that fails leaves nothing, and a former file as it was", async () => {
  await target.write("x.age", piecesOf(Buffer.from("former")));
  let seen: readonly string[] = [];
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield* piecesOf(CONTENT);
    seen = (await target.list()).map(({ name }) => name);
    throw new Error("cut");
  };
  await expect(target.write("x.age", failing())).rejects.toThrow("cut");
  await expect(target.write("y.age", failing())).rejects.toThrow("cut");
  // While it is written, it is not listed either.
  expect(seen).toEqual(["x.age"]);
  expect(readdirSync(join(folder, "a", "b"))).toEqual(["x.age"]);
  expect(readFileSync(join(folder, "a", "b", "x.age"), "utf8")).toBe("former");
});

test("a folder that cannot be used is named", async () => {
  writeFileSync(join(folder, "a"), "a file");
  await expect(target.write("x.age", piecesOf(CONTENT))).rejects.toMatchObject({ code: "snapshot-target" });
  await expect(new FileTarget(folder).readText("missing")).rejects.toMatchObject({ code: "snapshot-target" });
  await expect(collect(new FileTarget(folder).read("missing"))).rejects.toMatchObject({ code: "snapshot-target" });
});
