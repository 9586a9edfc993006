import { describe, expect, test } from "vitest";
import { OperationError } from "../../../src/core/errors";
import { Log, type LogEvent } from "../../../src/core/log";
import type { RunContext } from "../../../src/operations/context";
import { recoverRetryable, runLoop, type Loop, type Outcome, UnfinishedError } from "../../../src/operations/loop";

/** Time that passes only while it is slept, and what was reported. */
function run(deadline = 10_000): RunContext & { readonly events: LogEvent[]; readonly stop: () => void } {
  let now = 0;
  const events: LogEvent[] = [];
  const interruption = new AbortController();
  return {
    clock: {
      now: () => now,
      date: () => new Date(now),
      sleep: (milliseconds) => {
        now += milliseconds;
        return Promise.resolve();
      },
    },
    log: new Log((event) => events.push(event)),
    deadline,
    signal: interruption.signal,
    holds: new Set(),
    events,
    stop: () => interruption.abort(),
  };
}

/** A loop whose turns come to the given outcomes, the last one again and again. */
function loopOf(outcomes: readonly (Outcome<string> | Error)[], more: Partial<Loop<number, number, string>> = {}) {
  let turn = 0;
  return {
    observe: () => Promise.resolve(turn++),
    decide: (seen: number) => seen,
    perform: (step: number): Promise<Outcome<string>> => {
      const outcome = outcomes[Math.min(step, outcomes.length - 1)];
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
    recover: recoverRetryable,
    unfinished: (code: "timeout" | "interrupted", last: string | undefined) =>
      new UnfinishedError(code, last ?? "none"),
    poll: 100,
    ...more,
  };
}

describe("a loop", () => {
  test("repeats observing, deciding and performing until it is done, without a pause if nothing is waited for", async () => {
    const context = run();
    expect(await runLoop(context, loopOf([undefined, undefined, { done: "well" }]))).toBe("well");
    expect(context.clock.now()).toBe(0);
    expect(context.events).toEqual([]);
  });

  test("pauses while it waits, and reports each reason once", async () => {
    const context = run();
    const outcomes = [{ wait: "a" }, { wait: "a" }, { wait: "b", pause: 1_000 }, { wait: "a" }, { done: "" }];
    await runLoop(context, loopOf(outcomes));
    expect(context.events.map(({ message, fields }) => [message, fields.reason])).toEqual([
      ["waiting", "a"],
      ["waiting", "b"],
      ["waiting", "a"],
    ]);
    expect(context.clock.now()).toBe(1_300);
  });

  test("waits for what time may heal, and ends with every other error", async () => {
    const passing = new OperationError("central-sealed", "It is sealed.", { retryable: true });
    const context = run();
    expect(await runLoop(context, loopOf([passing, { done: "well" }]))).toBe("well");
    expect(context.events[0]?.fields).toEqual({ reason: "It is sealed" });

    const lasting = new OperationError("central-denied", "No.");
    await expect(runLoop(run(), loopOf([lasting]))).rejects.toBe(lasting);
    const unexpected = new TypeError("a defect");
    await expect(runLoop(run(), loopOf([unexpected]))).rejects.toBe(unexpected);
  });

  test("ends when an inner one does, with its reason", async () => {
    const inner = (): Promise<Outcome<string>> => runLoop(run(-1), loopOf([{ wait: "a" }])).then((done) => ({ done }));
    const context = run();
    await expect(runLoop(context, loopOf([], { perform: inner }))).rejects.toMatchObject({
      code: "timeout",
      message: "a",
    });
    expect(context.events).toEqual([]);
  });

  test("ends when time is up, with what it waited for", async () => {
    const context = run(1_000);
    await expect(runLoop(context, loopOf([{ wait: "a" }]))).rejects.toMatchObject({ code: "timeout", message: "a" });
    expect(context.clock.now()).toBe(1_100);
    await expect(runLoop(run(-1), loopOf([undefined]))).rejects.toMatchObject({ code: "timeout", message: "none" });
  });

  test("names the reason before the end, and not what the end has cut off", async () => {
    const context = run();
    const perform = (step: number): Promise<Outcome<string>> => {
      if (step === 2) context.stop();
      return Promise.resolve({ wait: step < 2 ? "refused" : "cut off" });
    };
    await expect(runLoop(context, loopOf([], { perform }))).rejects.toMatchObject({ message: "refused" });
    expect(context.events).toHaveLength(1);
  });

  test.each([
    ["time may heal says less than the reason before", true, "refused"],
    ["a person must mend says more", false, "Cut off."],
  ])("what the end meets and %s, although a loop does not recover from it", async (_, retryable, message) => {
    const context = run();
    const perform = (step: number): Promise<Outcome<string>> => {
      if (step < 2) return Promise.resolve({ wait: "refused" });
      context.stop();
      return Promise.reject(new OperationError("central-unreachable", "Cut off.", { retryable }));
    };
    const loop = loopOf([], { perform, recover: () => undefined });
    await expect(runLoop(context, loop)).rejects.toMatchObject({ message });
  });

  test("ends when it is interrupted, after the turn that is under way", async () => {
    const context = run();
    let turns = 0;
    const perform = (): Promise<Outcome<string>> => {
      if (++turns === 3) context.stop();
      return Promise.resolve(undefined);
    };
    await expect(runLoop(context, loopOf([], { perform }))).rejects.toMatchObject({ code: "interrupted" });
    expect(turns).toBe(3);
  });

  test("does not end, whatever time it is, while ending would lose something", async () => {
    const context = run(0);
    context.stop();
    let held = 5;
    const mayEnd = (): boolean => --held <= 0;
    await expect(runLoop(context, loopOf([{ wait: "a" }], { mayEnd }))).rejects.toMatchObject({ code: "interrupted" });
    expect(context.clock.now()).toBe(500);
  });

  test("pauses between its attempts also when it is interrupted and may not end", async () => {
    const context = run();
    context.stop();
    const signals: (AbortSignal | undefined)[] = [];
    const sleep: RunContext["clock"]["sleep"] = (_milliseconds, signal) => Promise.resolve(void signals.push(signal));
    let held = 3;
    const loop = loopOf([{ wait: "a" }], { mayEnd: () => --held <= 0 });
    await expect(runLoop({ ...context, clock: { ...context.clock, sleep } }, loop)).rejects.toMatchObject({
      code: "interrupted",
    });
    expect(signals).toEqual([undefined, undefined, context.signal]);
  });

  test("acts once a reason has been waited for long enough, again after that time, and tells once what prevents it", async () => {
    const acted: number[] = [];
    const context = run(1_000);
    const act = (): Promise<string> => {
      acted.push(context.clock.now());
      return Promise.resolve("the budget is used up");
    };
    const stuck = runLoop(context, loopOf([{ wait: "b" }, { wait: "a" }], { stall: { after: 300, act } }));
    await expect(stuck).rejects.toMatchObject({ message: "a; the budget is used up" });
    expect(acted).toEqual([400, 700, 1_000]);
    const warnings = context.events.filter(({ level }) => level === "warn");
    expect(warnings.map(({ fields }) => fields.reason)).toEqual(["the budget is used up"]);
  });
});
