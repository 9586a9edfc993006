import { expect, test } from "vitest";
import { importSecret } from "../../../../src/operations/portability/import-secret";
import type { RecordOf } from "../../../../src/operations/portability/records";
import { MemoryContent } from "../../../support/memory-content";

const KEEP = { overwrite: false, dryRun: false };
const V2 = { version: "2" };
const SECRET: RecordOf<"secret"> = {
  ...{ kind: "secret", mount: "kv", path: "a", settings: { max_versions: 5, custom_metadata: { o: "x" } } },
  versions: [{ data: { n: 1 } }, {}, { data: { n: 3 } }],
};

test("versions are written in order, each after the one before, and those that are gone are gone", async () => {
  const api = new MemoryContent();
  expect(await importSecret(api, V2, SECRET, KEEP)).toBe("written");
  expect(api.written).toEqual([
    ["kv/metadata/a", SECRET.settings],
    ["kv/data/a", { data: { n: 1 }, options: { cas: 0 } }],
    ["kv/data/a", { data: {}, options: { cas: 1 } }],
    ["kv/delete/a", { versions: [2] }],
    ["kv/data/a", { data: { n: 3 }, options: { cas: 2 } }],
  ]);
});

/** A server that has versions of the secret. */
function having(versions: readonly (object | undefined)[], settings: object = SECRET.settings ?? {}): MemoryContent {
  const known = versions.map((_, index) => [String(index + 1), { destroyed: false }] as const);
  return new MemoryContent({
    "kv/metadata/a": { ...settings, current_version: versions.length, versions: Object.fromEntries(known) },
    ...Object.fromEntries(
      versions.flatMap((data, index) => (data === undefined ? [] : [[`kv/data/a?version=${index + 1}`, { data }]])),
    ),
  });
}

test("an interrupted import goes on, and deletes what it had not deleted", async () => {
  const api = having([{ n: 1 }, {}]);
  expect(await importSecret(api, V2, SECRET, KEEP)).toBe("written");
  expect(api.written).toEqual([
    ["kv/delete/a", { versions: [2] }],
    ["kv/data/a", { data: { n: 3 }, options: { cas: 2 } }],
  ]);
});

test.each([
  ["the same secret", having([{ n: 1 }, undefined, { n: 3 }]), "equal"],
  ["another value", having([{ n: 9 }]), "conflict"],
  ["other settings", having([{ n: 1 }, undefined, { n: 3 }], { max_versions: 1 }), "conflict"],
])("%s stays", async (_, api, outcome) => {
  expect(await importSecret(api, V2, SECRET, KEEP)).toBe(outcome);
  expect(api.written).toEqual([]);
});

test("what is overwritten stays as an earlier version, and a dry run writes nothing", async () => {
  const api = having([{ n: 9 }]);
  expect(await importSecret(api, V2, SECRET, { overwrite: true, dryRun: true })).toBe("written");
  expect(api.written).toEqual([]);
  await importSecret(api, V2, SECRET, { overwrite: true, dryRun: false });
  expect(api.written[0]).toEqual(["kv/data/a", { data: { n: 1 }, options: { cas: 1 } }]);
});

test("a secret of version 1 has one value", async () => {
  const secret: RecordOf<"secret"> = { kind: "secret", mount: "old", path: "a", versions: [{ data: { v: 1 } }] };
  const api = new MemoryContent();
  expect(await importSecret(api, { version: "1" }, secret, KEEP)).toBe("written");
  expect(await importSecret(api, { version: "1" }, secret, KEEP)).toBe("equal");
  api.objects["old/a"] = { v: 2 };
  expect(await importSecret(api, { version: "1" }, secret, KEEP)).toBe("conflict");
  expect(api.written).toEqual([["old/a", { v: 1 }]]);
});

test("a secret without settings takes one request per version, and one without versions is not lost", async () => {
  const settings = { max_versions: 0, cas_required: false, delete_version_after: "0s", custom_metadata: null };
  const api = new MemoryContent();
  expect(await importSecret(api, V2, { ...SECRET, settings, versions: [{ data: { n: 1 } }] }, KEEP)).toBe("written");
  expect(api.written).toEqual([["kv/data/a", { data: { n: 1 }, options: { cas: 0 } }]]);
  const empty = new MemoryContent();
  expect(await importSecret(empty, V2, { ...SECRET, settings, versions: [] }, KEEP)).toBe("written");
  expect(empty.written.map(([path]) => path)).toEqual(["kv/metadata/a"]);
});
