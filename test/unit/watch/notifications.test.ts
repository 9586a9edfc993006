import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock, type Clock } from "../../../src/core/clock";
import { Log, type LogEvent } from "../../../src/core/log";
import { Notifications } from "../../../src/watch/notifications";
import type { WatchEvent } from "../../../src/watch/watch-events";

const SEALED: WatchEvent = { kind: "sealed", instance: "customer10/main", replicas: ["main-0"] };
const FAILED: WatchEvent = { kind: "failed", instance: "customer10/main", code: "held", message: "It is held." };

/** Statuses of the next answers; 204 when there are no more. */
let statuses: number[] = [];
let received: string[] = [];
let server: Server;
const pauses: number[] = [];
const clock: Clock = {
  ...systemClock,
  date: () => new Date("2026-11-26T00:00:00Z"),
  sleep: (milliseconds) => Promise.resolve(void pauses.push(milliseconds)),
};
let logged: LogEvent[];

beforeEach(async () => {
  [statuses, received, logged] = [[], [], []];
  pauses.length = 0;
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      received.push(text);
      response.writeHead(statuses.shift() ?? 204).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function notifications(): Notifications {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token-in-the-path`;
  return new Notifications({ url, clock, log: new Log((event) => void logged.push(event)) });
}

describe("a notification", () => {
  test("says what happened, when and where", async () => {
    const sent = notifications();
    sent.notify(SEALED);
    await sent.flush();
    expect(received.map((text) => JSON.parse(text) as unknown)).toEqual([
      { event: "sealed", time: "2026-11-26T00:00:00.000Z", instance: "customer10/main", replicas: ["main-0"] },
    ]);
  });

  test("is tried again after a failure, with growing pauses", async () => {
    statuses = [500, 503];
    const sent = notifications();
    sent.notify(SEALED);
    await sent.flush();
    expect(received).toHaveLength(3);
    expect(pauses).toHaveLength(2);
    expect(sent.lost).toBe(0);
  });

  test("is lost after six attempts, and the log says so without the address", async () => {
    statuses = [500, 500, 500, 500, 500, 500];
    const sent = notifications();
    sent.notify(SEALED);
    sent.notify({ ...SEALED, instance: "customer11/main" });
    await sent.flush();
    expect(sent.lost).toBe(1);
    expect(received).toHaveLength(7);
    expect(logged).toMatchObject([{ level: "warn", fields: { instance: "customer10/main", reason: "status 500" } }]);
    expect(JSON.stringify(logged)).not.toContain("token-in-the-path");
  });

  test("of a failure that lasts is sent once, and again after a success", async () => {
    const sent = notifications();
    sent.notify(FAILED);
    sent.notify(FAILED);
    sent.notify({ kind: "seen", instance: "customer10/main", sealed: 0, unreachable: 0 });
    sent.notify(FAILED);
    await sent.flush();
    expect(received).toHaveLength(2);
  });

  test("of a drill says what it proved, and once why it failed, whatever the watch sees meanwhile", async () => {
    const failed = {
      kind: "drill-failed",
      instance: "customer10/main",
      code: "snapshot-missing",
      message: "None.",
    } as const;
    const drilled = { kind: "drilled", instance: "customer10/main", snapshot: "s", seconds: 3 } as const;
    const sent = notifications();
    sent.notify(failed);
    sent.notify({ kind: "seen", instance: "customer10/main", sealed: 0, unreachable: 0 });
    sent.notify(failed);
    sent.notify(FAILED);
    sent.notify(drilled);
    sent.notify(failed);
    await sent.flush();
    const events = received.map((text) => (JSON.parse(text) as { event: string }).event);
    expect(events).toEqual(["drill-failed", "failed", "drilled", "drill-failed"]);
    expect(JSON.parse(received[2] ?? "")).toMatchObject({ instance: "customer10/main", snapshot: "s", seconds: 3 });
  });

  test("is not sent for what happens all the time", async () => {
    const sent = notifications();
    sent.notify({ kind: "seen", instance: "customer10/main", sealed: 1, unreachable: 0 });
    sent.notify({ kind: "proven", instance: "customer10/main", time: 1 });
    sent.notify({ kind: "listed", instances: 1 });
    await sent.flush();
    expect(received).toEqual([]);
  });

  test("is lost at once if a thousand wait", () => {
    const sent = notifications();
    for (let index = 0; index < 1_001; index++) sent.notify(SEALED);
    expect(sent.lost).toBe(1);
  });
});
