import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { ValidationError } from "../../../src/index";
import type { Synthesized } from "../synth";
import { all } from "../all";
import { declaredKind, plannedKinds } from "./declarations";
import { planOf } from "./plan";

/** A field, its value before and after a change, and what Terraform plans then. */
export type FieldChange<Value> = readonly [field: string, before: Value, after: Value, plan: readonly string[]];

/** Stacks of a tenant by their names. */
export interface Layers {
  readonly layers: ReadonlyMap<string, Synthesized>;
}

/**
 * Tests that a change of each field plans exactly this, and that this is of the kind that the field declares.
 *
 * @param isKind Whether the kind is compared; not if the declaration has an exception. @default true
 */
export function testChanges<Value>(
  synthesize: (value: Value) => Synthesized | Layers,
  changes: readonly FieldChange<Value>[],
  isKind = true,
): void {
  const synthesized = remembered(synthesize);
  test.each(all(changes))("%s", (field, before, after, plan) => {
    const planned = planOrRefusal(synthesized(before), () => synthesized(after));
    expect(planned).toEqual(plan);
    const kind = declaredKind(field);
    if (isKind && kind !== undefined) expect(plannedKinds(planned)).toContain(kind);
  });
}

/** Synthesizes each value once if it is plain data, because many changes start from the same value. */
function remembered<Value, Result>(synthesize: (value: Value) => Result): (value: Value) => Result {
  const known = new Map<string, Result>();
  return (value) => {
    const text = JSON.stringify([value]);
    // The text says nothing about an instance of a class.
    if (!isDeepStrictEqual(JSON.parse(text), [value])) return synthesize(value);
    const result = known.get(text) ?? synthesize(value);
    known.set(text, result);
    return result;
  };
}

/** The plan, or the sentence with which synthesis refuses the change. */
function planOrRefusal(before: Synthesized | Layers, after: () => Synthesized | Layers): string[] {
  let changed: Synthesized | Layers;
  try {
    changed = after();
  } catch (error) {
    if (error instanceof ValidationError) return [`refuse synthesis: ${error.message}`];
    throw error;
  }
  return planOfAll(before, changed);
}

/** The plans of all stacks. A stack of which the app knows nothing any more stays as it is. */
function planOfAll(before: Synthesized | Layers, after: Synthesized | Layers): string[] {
  if (!("layers" in before) || !("layers" in after)) return planOf(before as Synthesized, after as Synthesized);
  const lines = [...new Set([...before.layers.keys(), ...after.layers.keys()])].flatMap((name) => {
    const [one, other] = [before.layers.get(name), after.layers.get(name)];
    if (one === undefined) return [`add the stack ${name}`];
    return other === undefined ? [`leave the stack ${name}`] : planOf(one, other);
  });
  return [...new Set(lines)].sort();
}
