import { expect, test } from "vitest";
import { Histogram } from "../../../src/core/histogram";
import { renderMetrics } from "../../../src/core/prometheus";

test("a histogram counts into each bucket whose bound is not exceeded", () => {
  const histogram = new Histogram([0.1, 1]);
  for (const value of [0.1, 0.5, 3]) histogram.observe(value);
  expect(renderMetrics([{ name: "t", help: "Time.", type: "histogram", samples: histogram.samples() }])).toBe(
    [
      "# HELP t Time.",
      "# TYPE t histogram",
      't_bucket{le="0.1"} 1',
      't_bucket{le="1"} 2',
      't_bucket{le="+Inf"} 3',
      "t_sum 3.6",
      "t_count 3",
      "",
    ].join("\n"),
  );
});
