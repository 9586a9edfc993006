import type { Journal } from "../central/journal";
import type { RecordStore } from "../central/record-store";
import type { Replica } from "../contract/instance";
import type { Clock } from "../core/clock";
import type { Server } from "../vault/replica";
import type { Pods } from "./pods";

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
