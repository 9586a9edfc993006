import type { ContentRequests } from "../../vault/content";
import type { ContentContext } from "../context";
import { withLock } from "../operation-lock";
import { streamConcurrently } from "../../core/concurrent";
import { BundleWriter } from "./bundle-writer";
import { ALWAYS_STAYS, contentOf } from "./catalogue";
import { readConfiguration, readMounts, type Mount } from "./read-configuration";
import { readSecret, secretPlaces } from "./read-secrets";
import { hasInexactNumber, type BundleRecord } from "./records";
import { rightsToExport } from "./rights";
import { workOnData, type DataServer } from "./temporary-token";

const POLL = 2_000;

/** Records that are read at once. */
const AT_ONCE = 16;

/** Records after which the progress is reported. */
const REPORT_AFTER = 10_000;

/** Result of an export. */
export interface ExportReport {
  readonly records: number;
  /** SHA-256 of the bundle. */
  readonly sha256: string;
  /** What could not leave. */
  readonly stays: readonly string[];
}

/** A record that is not read yet. The order of records depends on their names alone. */
interface Item {
  readonly name: string;
  read(): Promise<BundleRecord | undefined>;
}

/**
 * Writes everything that can leave an instance into an encrypted bundle. An interrupted export goes on after the last part that is on the
 * disk, whether its process was killed or its connection was cut.
 *
 * @param file Path of the bundle.
 * @param recipients Public keys of age.
 */
export function exportInstance(
  context: ContentContext,
  file: string,
  recipients: readonly string[],
): Promise<ExportReport> {
  const { tenant, name: instance, product } = context.instance;
  return withLock(context, "export", async (locked) => {
    const writer = await BundleWriter.open(file, { tenant, instance, recipients: [...recipients] });
    try {
      return await workOnData(locked, {
        operation: "export",
        rights: async (api) => rightsToExport(await readMounts(api)),
        work: async (api, server) => {
          const mounts = await readMounts(api);
          await writeRecords(locked, writer, server, () => items(api, mounts));
          const stays = staysOf(mounts);
          const time = locked.clock.date().toISOString();
          const sha256 = await writer.finish({ tenant, instance, product, time, stays });
          return { records: writer.records, sha256, stays };
        },
        unfinished: () => ({
          what: `The export of ${context.store.path} has ${writer.records} records and is not complete`,
          remedy: "run this again, which continues it",
        }),
        poll: POLL,
      });
    } finally {
      await writer.close();
    }
  });
}

async function writeRecords(
  { log }: Pick<ContentContext, "log">,
  writer: BundleWriter,
  server: DataServer,
  all: () => AsyncGenerator<Item>,
): Promise<void> {
  const last = await writer.resume(namesOf(all()));
  if (last !== undefined) log.info("continues an export that was interrupted", { records: writer.records });
  let reported = writer.records;
  const read = streamConcurrently(after(all(), last), AT_ONCE, async (item) => [item.name, await item.read()] as const);
  for await (const [name, record] of read) {
    // It was deleted meanwhile.
    if (record === undefined) continue;
    if (hasInexactNumber(record)) log.warn("a number beyond 2^53 may have lost digits; keep it as text", { name });
    if (!(await writer.add(name, record))) continue;
    await server.renew();
    if (writer.records - reported < REPORT_AFTER) continue;
    reported = writer.records;
    log.info("exporting", { records: reported });
  }
}

async function* items(api: ContentRequests, mounts: readonly Mount[]): AsyncGenerator<Item> {
  for await (const record of readConfiguration(api, mounts)) {
    const name = "path" in record ? record.path : record.name;
    yield { name: `${record.kind} ${name}`, read: () => Promise.resolve(record) };
  }
  for await (const place of secretPlaces(api, mounts))
    yield { name: `secret ${place.mount.path}/${place.path}`, read: () => readSecret(api, place) };
}

async function* namesOf(all: AsyncIterable<Item>): AsyncGenerator<string> {
  for await (const { name } of all) yield name;
}

async function* after(all: AsyncIterable<Item>, last: string | undefined): AsyncGenerator<Item> {
  let reached = last === undefined;
  for await (const item of all) {
    if (reached) yield item;
    else reached = item.name === last;
  }
}

/** What could not leave, for people. */
function staysOf(mounts: readonly Mount[]): string[] {
  const ofMounts = mounts.flatMap((mount) => {
    const { stays } = contentOf(mount);
    return stays === undefined ? [] : [`${mount.path}: ${stays}`];
  });
  return [...ofMounts, ...ALWAYS_STAYS];
}
