import type { Content, ContentApi } from "../../vault/content";
import { isKeyValue } from "./catalogue";
import type { Mount } from "./read-configuration";
import type { RecordOf, SecretVersion } from "./records";

type Reader = Pick<ContentApi, "read" | "list">;

/** Where a secret is. */
export interface SecretPlace {
  readonly mount: Mount;
  /** Below the mount. */
  readonly path: string;
}

/** Every secret of the KV engines, in an order that does not depend on anything but the names. */
export async function* secretPlaces(api: Reader, mounts: readonly Mount[]): AsyncGenerator<SecretPlace> {
  for (const mount of mounts.filter(({ side, type }) => side === "engine" && isKeyValue(type)))
    for await (const path of pathsBelow(api, listOf(mount), "")) yield { mount, path };
}

/** A secret with its versions; undefined if there is none. */
export async function readSecret(
  api: Pick<Reader, "read">,
  { mount, path }: SecretPlace,
): Promise<RecordOf<"secret"> | undefined> {
  const at = { kind: "secret", mount: mount.path, path } as const;
  if (mount.version !== "2") {
    const data = await api.read(`${mount.path}/${path}`);
    return data && { ...at, versions: [{ data }] };
  }
  const metadata = await api.read(`${mount.path}/metadata/${path}`);
  if (metadata === undefined) return undefined;
  const { max_versions, cas_required, delete_version_after, custom_metadata, versions } = metadata;
  const known = Object.entries(versions as Readonly<Record<string, { created_time: string; destroyed: boolean }>>);
  const kept: SecretVersion[] = [];
  for (const [number, { created_time: created, destroyed }] of known.sort(([one], [other]) => +one - +other)) {
    const read = destroyed ? undefined : await api.read(`${mount.path}/data/${path}`, Number(number));
    const data = read?.data as Content | null | undefined;
    kept.push({ created, ...(data ? { data } : {}) });
  }
  return { ...at, settings: { max_versions, cas_required, delete_version_after, custom_metadata }, versions: kept };
}

function listOf({ path, version }: Mount): string {
  return version === "2" ? `${path}/metadata/` : `${path}/`;
}

async function* pathsBelow(api: Reader, list: string, folder: string): AsyncGenerator<string> {
  for (const name of await api.list(list + folder))
    if (name.endsWith("/")) yield* pathsBelow(api, list, folder + name);
    else yield folder + name;
}
