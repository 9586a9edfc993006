import { expect, test } from "vitest";
import { decidePassword, type PasswordStep } from "../../../../src/operations/databases/password-decision";

test.each<[what: string, written: unknown, verify: boolean, isVerified: boolean, step: PasswordStep]>([
  ["a connection that Terraform has just made", undefined, true, false, "write"],
  ["another revision", 1, true, false, "write"],
  ["another revision, without a login", 1, false, false, "write"],
  ["a connection that Terraform has changed", 2, true, false, "verify"],
  ["one that is not to be verified", 2, false, false, "nothing"],
  ["one that this run has verified", 2, true, true, "nothing"],
])("%s", (_, written, verify, isVerified, step) => {
  const details = written === undefined ? {} : { password_revision: written };
  expect(decidePassword({ revision: 2, verify }, { connection_details: details }, isVerified)).toBe(step);
});

test("settings are written once in each run, also without a login", () => {
  const described = { revision: 2, verify: false, settings: {} };
  const found = { connection_details: { password_revision: 2 } };
  expect(decidePassword(described, undefined, false)).toBe("write");
  expect([false, true].map((isVerified) => decidePassword(described, found, isVerified))).toEqual([
    "verify",
    "nothing",
  ]);
});

test("a connection without details has no password", () => {
  expect(decidePassword({ revision: 2, verify: true }, {}, false)).toBe("write");
});
