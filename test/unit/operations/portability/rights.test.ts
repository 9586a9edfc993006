import { expect, test } from "vitest";
import { rightsToExport, rightsToImport, rightsToLook } from "../../../../src/operations/portability/rights";
import { readMounts } from "../../../../src/operations/portability/read-configuration";
import { MemoryContent, mountsOf } from "../../../support/memory-content";

const MOUNTS = readMounts(
  new MemoryContent(
    mountsOf({ kv: { type: "kv", version: "2" }, db: { type: "database" } }, { u: { type: "userpass" } }),
  ),
);

test("an export reads, and nothing that makes a credential", async () => {
  const rights = rightsToExport(await MOUNTS);
  expect([...new Set(rights.flatMap(({ capabilities }) => capabilities))].sort()).toEqual(["list", "read"]);
  const paths = rights.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(["kv/*", "db/roles/*", "auth/u/users/*"]));
  expect(paths.filter((path) => path.startsWith("db/"))).not.toContain("db/*");
});

test("a look reads no secret", async () => {
  expect(rightsToLook(await MOUNTS).map(({ path }) => path)).not.toContain("kv/*");
});

test("an import deletes nothing, and its dry run writes nothing", () => {
  expect(rightsToImport(false).flatMap(({ capabilities }) => capabilities)).not.toContain("delete");
  const [everything] = rightsToImport(true);
  expect(everything?.capabilities).toEqual(["read", "list"]);
});
