import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Duration } from "../../../src/core/duration";
import { PolicyDocument } from "../../../src/policy/policy-document";
import { parsePolicy } from "../../../src/policy/policy-reader";
import type { PolicyStatement } from "../../../src/policy/statement";
import { tenantPolicy, watchPolicy } from "../../../src/policy/central-policies";
import { pathPatterns } from "../../support/random-policies";

function render(statements: readonly PolicyStatement[]): string {
  const document = new PolicyDocument();
  for (const statement of statements) document.add(statement);
  return document.render();
}

const EVERYTHING: PolicyStatement = {
  path: "kv/data/{{identity.entity.id}}/*",
  capabilities: ["create", "read", "sudo", "scan"],
  reason: "own secrets\nof each client",
  allowedParameters: { ttl: ["1h", true, 5], "*": [] },
  deniedParameters: { format: ["pem*"] },
  requiredParameters: ["ttl"],
  minWrappingTtl: Duration.seconds(90),
  maxWrappingTtl: Duration.hours(1),
  expiration: "2027-01-31T00:00:00Z",
  further: { pagination_limit: 5, mfa_methods: ["totp"], control_group: { factor: { ops: { approvals: 2 } } } },
};

describe("a rendered policy", () => {
  test("has every attribute, and is read as it was", () => {
    expect(render([EVERYTHING])).toMatchSnapshot();
    expect(parsePolicy(render([EVERYTHING]))).toEqual([EVERYTHING]);
  });

  test("is read as it was, whatever its paths, reasons and values are", () => {
    const texts = fc.string({ unit: fc.constantFrom(...Array.from('ab{}$"\\\n\t \u0000ü😀/*+#=')), maxLength: 8 });
    const statement = fc.record({
      path: fc.oneof(
        pathPatterns,
        texts.filter((text) => !text.includes("+*") && !/\{\{|\}\}/.test(text)),
      ),
      capabilities: fc.constant(["read"] as const),
      reason: fc.constantFrom("", "a reason", "two\nlines"),
      allowedParameters: fc.dictionary(texts, fc.array(fc.oneof(texts, fc.boolean())), {
        minKeys: 1,
        noNullPrototype: true,
      }),
    });
    fc.assert(
      fc.property(statement, (each) => {
        expect(parsePolicy(render([each]))).toEqual([each]);
      }),
    );
  });

  test("of the product is read and rendered again as it was", () => {
    for (const text of [watchPolicy(), tenantPolicy("hook", { tenant: "acme", secrets: [], intermediates: [] })])
      expect(render(parsePolicy(text))).toBe(text);
  });
});

describe("HCL that people write", () => {
  test("has comments, former names, and other forms", () => {
    const text = `
      name = "web"
      # Not about the next statement.

      // reads
      /* secrets */
      path "kv/data/web" { policy = "read" }
      "path" "kv/x" { capabilities = ["list",], min_wrapping_ttl = 90, max_wrapping_ttl = "1h30m" }
      path "sys/y" {
        comment = "own words"
        denied_parameters = { a = [] "b" = ["x"] }
      }`;
    expect(parsePolicy(text)).toEqual([
      { path: "kv/data/web", capabilities: ["read", "list"], reason: "reads\nsecrets" },
      {
        path: "kv/x",
        capabilities: ["list"],
        reason: "",
        minWrappingTtl: Duration.seconds(90),
        maxWrappingTtl: Duration.minutes(90),
      },
      { path: "sys/y", capabilities: [], reason: "own words", deniedParameters: { a: [], b: ["x"] } },
    ]);
  });

  test("or JSON, in both of its forms", () => {
    const web = { path: "kv/web", capabilities: ["read"], reason: "" };
    expect(parsePolicy('{"path": {"kv/web": {"capabilities": ["read"]}}}')).toEqual([web]);
    expect(
      parsePolicy('{"path": [{"kv/web": {"capabilities": ["read"]}}, {"kv/web": [{"capabilities": ["read"]}]}]}'),
    ).toEqual([web, web]);
  });
});

describe("a mistake is named with its place", () => {
  test.each([
    [
      'path "a" { capabilities = ["raed"] }',
      'Line 1, column 28 of the policy: "raed" is not known here; did you mean read?',
    ],
    [
      'path "a" {\n  capability = ["read"]\n}',
      'Line 2, column 3 of the policy: "capability" is not known here; did you mean capabilities?',
    ],
    ['paths "a" {}', 'Line 1, column 1 of the policy: "paths" is not known here; did you mean path?'],
    [
      'path "a" {',
      'Line 1, column 11 of the policy: the policy ends where a name, or "=" or "{" after one is expected.',
    ],
    ['path "a {}', 'Line 1, column 6 of the policy: this text has no closing double quote; write "..." on one line.'],
    ['path "a" { capabilities = "read" }', "Line 1, column 27 of the policy: capabilities takes a list; write [...]."],
    [
      'path "a" { capabilities = ["read" "list"] }',
      'Line 1, column 35 of the policy: "\\"" stands where "," or "]" is expected.',
    ],
    [
      'path "a" { capabilities = [read] }',
      'Line 1, column 28 of the policy: "r" stands where a text in double quotes, a number, true, false, a list or an object is expected.',
    ],
    ['path "a" "b" {}', 'Line 1, column 1 of the policy: a statement has one path; write path "..." { ... }.'],
    ['path "a" = {}', 'Line 1, column 1 of the policy: "path a" is a block; write "{" instead of "=".'],
    ['path "a/+*" {}', 'Line 1, column 13 of the policy: "a/+*" contains "+*"; end the path with "+" or with "*".'],
    [
      'path "a" { max_wrapping_ttl = "1m" min_wrapping_ttl = "1h" }',
      'Line 1, column 10 of the policy: min_wrapping_ttl of "a" exceeds its max_wrapping_ttl; reduce it.',
    ],
    [
      'path "a" { min_wrapping_ttl = "soon" }',
      'Line 1, column 31 of the policy: min_wrapping_ttl takes seconds, or a duration such as "90s" or "1h30m".',
    ],
    [
      'path "a" { expiration = "x" expiration = "y" }',
      'Line 1, column 29 of the policy: expiration stands twice for "a"; write it once.',
    ],
    ["# a\n/* b", 'Line 2, column 1 of the policy: this comment has no end; close it with "*/".'],
    ['path "\\q" {}', 'Line 1, column 7 of the policy: "\\q" is not a valid escape in a text.'],
    ['path "{{a" {}', 'Line 1, column 12 of the policy: "{{a" has unbalanced templates; close each {{ by }}.'],
    ['{"path": 1}', 'Line 1, column 2 of the policy: "path" has no statements; write {"path": {"...": {...}}}.'],
  ])("%s", (text, message) => {
    expect(() => parsePolicy(text)).toThrow(message);
  });

  test("and no text makes the reader fail in another way, or hang", () => {
    const words = fc.constantFrom(
      "path",
      '"a"',
      "{",
      "}",
      "[",
      "]",
      "=",
      ",",
      ":",
      "#",
      "/*",
      "*/",
      "\n",
      "\\",
      '"',
      "capabilities",
      " ",
      "1",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (text) => {
        try {
          parsePolicy(text.join(""));
        } catch (error) {
          expect(error).toMatchObject({ name: "ValidationError", code: "policy-syntax" });
        }
      }),
    );
  });
});
