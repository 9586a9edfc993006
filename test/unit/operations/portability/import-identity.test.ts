import { expect, test } from "vitest";
import { importEntity, importGroup } from "../../../../src/operations/portability/import-identity";
import { MemoryContent } from "../../../support/memory-content";

const KEEP = { overwrite: false, dryRun: false };
const ACCESSORS = new Map([["auth/u", "accessor-here"]]);
const ENTITY = { kind: "entity", name: "bob", settings: { policies: ["p"] } } as const;
const ALIASES = [{ name: "bob", login: "auth/u" }];

test("an entity gets its names at the logins of this server", async () => {
  const api = new MemoryContent();
  expect(await importEntity(api, ACCESSORS, { ...ENTITY, aliases: ALIASES }, KEEP)).toBe("written");
  expect(api.written.at(-1)).toEqual([
    "identity/entity-alias",
    { name: "bob", mount_accessor: "accessor-here", canonical_id: undefined },
  ]);
});

test("a name that belongs to another entity stays there", async () => {
  const api = new MemoryContent();
  api.write = (path) => Promise.resolve(path === "identity/lookup/entity" ? { id: "other" } : undefined);
  expect(await importEntity(api, ACCESSORS, { ...ENTITY, aliases: ALIASES }, KEEP)).toBe("conflict");
});

test("an entity that is there is left alone", async () => {
  const alias = { name: "bob", mount_accessor: "accessor-here" };
  const api = new MemoryContent({ "identity/entity/name/bob": { policies: ["p"], aliases: [alias] } });
  expect(await importEntity(api, ACCESSORS, { ...ENTITY, aliases: ALIASES }, KEEP)).toBe("equal");
  api.objects["identity/entity/name/bob"] = { policies: ["q"], aliases: [alias] };
  expect(await importEntity(api, ACCESSORS, { ...ENTITY, aliases: ALIASES }, KEEP)).toBe("conflict");
  expect(api.written).toEqual([]);
});

test("a group gets the members that have these names here, in any order", async () => {
  const members = { "identity/entity/name/a": { id: "2" }, "identity/entity/name/b": { id: "1" } };
  const api = new MemoryContent(members);
  const group = { kind: "group", name: "g", settings: { type: "internal" }, entities: ["a", "b"], groups: [] } as const;
  const record = { ...group, entities: [...group.entities], groups: [] };
  expect(await importGroup(api, ACCESSORS, record, KEEP)).toBe("written");
  expect(api.written).toEqual([
    ["identity/group/name/g", { type: "internal", member_entity_ids: ["2", "1"], member_group_ids: [] }],
  ]);
  api.objects["identity/group/name/g"] = { type: "internal", member_entity_ids: ["1", "2"] };
  expect(await importGroup(api, ACCESSORS, record, KEEP)).toBe("equal");
  api.objects["identity/group/name/g"] = { type: "internal", member_entity_ids: ["1"] };
  expect(await importGroup(api, ACCESSORS, record, KEEP)).toBe("conflict");
});
