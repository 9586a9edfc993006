import { expect, test } from "vitest";
import { importMount, importObject } from "../../../../src/operations/portability/import-configuration";
import { readMounts } from "../../../../src/operations/portability/read-configuration";
import { MemoryContent, mountsOf } from "../../../support/memory-content";

const KEEP = { overwrite: false, dryRun: false };
const CLOCK = { sleep: () => Promise.resolve() };
const MOUNT = { kind: "mount", path: "sys/mounts/kv", settings: { type: "kv", options: { version: "2" } } } as const;

test("a mount is created, and tuned only if it is to be overwritten", async () => {
  const api = new MemoryContent(mountsOf({ kv: { type: "kv", version: "2" } }));
  expect(await importMount(api, CLOCK, undefined, MOUNT, KEEP)).toBe("written");
  const [found] = await readMounts(api);
  expect(await importMount(api, CLOCK, found, MOUNT, KEEP)).toBe("equal");
  const tuned = { ...MOUNT, settings: { ...MOUNT.settings, config: { max_lease_ttl: 60 } } };
  expect(await importMount(api, CLOCK, found, tuned, KEEP)).toBe("conflict");
  expect(await importMount(api, CLOCK, found, tuned, { ...KEEP, overwrite: true })).toBe("written");
  expect(api.written.at(-1)).toMatchObject(["sys/mounts/kv/tune", { max_lease_ttl: 60 }]);
});

test("a mount of another version is a conflict in any case", async () => {
  const api = new MemoryContent(mountsOf({ kv: { type: "kv", version: "1" } }));
  const [found] = await readMounts(api);
  expect(await importMount(api, CLOCK, found, MOUNT, { ...KEEP, overwrite: true })).toBe("conflict");
  expect(api.written).toEqual([]);
});

test("a user gets a password that nobody knows, once", async () => {
  const api = new MemoryContent();
  const user = { kind: "object", path: "auth/u/users/bob", data: { token_ttl: 1 }, password: true } as const;
  expect(await importObject(api, user, KEEP)).toBe("written");
  const [, body] = api.written[0] ?? [];
  expect(body).toMatchObject({ token_ttl: 1, password: expect.stringMatching(/^[\w-]{43}$/) as string });
  api.objects[user.path] = { token_ttl: 2 };
  expect(await importObject(api, user, { ...KEEP, overwrite: true })).toBe("written");
  expect(api.written[1]).toEqual([user.path, { token_ttl: 1 }]);
});

test("what belongs to an object is compared and written with it", async () => {
  const role = { kind: "object", path: "auth/a/role/web", data: { token_ttl: 1 } } as const;
  const record = { ...role, beside: { name: "role-id", data: { role_id: "r" } } };
  const api = new MemoryContent();
  await importObject(api, record, KEEP);
  expect(api.written.map(([path]) => path)).toEqual(["auth/a/role/web", "auth/a/role/web/role-id"]);
  expect(await importObject(api, record, KEEP)).toBe("equal");
  api.objects["auth/a/role/web/role-id"] = { role_id: "other" };
  expect(await importObject(api, record, KEEP)).toBe("conflict");
});
