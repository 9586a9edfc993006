import { TBD, type Placeholder } from "../../contract/placeholders";
import { mapConcurrently } from "../../core/concurrent";
import { OperationError } from "../../core/errors";
import { generateByRules, generatePassword } from "../../core/password";
import type { Content, ContentRequests } from "../../vault/content";
import { ReplicaError } from "../../vault/errors";
import type { ContentContext } from "../context";
import { runAsApply } from "../identities/run-as-apply";
import type { Outcome } from "../loop";
import { decidePlaceholders, pathOf, type PlaceholderStep } from "./placeholder-state";

/** Secrets whose metadata are read at once. */
const READS_AT_ONCE = 8;

/** Result of a run. */
export interface PlaceholdersReport {
  /** Paths that this run wrote, with the mounts. */
  readonly written: readonly string[];
  /** Number of placeholders that existed. */
  readonly existing: number;
}

/** Metadata of each placeholder; undefined for one that does not exist. */
type Seen = readonly (Content | undefined)[];

/**
 * Writes each placeholder that does not exist, as the identity `apply`. That identity may create exactly these secrets, and can
 * neither read nor overwrite one. What exists is left alone, also if it was deleted.
 */
export function writePlaceholders(
  context: ContentContext,
  placeholders: readonly Placeholder[],
): Promise<PlaceholdersReport> {
  return new PlaceholderRun(context, placeholders).run();
}

class PlaceholderRun {
  /** Paths whose first version this run has tried to write: an answer may have been lost. */
  private readonly attempted = new Set<string>();

  constructor(
    private readonly context: ContentContext,
    private readonly placeholders: readonly Placeholder[],
  ) {}

  run(): Promise<PlaceholdersReport> {
    return runAsApply<Seen, readonly PlaceholderStep[], PlaceholdersReport>(this.context, {
      observe: (api) => this.observe(api),
      decide: (metadata) => decidePlaceholders(this.placeholders, metadata, this.attempted),
      perform: (steps, _, api) => this.perform(steps, api),
      missing: `The placeholders of ${this.context.store.path} are not all written yet`,
    });
  }

  private observe(api: ContentRequests): Promise<Seen> {
    return mapConcurrently(this.placeholders, READS_AT_ONCE, (placeholder) =>
      api.read(metadataPath(placeholder)).catch((error: unknown) => {
        throw this.explain(error, placeholder);
      }),
    );
  }

  private async perform(steps: readonly PlaceholderStep[], api: ContentRequests): Promise<Outcome<PlaceholdersReport>> {
    for (const { placeholder, writes, describes } of steps) {
      if (writes && !(await this.write(api, placeholder))) continue;
      if (describes !== undefined) await api.patch(metadataPath(placeholder), { custom_metadata: describes });
    }
    if (steps.length > 0) return undefined;
    const written = [...this.attempted];
    return { done: { written, existing: this.placeholders.length - written.length } };
  }

  /** @returns Whether this run wrote it; a person may have been faster. */
  private async write(api: ContentRequests, placeholder: Placeholder): Promise<boolean> {
    const { mount, path, keys } = placeholder;
    const data = Object.fromEntries(keys.map((key) => [key, valueOf(placeholder)]));
    this.attempted.add(pathOf(placeholder));
    try {
      await api.write(`${mount}/data/${path}`, { data, options: { cas: 0 } });
    } catch (error) {
      if (!(error instanceof ReplicaError) || (error.failure !== "denied" && error.failure !== "conflict")) throw error;
      this.attempted.delete(pathOf(placeholder));
      if ((await api.read(metadataPath(placeholder))) !== undefined) return false;
      throw this.explain(error, placeholder);
    }
    this.context.log.info("wrote a placeholder", { path: pathOf(placeholder) });
    return true;
  }

  private explain(error: unknown, placeholder: Placeholder): unknown {
    if (!(error instanceof ReplicaError) || error.failure !== "denied") return error;
    const { path } = this.context.store;
    const [tenant = ""] = path.split("/");
    return new OperationError(
      "placeholder-denied",
      `The identity apply of ${path} may not write the placeholder ${pathOf(placeholder)} yet; deploy the stack ${tenant}-vault, and then ${tenant}-config.`,
      { cause: error },
    );
  }
}

function valueOf({ generatedLength: length, generatedRules: rules }: Placeholder): string {
  if (length === undefined) return TBD;
  return rules === undefined ? generatePassword(length) : generateByRules(length, rules);
}

function metadataPath({ mount, path }: Placeholder): string {
  return `${mount}/metadata/${path}`;
}
