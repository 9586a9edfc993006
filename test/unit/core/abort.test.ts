import { expect, test } from "vitest";
import { untilAborted } from "../../../src/core/abort";

const NEVER = new Promise<never>(() => undefined);

test("gives the result of the work, or its error", async () => {
  const { signal } = new AbortController();
  expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
  await expect(untilAborted(Promise.reject(new Error("broken")), signal)).rejects.toThrow("broken");
});

test("ends at the signal, before or during the work", async () => {
  await expect(untilAborted(NEVER, AbortSignal.abort(new Error("over")))).rejects.toThrow("over");
  await expect(untilAborted(NEVER, AbortSignal.timeout(10))).rejects.toMatchObject({ name: "TimeoutError" });
});
