import { createHash } from "node:crypto";
import { OperationError } from "../core/errors";

/** One of several watchers that share the records among them. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** Which records a watcher watches. */
export interface Selection {
  /** @default - every tenant */
  readonly tenant?: string | undefined;
  /** @default - all of them */
  readonly shard?: Shard | undefined;
}

/**
 * Parses `<index>/<count>`, such as `1/3`. Instead of the index it takes the name of a StatefulSet's pod, such as `watch-0/3`: its
 * ordinal starts from 0.
 *
 * @throws OperationError `usage`.
 */
export function parseShard(text: string): Shard {
  const match = /^(?:([1-9]\d{0,3})|[a-z0-9][a-z0-9.-]*-(0|[1-9]\d{0,3}))\/([1-9]\d{0,3})$/.exec(text);
  const [, index, ordinal, count] = match ?? [];
  const shard = { index: index === undefined ? Number(ordinal) + 1 : Number(index), count: Number(count) };
  if (match === null || shard.index > shard.count)
    throw new OperationError("usage", `"${text}" is not a shard; write <index>/<count>, such as 1/3.`);
  return shard;
}

/** Whether a watcher watches this instance. Each instance belongs to exactly one shard, whatever other records there are. */
export function isSelected(instance: string, { tenant, shard }: Selection): boolean {
  if (tenant !== undefined && !instance.startsWith(`${tenant}/`)) return false;
  if (shard === undefined) return true;
  const hash = createHash("sha256").update(instance).digest().readUInt32BE();
  return hash % shard.count === shard.index - 1;
}
