import { holdOf } from "../../central/hold";
import { sharedInstanceOf } from "../../central/instance-metadata";
import { proofOf, type RestoreProof } from "./restore-proof";

/** What the record of an instance says about its restore. */
export interface RestoreState {
  /** @default - no snapshot of it was ever proven */
  readonly proof?: RestoreProof | undefined;
  /** Whether a throw-away server can open its snapshots with the recorded keys, and may. */
  readonly drillable: boolean;
}

/** What the custom metadata of a record say. A program that may not open a held instance opens no copy of its data either. */
export function restoreStateOf(metadata: Readonly<Record<string, string>>): RestoreState {
  const { seal, retired, volatile } = metadata;
  const hasSnapshots = retired !== "true" && volatile !== "true" && sharedInstanceOf(metadata) === undefined;
  return { proof: proofOf(metadata), drillable: seal === "shamir" && hasSnapshots && holdOf(metadata) === undefined };
}
