import { expect, test } from "vitest";
import { parse } from "yaml";
import { parseYaml, toYaml } from "../../../src/core/yaml";

test("what is written reads back as it was", () => {
  const value = { text: "on: #not a comment", multiline: "a\nb\n", list: [1, true, null], nested: { "x y": "${z}" } };
  expect(parse(toYaml(value))).toEqual(value);
  expect(parseYaml(toYaml(value))).toEqual(value);
});

test("options reach the library", () => {
  const long = "word ".repeat(40).trim();
  expect(toYaml({ long }).split("\n").length).toBeGreaterThan(2);
  expect(toYaml({ long }, { lineWidth: 0 })).toBe(`long: ${long}\n`);
});
