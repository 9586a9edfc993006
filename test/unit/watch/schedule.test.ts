import { describe, expect, test } from "vitest";
import { systemClock } from "../../../src/core/clock";
import { Schedule, type Repeated } from "../../../src/watch/schedule";

/** Work whose turns a test counts. */
class Counted implements Repeated {
  turns = 0;
  constructor(
    private readonly pause: number,
    private readonly during: () => Promise<void> = () => Promise.resolve(),
  ) {}

  async turn(): Promise<number> {
    this.turns++;
    await this.during();
    return this.pause;
  }
}

async function run(schedule: Schedule, milliseconds: number): Promise<void> {
  await schedule.run(AbortSignal.timeout(milliseconds));
}

describe("a schedule", () => {
  test("repeats each work after its own pause, the first time after a delay", async () => {
    const schedule = new Schedule(systemClock);
    const [often, seldom, late] = [new Counted(40), new Counted(10_000), new Counted(40)];
    schedule.add(often, 0);
    schedule.add(seldom, 0);
    schedule.add(late, 10_000);
    await run(schedule, 500);
    expect(often.turns).toBeGreaterThan(3);
    expect([seldom.turns, late.turns]).toEqual([1, 0]);
  });

  test("hastens a turn that waits, and repeats one that runs", async () => {
    const schedule = new Schedule(systemClock);
    const waiting = new Counted(10_000);
    const running: Counted = new Counted(10_000, () => {
      if (running.turns === 1) schedule.hasten(running);
      return Promise.resolve();
    });
    schedule.add(waiting, 10_000);
    schedule.add(running, 0);
    schedule.hasten(waiting);
    schedule.hasten(new Counted(0));
    await run(schedule, 300);
    expect([waiting.turns, running.turns]).toEqual([1, 2]);
  });

  test("ends with the turns that have begun", async () => {
    const schedule = new Schedule(systemClock);
    let finished = 0;
    const slow = new Counted(0, async () => {
      await systemClock.sleep(200);
      finished++;
    });
    schedule.add(slow, 0);
    await run(schedule, 100);
    expect([slow.turns, finished]).toEqual([1, 1]);
  });

  test("removes work with the end of its turn", async () => {
    const schedule = new Schedule(systemClock);
    let finished = false;
    const slow = new Counted(0, async () => {
      await systemClock.sleep(100);
      finished = true;
    });
    schedule.add(slow, 0);
    const running = run(schedule, 300);
    await systemClock.sleep(50);
    await schedule.remove(slow);
    expect(finished).toBe(true);
    await running;
    expect(slow.turns).toBe(1);
  });

  test("fails with the error of a turn", async () => {
    const schedule = new Schedule(systemClock);
    schedule.add(new Counted(0, () => Promise.reject(new TypeError("broken"))), 0);
    await expect(run(schedule, 10_000)).rejects.toThrow("broken");
  });
});
