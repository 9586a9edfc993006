import { expect, test } from "vitest";
import { Log, type LogEvent } from "../../../../src/core/log";
import type { Pod } from "../../../../src/operations/pods";
import { blockedBy, PodRestarts } from "../../../../src/operations/restart/pod-restarts";
import { INSTANCE, Universe } from "../../../support/simulation";

const POD: Pod = {
  name: "main-0",
  uid: "1",
  outdated: true,
  terminating: false,
  ready: true,
  scheduled: true,
  started: true,
  active: false,
};

function restartsOf(allowed: boolean) {
  const events: LogEvent[] = [];
  const evicted: string[] = [];
  const { store, pods } = new Universe(INSTANCE).start();
  if (pods === undefined) throw new Error("no pods");
  const evict = ({ uid }: Pod): Promise<boolean> => {
    evicted.push(uid);
    return Promise.resolve(allowed);
  };
  const restarts = new PodRestarts({ store, log: new Log((event) => events.push(event)) }, { ...pods, evict });
  return { restarts, evicted, events };
}

test("a pod is ended once, and told of", async () => {
  const { restarts, evicted, events } = restartsOf(true);
  expect(await restarts.restart("main-0", [POD])).toBe("restarted");
  expect(await restarts.restart("main-0", [POD])).toBe("ending");
  expect(evicted).toEqual(["1"]);
  expect(restarts.names).toEqual(["main-0"]);
  expect(events).toMatchObject([{ message: "restarting", fields: { replica: "main-0" } }]);
});

test("a pod whose successor is outdated as well is not ended again", async () => {
  const { restarts, evicted } = restartsOf(true);
  await restarts.restart("main-0", [POD]);
  await expect(restarts.restart("main-0", [{ ...POD, uid: "2" }])).rejects.toMatchObject({ code: "still-outdated" });
  expect(evicted).toEqual(["1"]);
});

test("a pod that is missing, or that the budget keeps, is not counted as restarted", async () => {
  const { restarts } = restartsOf(false);
  expect(await restarts.restart("main-1", [POD])).toBe("missing");
  expect(await restarts.restart("main-0", [POD])).toBe("refused");
  expect(restarts.names).toEqual([]);
});

test("each outcome but a restart says what blocks it", () => {
  expect(blockedBy("restarted", "main-0")).toBeUndefined();
  for (const outcome of ["ending", "missing", "refused"] as const)
    expect(blockedBy(outcome, "main-0")).toContain("main-0");
});
