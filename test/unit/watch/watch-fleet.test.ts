import { beforeEach, describe, expect, test } from "vitest";
import { OperationError } from "../../../src/core/errors";
import { Gate } from "../../../src/core/gate";
import { Log, type LogEvent } from "../../../src/core/log";
import type { Fleet, Sight, WatchedInstance } from "../../../src/watch/fleet";
import { watchFleet } from "../../../src/watch/watch-fleet";
import type { RestoreProof } from "../../../src/operations/drill/restore-proof";
import type { Drills } from "../../../src/watch/fleet-drills";
import type { Maintenance } from "../../../src/watch/instance-maintenance";
import type { WatchEvent } from "../../../src/watch/watch-events";

const MAIN = "customer10/main";

/** An instance whose replicas a test seals. */
class FakeInstance implements WatchedInstance {
  states: Sight["state"][] = ["unsealed", "unsealed"];
  failure: Error | undefined;
  /** Of which attempt each server has the shares of one group; undefined if it unseals with what it gets. */
  attempts: (string | undefined)[] | undefined;
  unseals = 0;
  looks = 0;
  closed = 0;
  until: number | undefined;

  look(): Promise<readonly Sight[]> {
    this.looks++;
    return Promise.resolve(
      this.states.map((state, index) => ({ replica: `main-${index}`, state, attempt: this.attempts?.[index] })),
    );
  }

