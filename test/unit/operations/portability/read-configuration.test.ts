import { expect, test } from "vitest";
import { isOwn, readConfiguration, readMounts } from "../../../../src/operations/portability/read-configuration";
import type { BundleRecord } from "../../../../src/operations/portability/records";
import { MemoryContent, mountsOf } from "../../../support/memory-content";

async function recordsOf(objects: Record<string, Record<string, unknown>>): Promise<BundleRecord[]> {
  const api = new MemoryContent({ ...mountsOf({}), ...objects });
  const found: BundleRecord[] = [];
  for await (const record of readConfiguration(api, await readMounts(api))) found.push(record);
  return found;
}

test("mounts leave, and those of the server and of tenant-vault stay", async () => {
  const mounts = mountsOf(
    { sys: { type: "system" }, kv: { type: "kv", version: "2" } },
    { token: { type: "token" }, "tenant-vault": { type: "approle" }, users: { type: "userpass" } },
  );
  const records = await recordsOf(mounts);
  expect(records.map((record) => ("path" in record ? record.path : ""))).toEqual(["sys/auth/users", "sys/mounts/kv"]);
});

test("policies leave without what the server adds, and those of tenant-vault stay", async () => {
  const records = await recordsOf({
    "sys/policies/acl/reader": { name: "reader", policy: "text", version: 3 },
    "sys/policies/acl/root": { policy: "" },
    "sys/policies/acl/tenant-vault-plan": { policy: "" },
  });
  expect(records).toEqual([{ kind: "object", path: "sys/policies/acl/reader", data: { policy: "text" } }]);
  expect(isOwn("sys/policies/acl/tenant-vault-plan")).toBe(true);
});

test("what belongs to an object leaves with it, and what another server cannot use leaves to be read", async () => {
  const records = await recordsOf({
    ...mountsOf({ ssh: { type: "ssh" } }, { approle: { type: "approle" }, u: { type: "userpass" } }),
    "ssh/config/ca": { public_key: "ssh-rsa" },
    "auth/approle/role/web": { token_ttl: 1 },
    "auth/approle/role/web/role-id": { role_id: "r" },
    "auth/u/users/bob": { token_ttl: 2 },
  });
  expect(records).toEqual(
    expect.arrayContaining([
      { kind: "public", path: "ssh/config/ca", data: { public_key: "ssh-rsa" } },
      {
        kind: "object",
        path: "auth/approle/role/web",
        data: { token_ttl: 1 },
        beside: { name: "role-id", data: { role_id: "r" } },
      },
      { kind: "object", path: "auth/u/users/bob", data: { token_ttl: 2 }, password: true },
    ]),
  );
});

test("entities and groups name each other and their logins, and members come first", async () => {
  const alias = (login: string) => ({ name: "bob", mount_accessor: `accessor-${login}` });
  const records = await recordsOf({
    ...mountsOf({}, { u: { type: "userpass" }, "tenant-vault": { type: "approle" } }),
    "identity/entity/name/bob": { name: "bob", policies: ["p"], aliases: [alias("u"), alias("tenant-vault")] },
    "identity/entity/name/own": { name: "own", aliases: [alias("tenant-vault")] },
    "identity/entity/id/1": { name: "bob" },
    "identity/group/name/a": { type: "internal", member_group_ids: ["2"] },
    "identity/group/name/b": { type: "internal", member_entity_ids: ["1"] },
    "identity/group/id/2": { name: "b" },
    "identity/group/name/c": { type: "external", alias: alias("u") },
  });
  expect(records.slice(-4)).toMatchObject([
    { kind: "entity", name: "bob", aliases: [{ name: "bob", login: "auth/u" }] },
    { kind: "group", name: "b", entities: ["bob"] },
    { kind: "group", name: "c", alias: { login: "auth/u" } },
    { kind: "group", name: "a", groups: ["b"] },
  ]);
  expect(records).not.toContainEqual(expect.objectContaining({ name: "own" }));
});
