import { randomBytes } from "node:crypto";
import type { Clock } from "../../core/clock";
import type { Content, ContentRequests } from "../../vault/content";
import { settingsOf } from "./catalogue";
import { differs } from "./difference";
import type { ImportChoices, Outcome } from "./import-secret";
import type { Mount } from "./read-configuration";
import type { RecordOf } from "./records";

/** Milliseconds between two checks of a new mount. */
const POLL = 200;

/** Checks of a new mount of KV version 2, which upgrades itself for a moment. */
const CHECKS = 100;

/** Creates a mount, or compares the one that the server has. Another type at the path is always a conflict. */
export async function importMount(
  api: ContentRequests,
  clock: Pick<Clock, "sleep">,
  found: Mount | undefined,
  { path, settings }: RecordOf<"mount">,
  choices: ImportChoices,
): Promise<Outcome> {
  if (found === undefined) {
    if (choices.dryRun) return "written";
    await api.write(path, settings);
    if (versionOf(settings) === "2") await waitUntilReady(api, clock, path.replace("sys/mounts/", ""));
    return "written";
  }
  if (!isSameType(found, settings)) return "conflict";
  const { description, config, options } = settings;
  if (!differs({ description, config, options }, found.settings)) return "equal";
  if (!choices.overwrite) return "conflict";
  const tuned = { ...(config as Content | null), description, options: options ?? {} };
  if (!choices.dryRun) await api.write(`${path}/tune`, tuned);
  return "written";
}

/** Whether records for a mount with these settings can be written below another one. */
export function isSameType({ type, version }: Mount, settings: RecordOf<"mount">["settings"]): boolean {
  return type === settings.type && (version ?? "1") === (versionOf(settings) ?? "1");
}

function versionOf({ options }: RecordOf<"mount">["settings"]): string | undefined {
  return (options as { version?: string } | null | undefined)?.version;
}

async function waitUntilReady(api: ContentRequests, clock: Pick<Clock, "sleep">, mount: string): Promise<void> {
  for (let check = 0; check < CHECKS && !(await api.isReady(mount)); check++) await clock.sleep(POLL);
}

/** Writes settings, unless the server has them. A user gets a password that nobody knows. */
export async function importObject(
  api: ContentRequests,
  { path, data, beside, password }: RecordOf<"object">,
  choices: ImportChoices,
): Promise<Outcome> {
  const found = await api.read(path);
  const besides = beside && { ...beside, place: `${path}/${beside.name}` };
  const besideFound = besides === undefined ? undefined : await api.read(besides.place);
  const isSame = found !== undefined && !differs(data, settingsOf(found));
  const isBesideSame = besides === undefined || (besideFound !== undefined && !differs(besides.data, besideFound));
  if (isSame && isBesideSame) return "equal";
  if (found !== undefined && !choices.overwrite) return "conflict";
  if (choices.dryRun) return "written";
  const unknown = password === true && found === undefined ? { password: randomBytes(32).toString("base64url") } : {};
  if (!isSame) await api.write(path, { ...data, ...unknown });
  if (besides !== undefined && !isBesideSame) await api.write(besides.place, besides.data);
  return "written";
}
