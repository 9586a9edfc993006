import type { Replica } from "../contract/instance";
import type { Journal } from "../central/journal";
import type { Pods } from "./pods";
import type { RecordStore } from "../central/record-store";
import type { Server } from "../vault/replica";

/** Everything outside the process that bringing an instance up touches. */
export interface World {
  readonly store: Pick<RecordStore, "path" | "read" | "write" | "delete" | "readMetadata" | "patchMetadata">;
  readonly journal: Pick<Journal, "entries" | "reserve" | "keep" | "open" | "forget">;
  server(replica: Replica): Pick<Server, keyof Server>;
  /** The pods that the replicas are; undefined outside Kubernetes. */
  readonly pods?: Pods | undefined;
  readonly clock: Clock;
  /** One line of progress, without secrets. */
  say(line: string): void;
}

/** Time, so that tests can shorten it. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  date(): Date;
  sleep(milliseconds: number): Promise<void>;
}

/** When to give up. */
export interface Patience {
  /** {@link Clock.now} after which nothing is waited for any more. */
  readonly deadline: number;
  /** Aborted when the operator wants the run to end; heeded wherever ending loses nothing. */
  readonly signal: AbortSignal;
}
