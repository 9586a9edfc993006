import type { KeyOutcome } from "./give-key";
import { progressText } from "./states-text";

/** Formats for people what became of each server. */
export function keyText(outcomes: readonly KeyOutcome[]): string {
  return outcomes.map((outcome) => `${line(outcome)}\n`).join("");
}

function line({ address, state, progress, threshold, repeated, error }: KeyOutcome): string {
  if (error !== undefined) return `${address}: [${error.code}] ${error.message}`;
  if (state !== "sealed" || progress === undefined || threshold === undefined) return `${address}: ${state}`;
  const missing = threshold - progress;
  const people = missing === 1 ? "1 more person has" : `${missing} more people have`;
  return `${address}: ${progressText({ progress, threshold })}${repeated ? ", and this one was among them" : ""}; ${people} to give a key`;
}
