import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { BundleReader } from "../../../../src/operations/portability/bundle-reader";
import { BundleWriter } from "../../../../src/operations/portability/bundle-writer";
import { ageKey, type AgeKey } from "../../../support/age";

const folder = mkdtempSync(join(tmpdir(), "tenant-vault-writer-"));
afterAll(() => rmSync(folder, { recursive: true }));

let key: AgeKey;
beforeAll(async () => (key = await ageKey()));
let count = 0;
let path: string;
beforeEach(() => (path = join(folder, String(count++))));

const FACTS = { tenant: "t", instance: "i", product: "openbao", time: "now", stays: [] };
const NAMES = Array.from({ length: 2500 }, (_, n) => `secret ${n}`);

function open(instance = "i"): Promise<BundleWriter> {
  return BundleWriter.open(path, { tenant: "t", instance, recipients: [key.recipient] });
}

async function* namesOf(names: readonly string[]): AsyncGenerator<string> {
  for (const name of names) yield await Promise.resolve(name);
}

async function add(writer: BundleWriter, names: readonly string[]): Promise<void> {
  for (const name of names) await writer.add(name, { kind: "public", path: name, data: {} });
}

async function pathsIn(): Promise<string[]> {
  const reader = await BundleReader.open(path, [new Secret(key.identity)]);
  const found: string[] = [];
  for await (const record of reader.records()) if (record.kind === "public") found.push(record.path);
  await reader.close();
  return found;
}

/** An export that is killed once it has written these. */
async function interrupted(): Promise<void> {
  const writer = await open();
  expect(await writer.resume(namesOf(NAMES))).toBeUndefined();
  await add(writer, NAMES);
  await writer.close();
}

async function finish(names: readonly string[]): Promise<string | undefined> {
  const writer = await open();
  const last = await writer.resume(namesOf(names));
  await add(writer, names.slice(last === undefined ? 0 : names.indexOf(last) + 1));
  await writer.finish(FACTS);
  await writer.close();
  return last;
}

test("an interrupted bundle goes on after its last part, and has every record once", async () => {
  await interrupted();
  expect(await finish(NAMES)).toBe("secret 1999");
  expect(await pathsIn()).toEqual(NAMES);
});

test("a part that is not there completely is written again", async () => {
  await interrupted();
  truncateSync(`${path}.unfinished`, statSync(`${path}.unfinished`).size - 10);
  expect(await finish(NAMES)).toBe("secret 999");
  expect(await pathsIn()).toEqual(NAMES);
});

test("if the last record of a part is gone meanwhile, the export goes on after the part before", async () => {
  await interrupted();
  const left = NAMES.filter((name) => name !== "secret 1999");
  expect(await finish(left)).toBe("secret 999");
  expect(await pathsIn()).toEqual(left);
});

test("a run that was killed before it gave the bundle its name is finished", async () => {
  await finish(NAMES.slice(0, 10));
  writeFileSync(`${path}.unfinished`, readFileSync(path));
  rmSync(path);
  await finish(NAMES.slice(0, 10));
  expect(await pathsIn()).toEqual(NAMES.slice(0, 10));
});

test("a bundle that exists, and one of another export, are left alone", async () => {
  await interrupted();
  await expect(open("other")).rejects.toMatchObject({ code: "usage" });
  await finish(NAMES);
  await expect(open()).rejects.toMatchObject({ code: "usage" });
});