  unseal(): Promise<readonly string[]> {
    this.unseals++;
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (this.attempts !== undefined) {
      this.attempts = this.states.map((state, index) =>
        state === "sealed" ? (this.attempts?.[index] ?? `attempt ${time}`) : undefined,
      );
      return Promise.resolve([]);
    }
    const unsealed = this.states.flatMap((state, index) => (state === "sealed" ? `main-${index}` : []));
    this.states = this.states.map((state) => (state === "sealed" ? "unsealed" : state));
    return Promise.resolve(unsealed);
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

let instance: FakeInstance;
let listed: string[] | Error;
let events: WatchEvent[];
let logged: LogEvent[];
let opened: string[];
let maintenance: Maintenance | undefined;
let shareGroup: string | undefined;
let drills: Drills | undefined;
/** When each instance was proven, milliseconds of the simulated clock. */
let proofs: Map<string, number>;
/** Ends a connection, as a server does that is stopped. */
let lose: () => void;
/** Changes a pod of the cluster. */
let change: () => void;
/** Milliseconds that an opened instance stays usable. */
let lifetime: number | undefined;
/** Milliseconds between two looks. */
let poll: number;
/** Milliseconds of the simulated clock. */
let time: number;

beforeEach(() => {
  [instance, listed, events, logged, opened, time] = [new FakeInstance(), [MAIN], [], [], [], 0];
  [maintenance, drills, lifetime] = [undefined, undefined, undefined];
  shareGroup = undefined;
  poll = 1_000;
  proofs = new Map();
});

const fleet: Fleet = {
  list: () => (listed instanceof Error ? Promise.reject(listed) : Promise.resolve(listed)),
  open: (name, signals) => {
    opened.push(name);
    ({ lost: lose, changed: change } = signals);
    instance.until = lifetime && time + lifetime;
    return Promise.resolve(instance);
  },
  restoreState: (name) => {
    const time = proofs.get(name);
    return Promise.resolve({ drillable: true, proof: time === undefined ? undefined : proofOf(time) });
  },
};

function proofOf(time: number): RestoreProof {
  return { time: new Date(time).toISOString(), snapshot: "s", version: "2.7.2" };
}

/** Watches for some simulated seconds. @param at What happens at some of them. */
async function watch(seconds: number, at: Readonly<Record<number, () => void>> = {}, tenant?: string): Promise<void> {
  const end = new AbortController();
  const sleepers: { readonly until: number; wake(): void }[] = [];
  const clock = {
    now: () => time,
    date: () => new Date(time),
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const wake = (): void => {
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        sleepers.push({ until: time + milliseconds, wake });
        signal?.addEventListener("abort", wake);
        if (signal?.aborted) wake();
      }),
  };
  const tell = (event: WatchEvent): void => void events.push(event);
  const log = new Log((event) => void logged.push(event));
  const done = watchFleet(
    { fleet, clock, log, tell, gate: new Gate(4), poll, shareGroup },
    { refresh: 5_000, signal: end.signal, tenant, maintenance, drills },
  );
  // It may fail while time passes.
  done.catch(() => undefined);
  for (const last = time + seconds * 1_000; time < last; time += 100) {
    at[time / 1_000]?.();
    for (const sleeper of sleepers.splice(0)) {
      if (sleeper.until <= time) sleeper.wake();
      else sleepers.push(sleeper);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  end.abort();
  await done;
}

function told(kind: WatchEvent["kind"]): WatchEvent[] {
  return events.filter((event) => event.kind === kind);
}

describe("a watch", () => {
  test("looks within a second of its start, however long the time between two looks is", async () => {
    poll = 60_000;
    instance.states = ["sealed"];
    await watch(2);
    expect(instance.states).toEqual(["unsealed"]);
  });

  test("looks about once a second, with one connection, and closes it at the end", async () => {
    await watch(20);
    expect(instance.looks).toBeGreaterThan(16);
    expect(instance.looks).toBeLessThan(24);
    expect(opened).toEqual([MAIN]);
    expect(instance.closed).toBe(1);
    expect(told("forgotten")).toHaveLength(1);
  });

  test("unseals what is sealed, tells both, and measures from the sight to the end", async () => {
    await watch(10, { 5: () => (instance.states = ["sealed", "unsealed"]) });
    expect(told("sealed")).toEqual([{ kind: "sealed", instance: MAIN, replicas: ["main-0"] }]);
    expect(told("unsealed")).toMatchObject([{ instance: MAIN, replicas: ["main-0"], seconds: 0 }]);
    expect(told("seen").at(-1)).toMatchObject({ sealed: 0 });
  });

  test("tries again after a failure, more and more seldom, and logs it once", async () => {
    instance.failure = new OperationError("held", "It is held.");
    await watch(120, { 5: () => (instance.states = ["sealed", "unsealed"]) });
    const failures = told("failed");
    expect(failures.length).toBeGreaterThan(5);
    expect(failures.length).toBeLessThan(14);
    expect(logged.filter(({ fields }) => fields.code === "held")).toHaveLength(1);
    // What was read before may be the reason.
    expect(opened.length).toBeGreaterThan(failures.length - 1);
  });

  test("opens the instance again if nothing of it answers", async () => {
    await watch(10, { 5: () => (instance.states = ["unreachable", "unreachable"]) });
    expect(opened.length).toBeGreaterThan(3);
    expect(instance.closed).toBe(opened.length);
  });

  test("maintains each instance now and then, and unseals meanwhile", async () => {
    let runs = 0;
    let end: () => void = () => undefined;
    const run = (): Promise<void> => (runs++ === 0 ? new Promise((resolve) => (end = resolve)) : Promise.resolve());
    maintenance = { every: 10_000, gate: new Gate(1), run };
    const seal = (): unknown => (instance.states = ["sealed", "unsealed"]);
    const check = (): unknown => expect([told("unsealed").length, told("maintained").length, runs]).toEqual([1, 0, 1]);
    await watch(45, { 12: seal, 15: check, 16: () => end() });
    expect(told("maintained").length).toBeGreaterThan(1);
  });

  test("looks at once when something changed in the cluster", async () => {
    let unsealedAt: number | undefined;
    const changed = (): void => {
      instance.states = ["sealed", "unsealed"];
      change();
    };
    // The poll is a second.
    await watch(10, {
      5: changed,
      5.2: () => (unsealedAt = told("unsealed").length === 1 ? time : undefined),
    });
    expect(unsealedAt).toBe(5_200);
  });

  test("opens an instance again before what opened it expires", async () => {
    lifetime = 6_000;
    await watch(20);
    expect(opened.length).toBeGreaterThanOrEqual(3);
    expect(opened.length).toBeLessThanOrEqual(4);
    expect(instance.closed).toBe(opened.length);
  });

  test("looks more often after a server ended its connection, until all answer again", async () => {
    const restart = (state: Sight["state"]): void => {
      instance.states = [state, "unsealed"];
      lose();
    };
    let looks = 0;
    await watch(20, {
      5: () => restart("unreachable"),
      8: () => {
        looks = instance.looks;
        instance.states = ["sealed", "unsealed"];
      },
      9: () => {
        expect(told("unsealed")).toHaveLength(1);
        looks = instance.looks - looks;
      },
    });
    expect(instance.looks).toBeGreaterThan(25);
    expect(instance.looks).toBeLessThan(40);
    expect(looks).toBeLessThan(6);
    expect(opened).toHaveLength(1);
  });

  test("asks seldom whether a retired instance has servers again", async () => {
    instance.states = [];
    await watch(130);
    expect(opened.length).toBeGreaterThan(1);
    expect(opened.length).toBeLessThan(5);
    expect(told("failed")).toEqual([]);
  });

  test("ends with the mistake of this program, if there is one", async () => {
    instance.failure = new TypeError("undefined is not a function");
    await expect(watch(10, { 5: () => (instance.states = ["sealed"]) })).rejects.toThrow(TypeError);
  });
});

describe("a watch of a share group", () => {
  const waiting = () => logged.filter(({ message }) => message === "waits for the shares of other groups");

  beforeEach(() => {
    shareGroup = "a";
    instance.attempts = [];
  });

  test("sends its shares once, says once that it waits for others, and goes on looking", async () => {
    let looks = 0;
    await watch(25, { 5: () => (instance.states = ["sealed", "unsealed"]), 8: () => (looks = instance.looks) });
    expect(instance.unseals).toBe(1);
    expect(waiting()).toMatchObject([{ level: "info", fields: { replicas: ["main-0"] } }]);
    expect(told("seen").at(-1)).toMatchObject({ sealed: 1, waiting: 1 });
    expect(told("failed")).toEqual([]);
    expect(instance.looks - looks).toBeLessThan(22);
  });

  test("sends them again if the server has lost them, and now and then", async () => {
    await watch(75, {
      5: () => (instance.states = ["sealed", "unsealed"]),
      15: () => (instance.attempts = []),
      20: () => expect(instance.unseals).toBe(2),
    });
    expect(instance.unseals).toBeGreaterThan(2);
    expect(instance.unseals).toBeLessThan(6);
    expect(waiting()).toHaveLength(1);
  });

  test("ends its waiting once the others have come", async () => {
    await watch(15, {
      5: () => (instance.states = ["sealed", "unsealed"]),
      10: () => (instance.states = ["unsealed", "unsealed"]),
    });
    expect(told("seen").at(-1)).toMatchObject({ sealed: 0, waiting: 0 });
  });

  test("tells if the shares are refused, and sends them again more and more seldom", async () => {
    instance.failure = new OperationError("shares-refused", "They do not belong together.");
    await watch(60, { 5: () => (instance.states = ["sealed", "unsealed"]) });
    expect(told("failed")[0]).toMatchObject({ code: "shares-refused" });
    expect(instance.unseals).toBeLessThan(10);
  });
});

describe("a watch with drills", () => {
  test("drills one instance at a time, and unseals meanwhile", async () => {
    listed = [MAIN, "customer11/main"];
    const ends: (() => void)[] = [];
    const begun: string[] = [];
    const run = async (name: string, signal: AbortSignal): Promise<{ snapshot: string; seconds: number }> => {
      begun.push(name);
      await new Promise<void>((resolve) => {
        ends.push(resolve);
        signal.addEventListener("abort", () => resolve());
      });
      proofs.set(name, time);
      return { snapshot: "s", seconds: 1 };
    };
    drills = { age: 10_000, run };
    await watch(25, {
      15: () => (instance.states = ["sealed", "unsealed"]),
      18: () => {
        expect([begun.length, told("unsealed").length, told("drilled").length]).toEqual([1, 1, 0]);
        ends[0]?.();
      },
      20: () => expect([begun.length, told("drilled").length]).toEqual([2, 1]),
      21: () => ends[1]?.(),
      22: () => expect(told("drilled")).toHaveLength(2),
    });
    expect(begun.slice(0, 2)).toEqual([MAIN, "customer11/main"]);
  });

  test("ends the drill that runs when it is told to end, and reports no failure", async () => {
    let aborted = false;
    const run = (_: string, signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => {
          aborted = true;
          reject(new OperationError("interrupted", "Interrupted."));
        }),
      );
    drills = { age: 5_000, run };
    await watch(20);
    expect(aborted).toBe(true);
    expect(told("drill-failed")).toEqual([]);
  });

  test("tells from the records when each was proven, with or without drills", async () => {
    proofs.set(MAIN, 0);
    await watch(35);
    expect(told("proven")).toEqual([{ kind: "proven", instance: MAIN, time: 0 }]);
  });
});

describe("a watch of the fleet", () => {
  test("takes up records that appear, and lets go those that vanish", async () => {
    await watch(20, { 4: () => (listed = [MAIN, "customer11/main"]), 12: () => (listed = ["customer11/main"]) });
    expect(opened).toEqual([MAIN, "customer11/main"]);
    expect(told("forgotten")[0]).toEqual({ kind: "forgotten", instance: MAIN });
  });

  test("keeps what it watches while the records cannot be listed, and says so once", async () => {
    await watch(30, {
      4: () => (listed = new OperationError("central-unreachable", "No answer.")),
      22: () => (listed = [MAIN]),
    });
    expect(instance.looks).toBeGreaterThan(24);
    expect(logged.map(({ message }) => message)).toEqual([
      "cannot list the records",
      "the central Vault lists its records again",
    ]);
    expect(told("listed")).toContainEqual({ kind: "listed", instances: undefined });
  });

  test("tries what failed at once when the central Vault is back", async () => {
    const away = new OperationError("central-unreachable", "No answer.");
    [listed, instance.states] = [[MAIN], ["sealed", "sealed"]];
    let back = 0;
    await watch(307, {
      1: () => ([listed, instance.failure] = [away, away]),
      300: () => {
        [listed, instance.failure] = [[MAIN], undefined];
        instance.states = ["sealed", "sealed"];
        back = told("unsealed").length;
      },
    });
    expect(told("failed").length).toBeLessThan(20);
    expect(told("unsealed").length).toBe(back + 1);
  });

  test("watches the selected tenant alone", async () => {
    listed = [MAIN, "customer11/main"];
    await watch(5, {}, "customer11");
    expect(opened).toEqual(["customer11/main"]);
  });
});
