import { mapConcurrently } from "../../core/concurrent";
import type { Content, ContentRequests } from "../../vault/content";
import { readMounts, type Mount } from "../portability/read-configuration";
import { enforcementOf, type DescribedObject, type IdentityLookup } from "./described";
import { importId, type ManagedObject } from "./import-blocks";
import { inventory, signingKeys } from "./inventory";

type Reader = Pick<ContentRequests, "read" | "list" | "write">;

/** Identities that are looked up at once. */
const AT_ONCE = 8;

/** What an instance has, by whether a stack describes it. */
export interface Comparison {
  readonly managed: readonly ManagedObject[];
  /** Paths. */
  readonly unmanaged: readonly string[];
}

/** Compares what an instance has with what a stack describes. It writes nothing. */
export async function compare(api: Reader, described: readonly DescribedObject[]): Promise<Comparison> {
  const mounts = await readMounts(api);
  const listed = await inventory(api, mounts);
  // Several resources may write one object.
  const objects = new Map(described.map((object) => [object.path, object]));
  const existing = new Set([
    ...listed,
    ...(await signingKeys(api, mounts)),
    ...(await auditDevices(api, objects.keys())),
  ]);
  const managed = await mapConcurrently([...objects.values()], AT_ONCE, async (object): Promise<ManagedObject[]> => {
    const { path, to, lookup } = object;
    if (lookup === undefined) return existing.has(path) ? [{ path, to, id: importId(object) }] : [];
    const isSecondFactor = lookup.kind === "enforcement" || lookup.kind === "method";
    const id = await (isSecondFactor ? secondFactorId(api, lookup) : identityId(api, mounts, lookup));
    return id === undefined ? [] : [{ path, to, id }];
  });
  return { managed: managed.flat(), unmanaged: listed.filter((path) => !objects.has(path)) };
}

/** Paths of the audit devices, if one is described. */
async function auditDevices(api: Reader, described: Iterable<string>): Promise<string[]> {
  if (![...described].some((path) => path.startsWith("sys/audit/"))) return [];
  return Object.keys((await api.read("sys/audit")) ?? {}).map((name) => `sys/audit/${name.replace(/\/$/, "")}`);
}

interface ReadAlias {
  readonly id?: string;
  readonly name?: string;
  readonly mount_accessor?: string;
}

/** The ID of an enforcement of a second factor, which is its name, or of its one method; undefined if it does not exist. */
async function secondFactorId(api: Reader, { kind, name }: IdentityLookup): Promise<string | undefined> {
  const enforcement = await api.read(enforcementOf(name));
  if (kind === "enforcement") return enforcement && name;
  const [method, another] = (enforcement?.mfa_method_ids ?? []) as readonly string[];
  return another === undefined ? method : undefined;
}

/** The ID that an instance gave to an entity, a group or an alias; undefined if it has none of the name. */
async function identityId(
  api: Reader,
  mounts: readonly Mount[],
  { kind, name, login }: IdentityLookup,
): Promise<string | undefined> {
  const lookUp = (body: object): Promise<Content | undefined> => api.write(`identity/lookup/${kind}`, body);
  if (login === undefined) return (await lookUp({ name }))?.id as string | undefined;
  const accessor = mounts.find(({ path }) => path === login)?.accessor;
  if (accessor === undefined) return undefined;
  const found = await lookUp({ alias_name: name, alias_mount_accessor: accessor });
  const aliases = (kind === "group" ? [found?.alias ?? {}] : (found?.aliases ?? [])) as readonly ReadAlias[];
  // Names of aliases have no case at most logins.
  const same = (each: ReadAlias): boolean => each.name?.toLowerCase() === name.toLowerCase();
  return aliases.find((each) => each.mount_accessor === accessor && same(each))?.id;
}
