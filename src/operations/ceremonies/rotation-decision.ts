import type { Ceremony } from "../../vault/ceremony";

/** A set of keys of the record. */
export type KeySetName = "current" | "pending";

/** Input of the decision about the next step. */
export interface RotationView {
  /** Nonce of the rotation that made the pending keys of the record; undefined if there are none. */
  readonly pending: string | undefined;
  /** The rotation that the server has begun. */
  readonly ceremony: Ceremony | undefined;
  /** Nonce of the rotation that this run has begun. */
  readonly begun: string | undefined;
  /** Whether the answer to the beginning of a rotation was lost. */
  readonly unheard: boolean;
  /** Sets of keys that the server has refused to this run. */
  readonly refused: readonly KeySetName[];
  /** Whether the server has accepted the pending keys, so that they are those that open the data. */
  readonly inUse: boolean;
}

/** What to do next. */
export type RotationStep =
  | { readonly do: "begin" }
  /** Show the server the keys that open the data. It makes new ones, which open nothing yet. */
  | { readonly do: "send"; readonly set: KeySetName }
  /** Show the server that the record has the new keys. From then on, they open the data. */
  | { readonly do: "verify"; readonly nonce: string }
  | { readonly do: "cancel" }
  /** Show no key to a server that would put new keys to use before the record has them. */
  | { readonly do: "refuse" }
  /** Give the pending keys of the record the names of the former ones. */
  | { readonly do: "adopt" }
  | { readonly do: "wait"; readonly reason: string }
  | { readonly do: "stop" };

/**
 * The next step towards new keys; a pure function of what is seen. The record has the new keys before they open anything, and the
 * former ones for as long as they might. Which of them do is not remembered: the server tells it when it is shown both.
 */
export function decideRotation({ pending, ceremony, begun, unheard, refused, inUse }: RotationView): RotationStep {
  // The answer to the cancellation of a ceremony that has proven the pending keys may be lost.
  if (inUse) return { do: ceremony !== undefined && ceremony.nonce === begun ? "cancel" : "adopt" };
  if (ceremony === undefined) return { do: "begin" };
  if (unheard) return { do: "cancel" };
  if (ceremony.nonce !== begun) return { do: "wait", reason: "somebody else has begun a rotation of keys" };
  if (ceremony.verification !== undefined) {
    return pending === begun ? { do: "verify", nonce: ceremony.verification } : { do: "cancel" };
  }
  if (ceremony.verifies !== true) return { do: "refuse" };
  // The answer to a key was lost.
  if (ceremony.progress > 0) return { do: "cancel" };
  if (!refused.includes("current")) return { do: "send", set: "current" };
  return pending === undefined || refused.includes("pending") ? { do: "stop" } : { do: "send", set: "pending" };
}
