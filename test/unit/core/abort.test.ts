import { expect, test } from "vitest";
import { limit, untilAborted, within } from "../../../src/core/abort";

const NEVER = new Promise<never>(() => undefined);

test("gives the result of the work, or its error", async () => {
  const { signal } = new AbortController();
  expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
  await expect(untilAborted(Promise.reject(new Error("broken")), signal)).rejects.toThrow("broken");
});

test("ends at the signal, before or during the work", async () => {
  await expect(untilAborted(NEVER, AbortSignal.abort(new Error("over")))).rejects.toThrow("over");
  const during = new AbortController();
  const waiting = untilAborted(NEVER, during.signal);
  during.abort(new Error("later"));
  await expect(waiting).rejects.toThrow("later");
});

test("ends within its time, or at another signal", async () => {
  const signals: AbortSignal[] = [];
  const work = (signal: AbortSignal): Promise<never> => {
    signals.push(signal);
    return NEVER;
  };
  await expect(within(10, [undefined], work)).rejects.toMatchObject({ name: "TimeoutError" });
  await expect(within(60_000, [AbortSignal.abort(new Error("over"))], work)).rejects.toThrow("over");
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  expect(await within(10, [], () => Promise.resolve(1))).toBe(1);
});

test("a limit is aborted although nothing but its listener holds it, and the longest time does not end at once", async () => {
  const { signal } = limit(20, "AbortError");
  await expect(untilAborted(NEVER, signal)).rejects.toMatchObject({ name: "AbortError" });
  const long = limit(2 ** 40, "AbortError");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(long.signal.aborted).toBe(false);
  long.clear();
});
