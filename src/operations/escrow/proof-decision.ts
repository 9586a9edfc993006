import type { Ceremony } from "../../vault/ceremony";

/** Input of the decision about the next step. */
export interface ProofView {
  /** The rotation that the server has begun. */
  readonly ceremony: Ceremony | undefined;
  /** Nonce of the rotation that this run has begun. */
  readonly begun: string | undefined;
  /** Whether the answer to the beginning of a rotation was lost. */
  readonly unheard: boolean;
  /** Whether the server has accepted a group of keys. */
  readonly proven: boolean;
  /** Number of groups of keys that are left to show. */
  readonly groups: number;
}

/** What to do next. */
export type ProofStep =
  | { readonly do: "begin" | "send" | "note-proof" | "cancel" | "judge" | "refuse" | "stop" }
  | { readonly do: "wait"; readonly reason: string };

/**
 * The next step towards a proof that the record's keys open the data; a pure function of what is seen.
 *
 * The proof is a rotation of keys that is never finished. The server compares the keys with its data before it makes new ones, and
 * those open nothing until they are verified. A cancelled rotation leaves nothing behind: the new keys were in the memory of one
 * server. A root token would be made at once, and have to be revoked. A restored snapshot proves the same, and takes minutes and
 * the product's binary.
 */
export function decideProof({ ceremony, begun, unheard, proven, groups }: ProofView): ProofStep {
  const ours = unheard || (ceremony !== undefined && ceremony.nonce === begun);
  if (proven) return { do: ceremony !== undefined && ours ? "cancel" : "judge" };
  if (ceremony === undefined) return { do: groups > 0 ? "begin" : "stop" };
  if (unheard) return { do: "cancel" };
  if (!ours) return { do: "wait", reason: "somebody else has begun a rotation of keys" };
  // The answer to the last key was lost. The server makes new keys only for right ones.
  if (ceremony.verification !== undefined) return { do: "note-proof" };
  if (ceremony.verifies !== true) return { do: "refuse" };
  // The answer to another key was lost.
  if (ceremony.progress > 0 || groups === 0) return { do: "cancel" };
  return { do: "send" };
}
