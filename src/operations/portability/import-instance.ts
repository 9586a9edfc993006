import { streamConcurrently } from "../../core/concurrent";
import type { ContentRequests } from "../../vault/content";
import { ReplicaError } from "../../vault/errors";
import type { ContentContext } from "../context";
import { reasonOf } from "../loop";
import { withLock } from "../operation-lock";
import type { BundleReader } from "./bundle-reader";
import { importMount, importObject, isSameType } from "./import-configuration";
import { importEntity, importGroup } from "./import-identity";
import { importSecret, type ImportChoices, type Outcome } from "./import-secret";
import { pathAt, readMounts, type Mount } from "./read-configuration";
import type { BundleRecord } from "./records";
import { rightsToImport } from "./rights";
import { workOnData, type DataServer } from "./temporary-token";

const POLL = 2_000;

/** Records that are written at once. */
const AT_ONCE = 16;

/** Records between two renewals of the token and the lock. */
const RENEW_AFTER = 100;

/** Status with which a server fails. */
const FAILED = 500;

/** Result of an import. In a dry run, what it would be. */
export interface ImportReport {
  /** Number of records that this run wrote. */
  readonly written: number;
  /** Number of records that the instance has already. */
  readonly equal: number;
  /** What the instance has with another value, and keeps. */
  readonly conflicts: readonly string[];
  /** What the server did not accept, and why. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  /** What is in the bundle for people to read. */
  readonly public: readonly string[];
  /** Users that this run made, who need a password. */
  readonly passwords: readonly string[];
}

/**
 * Writes what a bundle has into an instance, as far as the instance does not have it. What the instance has with another value is kept and
 * listed, unless it is to be overwritten. Can be run again at any time.
 */
export function importBundle(
  context: ContentContext,
  bundle: Pick<BundleReader, "records">,
  choices: ImportChoices,
): Promise<ImportReport> {
  return withLock(context, "import", (locked) => {
    const run = new ImportRun(locked, bundle, choices);
    return workOnData(locked, {
      operation: "import",
      rights: () => Promise.resolve(rightsToImport(choices.dryRun)),
      work: (api, server) => run.run(api, server),
      unfinished: () => ({
        what: `The import into ${context.store.path} has worked on ${run.done} records and is not complete`,
        remedy: "run this again, which skips what is there",
      }),
      poll: POLL,
    });
  });
}

class ImportRun {
  /** Number of records, from the first one on, that this run has worked on. */
  done = 0;
  private readonly outcomes = { written: 0, equal: 0 };
  private readonly conflicts: string[] = [];
  private readonly refused: { readonly name: string; readonly reason: string }[] = [];
  private readonly public: string[] = [];
  private readonly passwords: string[] = [];
  private mounts = new Map<string, Mount>();
  private accessors = new Map<string, string>();
  /** Mounts, with a slash at the end, that are of another type than in the bundle. Nothing is written below them. */
  private readonly unusable = new Set<string>();

  /** Mounts, with a slash at the end, that this run has created. What they have is the server's. */
  private readonly created = new Set<string>();

  constructor(
    private readonly context: Pick<ContentContext, "clock">,
    private readonly bundle: Pick<BundleReader, "records">,
    private readonly choices: ImportChoices,
  ) {}

  /** Goes on where the last call ended. */
  async run(api: ContentRequests, server: Pick<DataServer, "renew">): Promise<ImportReport> {
    await this.look(api);
    // Each needs those before it. Secrets need all of them, and no other secret.
    let configured: Promise<unknown> = Promise.resolve();
    const results = streamConcurrently(this.rest(), AT_ONCE, (record) => {
      const result = configured.then(() => this.attempt(api, record));
      if (record.kind !== "secret") configured = result;
      return result.then((outcome) => [record, outcome] as const);
    });
    for await (const [record, outcome] of results) {
      this.note(record, outcome);
      if (++this.done % RENEW_AFTER === 0) await server.renew();
    }
    const { conflicts, refused, passwords } = this;
    return { ...this.outcomes, conflicts, refused, public: this.public, passwords };
  }

  private async *rest(): AsyncGenerator<BundleRecord> {
    let skip = this.done;
    for await (const record of this.bundle.records()) if (skip-- <= 0) yield record;
  }

  private async look(api: ContentRequests): Promise<void> {
    const mounts = await readMounts(api);
    this.mounts = new Map(mounts.map((mount) => [mount.path, mount]));
    this.accessors = new Map(mounts.map(({ path, accessor }) => [path, accessor]));
  }

  /** @returns The outcome, or why the server does not accept the record. */
  private async attempt(
    api: ContentRequests,
    record: BundleRecord,
  ): Promise<Outcome | "public" | { readonly reason: string }> {
    try {
      return await this.take(api, record);
    } catch (error) {
      // What the server says of its own failure, as of a database that does not answer, does not pass by waiting here.
      const isAnswer = error instanceof ReplicaError && (!error.retryable || error.status === FAILED);
      if (!isAnswer || error.failure === "untrusted") throw error;
      // Another program wrote the secret in between.
      return error.failure === "conflict" ? "conflict" : { reason: reasonOf(error) };
    }
  }

  private async take(
    api: ContentRequests,
    record: BundleRecord,
  ): Promise<Outcome | "public" | { readonly reason: string }> {
    const { mounts, choices } = this;
    const place = nameOf(record);
    if ([...this.unusable].some((mount) => place.startsWith(mount))) return "conflict";
    switch (record.kind) {
      case "mount": {
        const path = pathAt(record.path);
        const found = mounts.get(path);
        if (found !== undefined && !isSameType(found, record.settings)) this.unusable.add(`${path}/`);
        const outcome = await importMount(api, this.context.clock, found, record, choices);
        if (found === undefined && !choices.dryRun) {
          this.created.add(`${path}/`);
          await this.look(api);
        }
        return outcome;
      }
      case "object": {
        const isUser = record.password === true && (await api.read(record.path)) === undefined;
        const overwrite = choices.overwrite || [...this.created].some((mount) => place.startsWith(mount));
        const outcome = await importObject(api, record, { ...choices, overwrite });
        if (isUser) this.passwords.push(record.path);
        return outcome;
      }
      case "public":
        return "public";
      case "entity":
        return importEntity(api, this.accessors, record, choices);
      case "group":
        return importGroup(api, this.accessors, record, choices);
      case "secret":
        return importSecret(api, mounts.get(record.mount), record, choices);
    }
  }

  private note(record: BundleRecord, outcome: Outcome | "public" | { readonly reason: string }): void {
    const name = nameOf(record);
    if (typeof outcome === "object") this.refused.push({ name, ...outcome });
    else if (outcome === "conflict") this.conflicts.push(name);
    else if (outcome === "public") this.public.push(name);
    else this.outcomes[outcome]++;
  }
}

/** Path of a record, for people. */
function nameOf(record: BundleRecord): string {
  switch (record.kind) {
    case "secret":
      return `${record.mount}/${record.path}`;
    case "entity":
    case "group":
      return `identity/${record.kind}/name/${record.name}`;
    default:
      return record.path;
  }
}
