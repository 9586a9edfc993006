import { IDENTITY_LOGIN, IDENTITY_POLICY_PREFIX } from "../../contract/identities";
import { mapConcurrently } from "../../core/concurrent";
import type { Content, ContentApi } from "../../vault/content";
import { contentOf, isBuiltIn, settingsOf, SYSTEM_CONTENT, type MountType, type Part } from "./catalogue";
import type { Alias, BundleRecord, RecordOf } from "./records";

type Reader = Pick<ContentApi, "read" | "list">;

/** Members of a group that are looked up at once. */
const AT_ONCE = 8;

/** A secrets engine or a login method. */
export interface Mount extends MountType {
  /** Below which its API is, without a slash at the end: `kv`, or `auth/userpass`. */
  readonly path: string;
  readonly accessor: string;
  readonly settings: Content;
}

/** Where the server has a mount itself: `sys/mounts/kv`, or `sys/auth/userpass`. */
export function placeOf({ side, path }: Pick<Mount, "side" | "path">): string {
  return side === "engine" ? `sys/mounts/${path}` : `sys/${path}`;
}

/** Path of the mount that the server has at a place: the inverse of {@link placeOf}. */
export function pathAt(place: string): string {
  return place.replace(/^sys\/(mounts\/)?/, "");
}

/** Mounts of a server, without those that belong to tenant-vault. */
export async function readMounts(api: Reader): Promise<readonly Mount[]> {
  const sides = [
    { side: "engine", list: "sys/mounts", prefix: "" },
    { side: "login", list: "sys/auth", prefix: "auth/" },
  ] as const;
  const found = sides.map(async ({ side, list, prefix }) =>
    Object.entries((await api.read(list)) ?? {}).flatMap(([name, value]): Mount[] => {
      const { type, accessor, options, ...others } = value as Content;
      if (typeof type !== "string" || name === `${IDENTITY_LOGIN}/`) return [];
      const { description, config, local, seal_wrap } = others;
      return [
        {
          path: prefix + name.replace(/\/$/, ""),
          side,
          type,
          version: (options as { version?: string } | null)?.version,
          accessor: String(accessor),
          settings: { type, description, config, options, local, seal_wrap },
        },
      ];
    }),
  );
  return (await Promise.all(found)).flat().sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** Everything but secrets, in the order in which another server can take it. */
export async function* readConfiguration(api: Reader, mounts: readonly Mount[]): AsyncGenerator<BundleRecord> {
  for (const mount of mounts) {
    const { type, settings } = mount;
    if (!isBuiltIn(type)) yield { kind: "mount", path: placeOf(mount), settings: { ...settings, type } };
  }
  for (const part of SYSTEM_CONTENT) yield* readPart(api, "", part);
  for (const mount of mounts) for (const part of contentOf(mount).parts) yield* readPart(api, `${mount.path}/`, part);
  const logins = new Map(mounts.map(({ accessor, path }) => [accessor, path]));
  yield* readEntities(api, logins);
  yield* readGroups(api, logins);
}

/** Whether an object belongs to the server itself or to tenant-vault. */
export function isOwn(path: string): boolean {
  return path === "sys/policies/acl/root" || path.startsWith(`sys/policies/acl/${IDENTITY_POLICY_PREFIX}`);
}

async function* readPart(api: Reader, below: string, part: Part): AsyncGenerator<BundleRecord> {
  const { item } = part;
  const paths =
    item === undefined
      ? [below + part.path]
      : (await api.list(below + part.path)).map((name) => `${below}${item}/${name}`);
  for (const path of paths) {
    const read = isOwn(path) ? undefined : await api.read(path);
    if (read === undefined) continue;
    const data = settingsOf(part.fields === undefined ? read : only(read, part.fields));
    if (part.isPublic === true) {
      yield { kind: "public", path, data };
      continue;
    }
    const beside = part.beside === undefined ? undefined : await api.read(`${path}/${part.beside}`);
    yield {
      kind: "object",
      path,
      data,
      ...(part.beside === undefined || beside === undefined ? {} : { beside: { name: part.beside, data: beside } }),
      ...(part.needsPassword === true ? { password: true } : {}),
    };
  }
}

function only(read: Content, fields: readonly string[]): Content {
  return Object.fromEntries(Object.entries(read).filter(([name]) => fields.includes(name)));
}

interface ReadAlias {
  readonly name: string;
  readonly mount_accessor: string;
  readonly custom_metadata?: Content | null;
}

/** Aliases at logins that leave. */
function aliasesOf(read: readonly ReadAlias[], logins: ReadonlyMap<string, string>): Alias[] {
  return read.flatMap(({ name, mount_accessor, custom_metadata }) => {
    const login = logins.get(mount_accessor);
    return login === undefined ? [] : [{ name, login, ...(custom_metadata ? { metadata: custom_metadata } : {}) }];
  });
}

async function* readEntities(api: Reader, logins: ReadonlyMap<string, string>): AsyncGenerator<RecordOf<"entity">> {
  for (const name of await api.list("identity/entity/name")) {
    const read = await api.read(`identity/entity/name/${name}`);
    if (read === undefined) continue;
    const { policies, metadata, disabled } = read;
    const former = (read.aliases ?? []) as readonly ReadAlias[];
    const aliases = aliasesOf(former, logins);
    // An identity of tenant-vault has an entity since its first login.
    if (former.length > 0 && aliases.length === 0) continue;
    yield { kind: "entity", name, settings: { policies, metadata, disabled }, aliases };
  }
}

/** Groups, each after those that are its members. */
async function* readGroups(api: Reader, logins: ReadonlyMap<string, string>): AsyncGenerator<RecordOf<"group">> {
  const names = await api.list("identity/group/name");
  let left = (await mapConcurrently(names, AT_ONCE, (name) => readGroup(api, logins, name))).flat();
  while (left.length > 0) {
    const waiting = new Set(left.map(({ name }) => name));
    const ready = left.filter(({ groups }) => groups.every((member) => !waiting.has(member)));
    // The server allows no circle.
    const next = ready.length > 0 ? ready : left;
    yield* next;
    left = left.filter((each) => !next.includes(each));
  }
}

async function readGroup(
  api: Reader,
  logins: ReadonlyMap<string, string>,
  name: string,
): Promise<readonly RecordOf<"group">[]> {
  const read = await api.read(`identity/group/name/${name}`);
  if (read === undefined) return [];
  const { type, policies, metadata, alias } = read;
  const names = async (kind: "entity" | "group", ids: unknown): Promise<string[]> => {
    const found = await mapConcurrently((ids ?? []) as readonly string[], AT_ONCE, (id) =>
      api.read(`identity/${kind}/id/${id}`),
    );
    return found.flatMap((each) => (each === undefined ? [] : [String(each.name)]));
  };
  const external = alias as Partial<ReadAlias> | null | undefined;
  const [named] = external?.name === undefined ? [] : aliasesOf([external as ReadAlias], logins);
  return [
    {
      kind: "group",
      name,
      settings: { type, policies, metadata },
      entities: type === "internal" ? await names("entity", read.member_entity_ids) : [],
      groups: await names("group", read.member_group_ids),
      ...(named === undefined ? {} : { alias: named }),
    },
  ];
}
