import { GENERATED, PLACEHOLDER_METADATA, TBD, type Placeholder } from "../../contract/placeholders";
import type { Content } from "../../vault/content";

/**
 * What became of a placeholder. "unconfirmed" is a first version without a mark: a person wrote it before it was declared, or the
 * run that wrote it was killed before it could mark it.
 */
export type PlaceholderState = "missing" | "TBD" | "unconfirmed" | "deleted" | "filled";

interface KeyMetadata {
  readonly current_version?: number;
  readonly versions?: Readonly<Record<string, { readonly deletion_time?: string; readonly destroyed?: boolean }>>;
  readonly custom_metadata?: Readonly<Record<string, string>> | null;
}

/** The state of a placeholder, from its metadata. No secret value is read. @param metadata Undefined if there is none. */
export function placeholderState(metadata: Content | undefined): PlaceholderState {
  const { current_version: version = 0, versions = {}, custom_metadata: custom } = (metadata ?? {}) as KeyMetadata;
  if (version === 0) return "missing";
  const newest = versions[String(version)];
  if (newest?.destroyed === true || (newest?.deletion_time ?? "") !== "") return "deleted";
  const mark = custom?.[PLACEHOLDER_METADATA.mark];
  if (version > 1 || (mark !== undefined && mark !== TBD)) return "filled";
  return mark === TBD ? "TBD" : "unconfirmed";
}

/** What is to be done about a placeholder. */
export interface PlaceholderStep {
  readonly placeholder: Placeholder;
  /** Whether its first version is written. */
  readonly writes: boolean;
  /** Changes of its custom metadata; without any, undefined. */
  readonly describes: Readonly<Record<string, string>> | undefined;
}

/**
 * What is to be done; nothing for a placeholder that is as described. A secret that exists is never written.
 *
 * @param found Metadata of each placeholder, in their order.
 * @param attempted Paths that this run has tried to write.
 */
export function decidePlaceholders(
  placeholders: readonly Placeholder[],
  found: readonly (Content | undefined)[],
  attempted: ReadonlySet<string> = new Set(),
): PlaceholderStep[] {
  return placeholders
    .map((placeholder, index) => stepFor(placeholder, found[index], attempted))
    .filter(({ writes, describes }) => writes || describes !== undefined);
}

function stepFor(
  placeholder: Placeholder,
  metadata: Content | undefined,
  attempted: ReadonlySet<string>,
): PlaceholderStep {
  const { owner, type, generatedLength } = placeholder;
  const writes = metadata === undefined;
  const isOurs = writes || (placeholderState(metadata) === "unconfirmed" && attempted.has(pathOf(placeholder)));
  const wanted = {
    ...(isOurs ? { [PLACEHOLDER_METADATA.mark]: generatedLength === undefined ? TBD : GENERATED } : {}),
    ...(owner === undefined ? {} : { [PLACEHOLDER_METADATA.owner]: owner }),
    ...(type === undefined ? {} : { [PLACEHOLDER_METADATA.type]: type }),
  };
  const existing = ((metadata ?? {}) as KeyMetadata).custom_metadata ?? {};
  const changed = Object.entries(wanted).filter(([key, value]) => existing[key] !== value);
  return { placeholder, writes, describes: changed.length === 0 ? undefined : Object.fromEntries(changed) };
}

/** Path as people write it. */
export function pathOf({ mount, path }: Pick<Placeholder, "mount" | "path">): string {
  return `${mount}/${path}`;
}
