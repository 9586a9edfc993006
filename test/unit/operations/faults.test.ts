import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXPLORED_OPERATIONS } from "../../support/explored-operations";
import { Exploration } from "../../support/exploration";
import { RandomSchedules } from "../../support/random-schedules";

/** Random schedules. `npm run bench` plays 100 times as many. */
const RANDOM_SCHEDULES = 1_000;

const patience = { timeout: 120_000 };

// Each fault is an error. Their stacks take a seventh of the time, and nothing prints them.
const { stackTraceLimit } = Error;
beforeAll(() => void (Error.stackTraceLimit = 0));
afterAll(() => void (Error.stackTraceLimit = stackTraceLimit));

// Each run loses no key and no root token, ends in time, and ends with a code that is declared. One more run reaches the goal.
// `npm run bench` plays what is left out here.
describe.each(EXPLORED_OPERATIONS)("$name", (operation) => {
  const { isLong = false, stride = 1 } = operation;

  test("with any fault at any call", patience, async () => {
    const exploration = await Exploration.of(operation);
    expect(await exploration.singles(!isLong, stride)).toEqual([]);
    expect(exploration.schedules).toBeGreaterThan(20);
  });

  test("with two faults at changes", patience, async () => {
    const exploration = await Exploration.of(operation);
    // A forced restore takes longest.
    const some = operation.breaksGlass === true ? exploration.pairs(1, 8) : exploration.pairs(2, 4 * stride);
    expect(await (isLong ? some : exploration.pairs(4))).toEqual([]);
    expect(exploration.schedules).toBeGreaterThan(10);
  });

  if (operation.breaksGlass === true) return;
  test("in two runs at once", patience, async () => {
    const exploration = await Exploration.of(operation);
    expect(await exploration.interleavings(isLong ? 16 : 6, stride)).toEqual([]);
    // The shortest operation asks for little.
    expect(exploration.schedules).toBeGreaterThan(4);
  });
});

test("random faults in one run or two", patience, async () => {
  const schedules = await RandomSchedules.of(EXPLORED_OPERATIONS);
  const { FAULT_SEED: given } = process.env;
  const seeds =
    given === undefined ? Array.from(Array(RANDOM_SCHEDULES).keys(), (index) => index + 1) : [Number(given)];
  const failures: string[] = [];
  for (const seed of seeds) failures.push(...(await schedules.failuresOf(seed)));
  expect(failures).toEqual([]);
});
