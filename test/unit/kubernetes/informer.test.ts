import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock, type Clock } from "../../../src/core/clock";
import { followPods, type Informer } from "../../../src/kubernetes/informer";
import { waitUntil } from "../../../lab/wait";
import { KubernetesApi } from "../../support/kubernetes-api";

let api: KubernetesApi;
let status: number | undefined;
let informer: Informer;
let changes: number;
let pauses: number[];

beforeEach(async () => {
  [status, changes, pauses] = [undefined, 0, []];
  api = await KubernetesApi.start(() => (status === undefined ? undefined : { status }));
});
afterEach(() => {
  informer.close();
  api.stop();
});

/** Sleeps shortly, and notes how long it should have slept. */
const clock: Clock = {
  ...systemClock,
  sleep: (milliseconds, signal) => {
    if (signal?.aborted !== true) pauses.push(milliseconds);
    return systemClock.sleep(1, signal);
  },
};

function follow(): void {
  informer = followPods(api.client, "vault", clock, () => changes++);
}

async function watched(): Promise<void> {
  await waitUntil("the pods are watched", () => Promise.resolve(api.watches.size > 0));
}

function tell(): void {
  for (const watch of api.watches) watch.write('{"type":"MODIFIED"}\n');
}

describe("an informer of pods", () => {
  test("tells of each change until it is closed, which ends the request", async () => {
    follow();
    await watched();
    for (const count of [1, 2]) {
      tell();
      await waitUntil("a change is told", () => Promise.resolve(changes === count));
    }
    informer.close();
    await waitUntil("the request ended", () => Promise.resolve(api.watches.size === 0));
    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /api/v1/namespaces/vault/pods?watch=true",
    ]);
  });

  test("watches again when the server ends the request", async () => {
    follow();
    await watched();
    for (const watch of api.watches) watch.end();
    await waitUntil("the pods are watched again", () => Promise.resolve(api.requests.length === 2));
    await watched();
    tell();
    await waitUntil("a change is told", () => Promise.resolve(changes === 1));
  });

  test("tries again, more and more seldom, while the cluster is overloaded", async () => {
    status = 503;
    follow();
    await waitUntil("some attempts", () => Promise.resolve(pauses.length >= 4));
    const [first = 0, , , fourth = 0] = pauses;
    expect(first).toBeLessThanOrEqual(1_000);
    expect(fourth).toBeGreaterThanOrEqual(4_000);
    status = undefined;
    await watched();
  });

  test("gives up where it is refused, without an error", async () => {
    status = 403;
    follow();
    await waitUntil("the attempt", () => Promise.resolve(api.requests.length === 1));
    await systemClock.sleep(50);
    expect(api.requests).toHaveLength(1);
    expect(changes).toBe(0);
  });
});
