import { expect, test } from "vitest";
import { CHANGED, type DatabaseBed } from "./database-bed";

/** Secrets of a role, beside its databases. */
export function testKeyValue(bed: DatabaseBed): void {
  test("T7: a role that may write deletes versions and restores them, and never destroys", async () => {
    const client = await (await bed.instance()).client("web");
    for (const a of [1, 2]) await client.send("POST", "kv/data/web", { body: { data: { a } } });
    const versions = { body: { versions: [1] } };
    await client.send("POST", "kv/delete/web", versions);
    expect((await client.send("GET", "kv/data/web?version=1", { accept: [404] })).status).toBe(404);
    await client.send("POST", "kv/undelete/web", versions);
    expect((await client.send("GET", "kv/data/web?version=1")).body.data).toMatchObject({ data: { a: 1 } });
    expect((await client.send("POST", "kv/destroy/web", { ...versions, accept: [403] })).status).toBe(403);
    expect((await client.send("DELETE", "kv/metadata/web", { accept: [403] })).status).toBe(403);
  });
}

/** A mount that the tenant file takes out or renames. */
export function testRemovedMounts(bed: DatabaseBed): void {
  test("KeyValueProps.mount, KeyValueField.keyValue, KeyValueProps.deletionProtection: is refused, and the secrets stay", async () => {
    bed.writeTenantFile({ ...CHANGED, keyValue: [CHANGED.keyValue[0], { mount: "papers" }] });
    await expect(bed.deploy()).rejects.toThrow("notes/config");
    expect(await bed.read("notes/data/kept")).toMatchObject({ data: { answer: "42" } });
  });

  test("KeyValueProps.deletionProtection: goes once the tenant file has said so", async () => {
    const renamed = [...CHANGED.keyValue, { mount: "papers" }];
    bed.writeTenantFile({ ...CHANGED, keyValue: renamed }, { deletionProtection: false });
    await bed.deploy();
    bed.writeTenantFile({ ...CHANGED, keyValue: [CHANGED.keyValue[0]] }, { deletionProtection: false });
    await bed.deploy();
    expect(await bed.mounts()).not.toContain("notes/");
    expect(await bed.read("kv/data/web")).toMatchObject({ data: { a: 4 } });
  });
}
