import type { SeenReplica } from "../seen";
import { isOpen } from "../members";

/** A replica as the next step depends on it. */
export type SealingReplica = SeenReplica & {
  readonly active: boolean;
  /** Whether it has refused to be sealed, because it is a standby. Those of Vault do. */
  readonly refused: boolean;
};

/** What to do next. */
export type SealStep =
  | { readonly do: "seal"; readonly replica: SealingReplica }
  /** Nothing but a restart seals these. */
  | { readonly do: "restart"; readonly replicas: readonly SealingReplica[] }
  | { readonly do: "ask-again"; readonly replicas: readonly SealingReplica[] }
  | { readonly do: "confirm" };

/**
 * The next step towards an instance that is sealed; a pure function of what is seen. Standbys come first, so that none of them
 * becomes active and serves on.
 */
export function decideSeal(replicas: readonly SealingReplica[]): SealStep {
  const open = replicas.filter(isOpen);
  const next = open.find(({ active, refused }) => !active && !refused) ?? open.find(({ active }) => active);
  if (next !== undefined) return { do: "seal", replica: next };
  if (open.length > 0) return { do: "restart", replicas: open };
  const unreachable = replicas.filter(({ status }) => status.state === "unreachable");
  return unreachable.length > 0 ? { do: "ask-again", replicas: unreachable } : { do: "confirm" };
}
