import { App, TerraformStack } from "cdktf";
import { describe, expect, test } from "vitest";
import { checkStaticRotation, staticRotation } from "../../../../src/constructs/dynamic-db/static-rotation";
import { Duration } from "../../../../src/index";

const ROLE = { name: "batch", username: "batch_user" };
const SCHEDULE = "0 3 * * SAT";

describe("a static role changes its password", () => {
  test.each([
    ["every day by default", {}, { rotationPeriod: 86_400 }],
    ["after a period", { rotationPeriod: Duration.hours(1) }, { rotationPeriod: 3_600 }],
    ["by a schedule", { rotationSchedule: SCHEDULE }, { rotationSchedule: SCHEDULE }],
    [
      "within a window",
      { rotationSchedule: SCHEDULE, rotationWindow: Duration.hours(1) },
      { rotationSchedule: SCHEDULE, rotationWindow: 3_600 },
    ],
  ])("%s", (_title, props, expected) => {
    expect(staticRotation({ ...ROLE, ...props }, "vault", new TerraformStack(new App(), "stack"))).toEqual(expected);
  });
});

describe("is refused if", () => {
  test.each([
    ["a window has no schedule", { rotationWindow: Duration.hours(1) }, /a rotationWindow without a schedule/],
    [
      "there are both",
      { rotationPeriod: Duration.hours(1), rotationSchedule: SCHEDULE },
      /a rotationPeriod and a rotationSchedule; remove one/,
    ],
    ["the schedule has another form", { rotationSchedule: "daily" }, /"daily"; write the five fields of cron/],
    [
      "the window is too short",
      { rotationSchedule: SCHEDULE, rotationWindow: Duration.minutes(10) },
      /a rotationWindow of 10m; write at least 1h/,
    ],
  ])("%s", (_title, props, message) => {
    expect(() => checkStaticRotation({ ...ROLE, ...props }, "vault")).toThrow(message);
  });

  test("OpenBao would need a schedule", () => {
    expect(() => checkStaticRotation({ ...ROLE, rotationSchedule: SCHEDULE }, "openbao")).toThrow(
      /which OpenBao does not know; write rotationPeriod, or use the product vault/,
    );
    expect(() => checkStaticRotation(ROLE, "openbao")).not.toThrow();
  });
});
