import { expect, test } from "vitest";
import { runAsApply, type ContentLoop } from "../../../../src/operations/identities/run-as-apply";
import { ReplicaError } from "../../../../src/vault/errors";
import { instanceWith } from "../../../support/data-context";
import { MemoryContent } from "../../../support/memory-content";

type Counter = ContentLoop<number, "raise" | "nothing", number>;

/** Raises a number to three, once per turn. @param fail Fails a turn by its number. */
function counter(fail: (turn: number) => void = () => undefined): Counter {
  const state = { turn: 0, count: 0 };
  return {
    observe: async () => {
      fail(state.turn++);
      return Promise.resolve(state.count);
    },
    decide: (count) => (count < 3 ? "raise" : "nothing"),
    perform: async (step, count, api) => {
      if (step === "nothing") return { done: count };
      await api.write("counter", { count: ++state.count });
      return undefined;
    },
    missing: "The counter of customer10/main is not three yet",
  };
}

test("repeats turns with one login, whose token ends with the run", async () => {
  const api = new MemoryContent();
  const { universe, context, tokens } = await instanceWith(api);
  const before = universe.access.validTokens();
  expect(await runAsApply(context, counter())).toBe(3);
  expect(api.written).toEqual([1, 2, 3].map((count) => ["counter", { count }]));
  expect(new Set(tokens).size).toBe(1);
  expect(before).not.toContain(tokens[0]);
  expect(universe.access.validTokens()).toEqual(before);
});

test("waits for a server that comes and goes, and says what is missing at the deadline", async () => {
  const { context } = await instanceWith(new MemoryContent());
  const gone = (turns: number) =>
    counter((turn) => {
      if (turn < turns) throw new ReplicaError("unreachable", "ECONNREFUSED.");
    });
  expect(await runAsApply(context, gone(5))).toBe(3);
  const hasty = { ...context, deadline: context.clock.now() + 3_000 };
  await expect(runAsApply(hasty, gone(Infinity))).rejects.toMatchObject({
    code: "timeout",
    message: "The counter of customer10/main is not three yet (last: ECONNREFUSED); run this again.",
  });
});

test("a denial ends the run, and its token", async () => {
  const { universe, context } = await instanceWith(new MemoryContent());
  const before = universe.access.validTokens();
  const denied = new ReplicaError("denied", "permission denied", 403);
  const run = runAsApply(
    context,
    counter((turn) => {
      if (turn === 1) throw denied;
    }),
  );
  await expect(run).rejects.toBe(denied);
  expect(universe.access.validTokens()).toEqual(before);
});
