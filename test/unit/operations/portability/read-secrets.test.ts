import { expect, test } from "vitest";
import { readMounts } from "../../../../src/operations/portability/read-configuration";
import { readSecret, secretPlaces } from "../../../../src/operations/portability/read-secrets";
import { MemoryContent, mountsOf } from "../../../support/memory-content";

const API = new MemoryContent({
  ...mountsOf({ v1: { type: "kv", version: "1" }, v2: { type: "kv", version: "2" }, pki: { type: "pki" } }),
  "v1/b/c": { value: 1 },
  "v1/a": { value: 2 },
  "v2/metadata/x": {
    max_versions: 3,
    versions: {
      "10": { created_time: "ten", destroyed: false },
      "9": { created_time: "nine", destroyed: true },
      "8": { created_time: "eight", destroyed: false },
    },
  },
  "v2/data/x?version=10": { data: { n: 10 } },
});

test("secrets are found in every KV engine, in order", async () => {
  const found: string[] = [];
  for await (const { mount, path } of secretPlaces(API, await readMounts(API))) found.push(`${mount.path} ${path}`);
  expect(found).toEqual(["v1 a", "v1 b/c", "v2 x"]);
});

test("a secret has its versions in order, and no value of those that are gone", async () => {
  const [v1, v2] = (await readMounts(API)).filter(({ type }) => type === "kv");
  if (v1 === undefined || v2 === undefined) throw new Error("no mounts");
  expect(await readSecret(API, { mount: v1, path: "a" })).toEqual({
    ...{ kind: "secret", mount: "v1", path: "a", versions: [{ data: { value: 2 } }] },
  });
  expect(await readSecret(API, { mount: v2, path: "x" })).toMatchObject({
    settings: { max_versions: 3 },
    versions: [{ created: "eight" }, { created: "nine" }, { created: "ten", data: { n: 10 } }],
  });
  expect(await readSecret(API, { mount: v2, path: "none" })).toBeUndefined();
});
