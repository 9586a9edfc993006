import type { ErrorCode } from "../core/error-codes";

/** Something that happened to an instance, for metrics and notifications. */
export type WatchEvent =
  /** How many replicas need their keys; 0 if none does. Those that wait have the shares of this watcher's group. */
  | {
      readonly kind: "seen";
      readonly instance: string;
      readonly sealed: number;
      /** @default 0 */
      readonly waiting?: number;
      readonly unreachable: number;
    }
  | { readonly kind: "sealed"; readonly instance: string; readonly replicas: readonly string[] }
  | {
      readonly kind: "unsealed";
      readonly instance: string;
      readonly replicas: readonly string[];
      readonly seconds: number;
    }
  /** What expires was renewed where it was time. */
  | { readonly kind: "maintained"; readonly instance: string }
  /** When a snapshot of it was last proven by a restore, as its record says: seconds since the epoch; undefined if never. */
  | { readonly kind: "proven"; readonly instance: string; readonly time: number | undefined }
  /** This watcher proved a snapshot of it now. */
  | { readonly kind: "drilled"; readonly instance: string; readonly snapshot: string; readonly seconds: number }
  | { readonly kind: "drill-failed"; readonly instance: string; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: "failed"; readonly instance: string; readonly code: ErrorCode; readonly message: string }
  /** Its record is gone, or belongs to another watcher. */
  | { readonly kind: "forgotten"; readonly instance: string }
  /** Whether the last request for the list of records was answered. */
  | { readonly kind: "listed"; readonly instances: number | undefined };

/** Receives events. It must not throw. */
export type WatchListener = (event: WatchEvent) => void;
