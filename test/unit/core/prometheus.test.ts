import { expect, test } from "vitest";
import { renderMetrics } from "../../../src/core/prometheus";

test("labels are escaped, and unknown values are left out", () => {
  const samples = [
    { labels: { name: 'a "b"\\\n' }, value: 1 },
    { labels: { name: "unknown" }, value: undefined },
  ];
  expect(renderMetrics([{ name: "m", help: "Help.", type: "gauge", samples }])).toBe(
    '# HELP m Help.\n# TYPE m gauge\nm{name="a \\"b\\"\\\\\\n"} 1\n',
  );
  expect(renderMetrics([{ name: "m", help: "Help.", type: "gauge", samples: samples.slice(1) }])).toBe("");
});
