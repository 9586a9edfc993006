import { z } from "zod";

const content = z.record(z.string(), z.unknown());

const version = z.object({
  /** Fields; undefined if the version was deleted or destroyed. */
  data: content.optional(),
  created: z.string().optional(),
});

const alias = z.object({ name: z.string(), login: z.string(), metadata: content.optional() });

const group = z.object({
  kind: z.literal("group"),
  name: z.string(),
  settings: content,
  entities: z.array(z.string()),
  groups: z.array(z.string()),
  alias: alias.optional(),
});

const record = z.discriminatedUnion("kind", [
  /** A secrets engine (`sys/mounts/<path>`) or a login method (`sys/auth/<path>`). */
  z.object({ kind: z.literal("mount"), path: z.string(), settings: content.and(z.object({ type: z.string() })) }),
  /** Settings, as they are written. `password` says that a server takes them only with one. */
  z.object({
    kind: z.literal("object"),
    path: z.string(),
    data: content,
    beside: z.object({ name: z.string(), data: content }).optional(),
    password: z.literal(true).optional(),
  }),
  /** Something for people to read, such as the certificate of a CA. */
  z.object({ kind: z.literal("public"), path: z.string(), data: content }),
  z.object({ kind: z.literal("entity"), name: z.string(), settings: content, aliases: z.array(alias) }),
  group,
  /** A secret with all versions, the oldest first. One of KV version 1 has a single version and no settings. */
  z.object({
    kind: z.literal("secret"),
    mount: z.string(),
    path: z.string(),
    settings: content.optional(),
    versions: z.array(version),
  }),
]);

/** One line of a bundle. */
export type BundleRecord = z.output<typeof record>;

/** A record of one kind. */
export type RecordOf<Kind extends BundleRecord["kind"]> = Extract<BundleRecord, { kind: Kind }>;

/** One version of a secret. */
export type SecretVersion = z.output<typeof version>;

/** Name of an entity or a group at a login method. */
export type Alias = z.output<typeof alias>;

/** @throws Error if the line is not a record. */
export function parseRecord(line: string): BundleRecord {
  return record.parse(JSON.parse(line));
}

/** A record as one line. */
export function recordLine(written: BundleRecord): string {
  return `${JSON.stringify(written)}\n`;
}

/** Whether there is a whole number that JSON cannot tell from its neighbours, so that it may have lost digits when it was read. */
export function hasInexactNumber(value: unknown): boolean {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value);
  return typeof value === "object" && value !== null && Object.values(value).some(hasInexactNumber);
}
