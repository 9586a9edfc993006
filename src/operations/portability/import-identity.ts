import type { Content, ContentApi } from "../../vault/content";
import { differs } from "./difference";
import type { ImportChoices, Outcome } from "./import-secret";
import type { Alias, RecordOf } from "./records";

type Api = Pick<ContentApi, "read" | "write">;

/** Accessors of the login methods that a server has, by path. */
export type Accessors = ReadonlyMap<string, string>;

/** Writes an entity and its names at login methods, as far as the server does not have them. */
export async function importEntity(
  api: Api,
  accessors: Accessors,
  { name, settings, aliases }: RecordOf<"entity">,
  choices: ImportChoices,
): Promise<Outcome> {
  const place = `identity/entity/name/${name}`;
  const found = await api.read(place);
  const missing = aliases.filter((alias) => !hasAlias(found?.aliases, accessors, alias));
  if (found !== undefined && missing.length === 0 && !differs(settings, found)) return "equal";
  if (found !== undefined && differs(settings, found) && !choices.overwrite) return "conflict";
  for (const alias of missing)
    if ((await ownerOf(api, accessors, alias)) !== undefined && !choices.overwrite) return "conflict";
  if (choices.dryRun) return "written";
  if (found === undefined || differs(settings, found)) await api.write(place, settings);
  const id = (await api.read(place))?.id;
  for (const alias of missing) await api.write("identity/entity-alias", aliasBody(accessors, alias, id));
  return "written";
}

/** Writes a group with its members, which the server has already. */
export async function importGroup(
  api: Api,
  accessors: Accessors,
  { name, settings, entities, groups, alias }: RecordOf<"group">,
  choices: ImportChoices,
): Promise<Outcome> {
  const place = `identity/group/name/${name}`;
  const found = await api.read(place);
  const wanted = {
    ...settings,
    member_group_ids: await idsOf(api, "group", groups),
    ...(settings.type === "internal" ? { member_entity_ids: await idsOf(api, "entity", entities) } : {}),
  };
  const isSame = found !== undefined && !differs(sortedLists(wanted), sortedLists(found));
  const hasName = alias === undefined || hasAlias([found?.alias], accessors, alias);
  if (isSame && hasName) return "equal";
  if (found !== undefined && !choices.overwrite) return "conflict";
  if (choices.dryRun) return "written";
  await api.write(place, wanted);
  if (!hasName) await api.write("identity/group-alias", aliasBody(accessors, alias, (await api.read(place))?.id));
  return "written";
}

function hasAlias(found: unknown, accessors: Accessors, { name, login }: Alias): boolean {
  return ((found ?? []) as readonly (Content | null | undefined)[]).some(
    (each) => each?.name === name && each.mount_accessor === accessors.get(login),
  );
}

/** Entity that has a name at a login method; undefined if none has. */
async function ownerOf(api: Api, accessors: Accessors, { name, login }: Alias): Promise<Content | undefined> {
  const accessor = accessors.get(login);
  if (accessor === undefined) return undefined;
  return api.write("identity/lookup/entity", { alias_name: name, alias_mount_accessor: accessor });
}

function aliasBody(accessors: Accessors, { name, login, metadata }: Alias, id: unknown): object {
  const body = { name, mount_accessor: accessors.get(login), canonical_id: id };
  return metadata === undefined ? body : { ...body, custom_metadata: metadata };
}

async function idsOf(api: Api, kind: "entity" | "group", names: readonly string[]): Promise<readonly unknown[]> {
  const found = await Promise.all(names.map((name) => api.read(`identity/${kind}/name/${name}`)));
  return found.flatMap((each) => (each === undefined ? [] : [each.id]));
}

/** The server keeps members in an order of its own. */
function sortedLists(content: Content): Content {
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [
      name,
      Array.isArray(value) ? [...(value as unknown[])].sort() : value,
    ]),
  );
}
