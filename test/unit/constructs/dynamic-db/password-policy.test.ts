import fc from "fast-check";
import { expect, test } from "vitest";
import {
  checkPasswordRules,
  PasswordPolicy,
  passwordPolicy,
  type PasswordPolicyProps,
  type PasswordRules,
} from "../../../../src/constructs/dynamic-db/password-policy";
import { only, synthesizeInVault } from "../../../support/synth";

const policy = (props: Partial<PasswordPolicyProps>): Record<string, unknown> =>
  only(
    synthesizeInVault((stack, { provider }) => {
      new PasswordPolicy(stack, "Passwords", { name: "long", provider, ...props });
    }).resource,
    "vault_generic_endpoint",
  );

/** The policy in the expression that Terraform writes. */
function textOf({ data_json }: Record<string, unknown>): string {
  const [, text = ""] = /"policy" = (".*")\}\)\}$/.exec(String(data_json)) ?? [];
  return JSON.parse(text) as string;
}

test("by default a password has 24 characters, and each class of them", () => {
  expect(textOf(policy({}))).toBe(
    [
      "length = 24",
      ...["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "-"].map(
        (charset) => `rule "charset" {\n  charset = "${charset}"\n  min-chars = 1\n}`,
      ),
    ].join("\n"),
  );
});

test("a deleted policy is written again, and one with another name exists before the former one is deleted", () => {
  expect(policy({})).toMatchObject({
    path: "sys/policies/password/long",
    ignore_absent_fields: true,
    lifecycle: { create_before_destroy: true },
    provider: "vault.instance",
  });
});

test("length, charset and minChars", () => {
  const rules = [
    { charset: "abcdefghijkm", minChars: 0 },
    { charset: "23456789", minChars: 4 },
  ];
  expect(textOf(policy({ length: 30, rules }))).toBe(
    'length = 30\nrule "charset" {\n  charset = "abcdefghijkm"\n  min-chars = 0\n}\nrule "charset" {\n  charset = "23456789"\n  min-chars = 4\n}',
  );
});

test.each<[string, Partial<PasswordPolicyProps>]>([
  ["length 0 is not possible", { length: 0 }],
  ["length 101 is not possible", { length: 101 }],
  ["length 24.5 is not possible", { length: 24.5 }],
  ["10 characters out of 63 can be guessed", { length: 10 }],
  ["24 characters out of 1 can be guessed", { rules: [{ charset: "aaaa" }] }],
  ["24 characters out of 0 can be guessed", { rules: [] }],
  ["require 30 characters", { rules: [{ charset: "abcdefghijkmnopqr", minChars: 30 }] }],
  ["minChars -1", { rules: [{ charset: "abcdefghijkmnopqr", minChars: -1 }] }],
  ["not a valid name", { name: "a/b" }],
])("fails if: %s", (problem, props) => {
  expect(() => policy(props)).toThrow(problem);
});

test("fails if a statement, a URL template or a configuration reads a character as its own", () => {
  for (const special of ["'", '"', "`", "\\", "{", "}", " ", "\n", "é", "\u{1F511}", ""])
    expect(() =>
      checkPasswordRules({ rules: [{ charset: special === "" ? "" : `abcdefghijkmnopq${special}` }] }),
    ).toThrow("without quotes");
});

test("what is accepted has one line per setting, whatever the characters", () => {
  const accepted = fc.record<PasswordRules>({
    length: fc.integer({ min: 1, max: 100 }),
    rules: fc.array(fc.record({ charset: fc.string(), minChars: fc.nat(9) })),
  });
  fc.assert(
    fc.property(accepted, (rules) => {
      try {
        checkPasswordRules(rules);
      } catch {
        return;
      }
      expect(passwordPolicy(rules).split("\n")).toHaveLength(1 + 4 * (rules.rules?.length ?? 0));
    }),
  );
});
