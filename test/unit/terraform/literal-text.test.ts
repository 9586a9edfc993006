import { Fn, TerraformOutput } from "cdktf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { asFunctionArgument, escapeExpressions, hasExpressions } from "../../../src/terraform/literal-text";
import { synthesize } from "../../support/synth";

const text = fc.string({ unit: fc.constantFrom("$", "%", "{", "}", "a", " ") });

test.each([
  ["${HOME}", "$${HOME}"],
  ["%{if x}", "%%{if x}"],
  ["$${HOME}", "$$${HOME}"],
  ["$ % $HOME 50%", "$ % $HOME 50%"],
])("T2: %s is escaped as %s", (from, to) => {
  expect(escapeExpressions(from)).toBe(to);
  expect(hasExpressions(from)).toBe(from !== to);
});

test("T2: texts and keys at any depth are escaped, and instances of classes stay", () => {
  const date = new Date(0);
  const value = { "${a}": [{ b: "%{c}" }, 1, null, undefined, true, date] };
  expect(escapeExpressions(value)).toEqual({ "$${a}": [{ b: "%%{c}" }, 1, null, undefined, true, date] });
  expect(hasExpressions(value)).toBe(true);
  expect(hasExpressions({ a: [date, 1, null, "$"] })).toBe(false);
});

test("T2: cdktf's functions escape the argument just as often as any other text", () => {
  fc.assert(
    fc.property(text, (value) => {
      const escaped = escapeExpressions(value);
      const { output } = synthesize((stack) => {
        new TerraformOutput(stack, "o", { value: Fn.upper(asFunctionArgument(escaped)) });
      });
      expect(output.o?.value).toBe(`\${upper("${escaped}")}`);
    }),
    { numRuns: 50 },
  );
});
