import { TerraformOutput, TerraformVariable } from "cdktf";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  escapeExpressions,
  hasExpressions,
  jsonencode,
  unescapeExpressions,
  yamlencode,
} from "../../../src/terraform/literal-text";
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

test("T2: an escaped text can be had as it was written", () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(unescapeExpressions(escapeExpressions(value))).toBe(value);
    }),
  );
});

test.each([
  ['a", "b" = file("/etc/passwd"), "c" = "d', String.raw`a\", \"b\" = file(\"/etc/passwd\"), \"c\" = \"d`],
  ['"quoted"', String.raw`\"quoted\"`],
  ["C:\\folder\\", String.raw`C:\\folder\\`],
  ["one\r\ntwo", String.raw`one\r\ntwo`],
  ["${HOME} %{if x} $${A}", String.raw`$\u007bHOME} %\u007bif x} $$\u007bA}`],
  ["$ % 50%", "$ % 50%"],
])("T2: %j stays one text within cdktf's functions, as value and as key", (written, expected) => {
  const value = escapeExpressions({ [written]: written, list: [written] });
  const { output } = synthesize((stack) => {
    new TerraformOutput(stack, "json", { value: jsonencode(value) });
    new TerraformOutput(stack, "yaml", { value: yamlencode(value) });
  });
  const content = `{"${expected}" = "${expected}", "list" = ["${expected}"]}`;
  expect(output.json?.value).toBe(`\${jsonencode(${content})}`);
  expect(output.yaml?.value).toBe(`\${yamlencode(${content})}`);
});

test("T2: expressions that a program passes to cdktf's functions stay expressions", () => {
  const { output } = synthesize((stack) => {
    const { stringValue } = new TerraformVariable(stack, "v", {});
    new TerraformOutput(stack, "o", { value: jsonencode({ alone: stringValue, within: `a "${stringValue}"` }) });
  });
  expect(output.o?.value).toBe(
    String.raw`\${jsonencode({"alone" = var.v, "within" = "a \"\${var.v}\""})}`.replaceAll("\\$", "$"),
  );
});
