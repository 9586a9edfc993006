import { Secret } from "../../src/core/secret";

/** A deep copy that keeps classes. Functions, secrets and buffers are shared, because nothing changes them. */
export function copyOf<Value>(value: Value, known = new Map<unknown, unknown>()): Value {
  return copy(value, known) as Value;
}

function copy(value: unknown, known: Map<unknown, unknown>): unknown {
  if (typeof value !== "object" || value === null || value instanceof Secret || ArrayBuffer.isView(value)) return value;
  const found = known.get(value);
  if (found !== undefined) return found;
  if (value instanceof Map) {
    const map = remember(value, new Map<unknown, unknown>(), known);
    for (const [key, each] of value) map.set(copy(key, known), copy(each, known));
    return map;
  }
  if (value instanceof Set) {
    const set = remember(value, new Set<unknown>(), known);
    for (const each of value) set.add(copy(each, known));
    return set;
  }
  if (value instanceof Date) return new Date(value);
  const object = remember(
    value,
    Array.isArray(value) ? [] : (Object.create(Object.getPrototypeOf(value) as object) as object),
    known,
  );
  for (const key of Object.keys(value)) Reflect.set(object, key, copy(Reflect.get(value, key), known));
  return object;
}

function remember<Copy>(value: unknown, copied: Copy, known: Map<unknown, unknown>): Copy {
  known.set(value, copied);
  return copied;
}
