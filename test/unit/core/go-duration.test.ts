import { expect, test } from "vitest";
import { Duration } from "../../../src/core/duration";
import { goDuration } from "../../../src/core/go-duration";

test.each([
  [45, "45s"],
  [60, "1m0s"],
  [90, "1m30s"],
  [3600, "1h0m0s"],
  [3605, "1h0m5s"],
  [5400, "1h30m0s"],
  [172_800, "48h0m0s"],
])("%i seconds are %s", (seconds, text) => {
  expect(goDuration(Duration.seconds(seconds))).toBe(text);
});
