import type { Content, ContentApi } from "../../vault/content";
import { differs, planVersions } from "./difference";
import type { Mount } from "./read-configuration";
import type { RecordOf } from "./records";

type Secret = RecordOf<"secret">;

/** What became of a record. In a dry run, what would become of it. */
export type Outcome = "written" | "equal" | "conflict";

/** What an import may do. */
export interface ImportChoices {
  /** Whether what the server has otherwise is replaced. */
  readonly overwrite: boolean;
  /** Whether nothing is written. */
  readonly dryRun: boolean;
}

type Api = Pick<ContentApi, "read" | "write">;

/** Writes a secret with its versions, as far as the server does not have them. */
export function importSecret(
  api: Api,
  mount: Pick<Mount, "version"> | undefined,
  secret: Secret,
  choices: ImportChoices,
): Promise<Outcome> {
  const isVersioned = mount === undefined ? secret.settings !== undefined : mount.version === "2";
  return isVersioned ? importVersions(api, secret, choices) : importValue(api, secret, choices);
}

async function importValue(api: Api, { mount, path, versions }: Secret, choices: ImportChoices): Promise<Outcome> {
  const place = `${mount}/${path}`;
  const [newest = {}] = versions.slice(-1);
  const found = await api.read(place);
  const wanted = newest.data;
  if (wanted === undefined) return "equal";
  const plan = planVersions([newest], found === undefined ? [] : [{ number: 1, data: found }]);
  if (plan.append.length === 0) return "equal";
  if (found !== undefined && !choices.overwrite) return "conflict";
  if (!choices.dryRun) await api.write(place, wanted);
  return "written";
}

async function importVersions(api: Api, secret: Secret, choices: ImportChoices): Promise<Outcome> {
  const { mount, path, settings = {}, versions } = secret;
  const metadata = await api.read(`${mount}/metadata/${path}`);
  const plan = planVersions(versions, await foundVersions(api, secret, metadata));
  const settingsDiffer = differs(settings, metadata ?? {});
  if ((plan.conflict || (metadata !== undefined && settingsDiffer)) && !choices.overwrite) return "conflict";
  // A secret without settings begins with its first version.
  const writesSettings = settingsDiffer || (metadata === undefined && versions.length === 0);
  if (!writesSettings && plan.append.length + plan.remove.length === 0) return "equal";
  if (choices.dryRun) return "written";
  // Before the versions, because it says how many of them are kept.
  if (writesSettings) await api.write(`${mount}/metadata/${path}`, writable(settings));
  if (plan.remove.length > 0) await api.write(`${mount}/delete/${path}`, { versions: plan.remove });
  let cas = Number(metadata?.current_version ?? 0);
  for (const { data } of plan.append) {
    await api.write(`${mount}/data/${path}`, { data: data ?? {}, options: { cas } });
    cas++;
    if (data === undefined) await api.write(`${mount}/delete/${path}`, { versions: [cas] });
  }
  return "written";
}

/** The server takes no empty metadata. */
function writable({ custom_metadata, ...settings }: Content): Content {
  return { ...settings, custom_metadata: custom_metadata ?? {} };
}

async function foundVersions(api: Api, { mount, path }: Secret, metadata: Content | undefined) {
  const known = Object.entries((metadata?.versions ?? {}) as Readonly<Record<string, { destroyed: boolean }>>);
  const found = known.map(async ([text, { destroyed }]) => {
    const number = Number(text);
    const read = destroyed ? undefined : await api.read(`${mount}/data/${path}`, number);
    return { number, data: (read?.data ?? undefined) as Content | undefined };
  });
  return (await Promise.all(found)).sort((one, other) => one.number - other.number);
}
