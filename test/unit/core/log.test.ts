import { expect, test } from "vitest";
import { eventJson, eventText, Log, type LogEvent } from "../../../src/core/log";
import { Secret } from "../../../src/core/secret";
import { all } from "../../support/all";

function collect(): { log: Log; events: LogEvent[] } {
  const events: LogEvent[] = [];
  return { events, log: new Log((event) => events.push(event)).with({ instance: "customer10/main" }) };
}

test("an event carries its own fields and those of its log", () => {
  const { log, events } = collect();
  log.info("replica unsealed", { replica: "main-1" });
  log.with({ run: 7 }).warn("slow");
  expect(events).toEqual([
    { level: "info", message: "replica unsealed", fields: { instance: "customer10/main", replica: "main-1" } },
    { level: "warn", message: "slow", fields: { instance: "customer10/main", run: 7 } },
  ]);
});

test("an event is a line for people", () => {
  const { log, events } = collect();
  log.info("waiting", { reason: 'no answer from "main-1"', tries: 3, replicas: ["a", "b"], unknown: undefined });
  log.warn("slow");
  expect(events.map(eventText)).toEqual([
    'customer10/main: waiting reason="no answer from \\"main-1\\"" tries=3 replicas=a,b',
    "customer10/main: warning: slow",
  ]);
  expect(eventText({ level: "info", message: "m", fields: {} })).toBe("m");
});

test("a line is one line, whatever an event carries", () => {
  expect(eventText({ level: "info", message: "m", fields: { reason: "a\nb" } })).toBe('m reason="a\\nb"');
});

test("an event is a line of JSON", () => {
  const event: LogEvent = { level: "info", message: "m", fields: { replica: "main-1", tries: 3 } };
  expect(eventJson(event, new Date(0))).toBe(
    '{"time":"1970-01-01T00:00:00.000Z","level":"info","message":"m","replica":"main-1","tries":3}',
  );
});

test("no event carries a secret: it does not compile, and what gets by all the same is not shown", () => {
  const { log, events } = collect();
  // @ts-expect-error -- a secret is not among the values that a log accepts
  log.info("key", { key: new Secret("hunter2") });
  for (const event of all(events)) {
    expect(eventText(event)).not.toContain("hunter2");
    expect(eventJson(event, new Date(0))).toContain('"key":"[secret]"');
  }
  expect(events).toHaveLength(1);
});
