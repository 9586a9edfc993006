import type { KeySetName } from "../ceremonies/rotation-decision";
import type { Ceremony } from "../../vault/ceremony";

/** Input of the decision about the next step. */
export interface GenerationView {
  /** The ceremony that the server has begun. */
  readonly ceremony: Ceremony | undefined;
  /** Nonce of the ceremony that this run has begun. */
  readonly begun: string | undefined;
  /** Whether the answer to the beginning of a ceremony was lost. */
  readonly unheard: boolean;
  /** Sets of keys that the server has refused to this run. */
  readonly refused: readonly KeySetName[];
  /** Whether the record has keys of an unfinished rotation, too. */
  readonly pending: boolean;
  /** Whether the record's metadata say that a token may get lost. */
  readonly announced: boolean;
  /** Whether this run has a root token: one that it made, or one of the record that works. */
  readonly made: boolean;
  /** Whether tokens may exist that earlier steps made and nobody has. */
  readonly lost: boolean;
  /** Whether the person, or the record, has the token. */
  readonly delivered: boolean;
}

/** What to do next. */
export type GenerationStep =
  | { readonly do: "announce" | "begin" | "cancel" | "revoke-lost" | "deliver" | "settle" | "stop" }
  | { readonly do: "send"; readonly set: KeySetName }
  | { readonly do: "wait"; readonly reason: string };

/** The next step towards a root token that somebody has, and none that nobody has; a pure function of what is seen. */
export function decideGeneration(view: GenerationView): GenerationStep {
  const { ceremony, begun, unheard, refused, pending, announced, made, lost, delivered } = view;
  if (made && lost) return { do: "revoke-lost" };
  if (made) return { do: delivered ? "settle" : "deliver" };
  if (!announced) return { do: "announce" };
  if (ceremony === undefined) return { do: "begin" };
  if (unheard) return { do: "cancel" };
  if (ceremony.nonce !== begun) return { do: "wait", reason: "somebody else makes a root token" };
  // The answer to a key was lost.
  if (ceremony.progress > 0) return { do: "cancel" };
  if (!refused.includes("current")) return { do: "send", set: "current" };
  return !pending || refused.includes("pending") ? { do: "stop" } : { do: "send", set: "pending" };
}
