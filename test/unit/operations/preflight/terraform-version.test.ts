import { describe, expect, test } from "vitest";
import { checkTerraform, isAtLeast, isInRange } from "../../../../src/operations/preflight/terraform-version";

describe("a version", () => {
  test.each([
    ["5.9.0", true],
    ["5.10.1", true],
    ["5.10.0", false],
    ["6.0.0", false],
    ["5.8.2", false],
  ])("%s in the range of the Vault provider: %s", (version, expected) => {
    expect(isInRange(version, ">= 5.9, != 5.10.0, < 6")).toBe(expected);
  });

  test.each([
    ["3.1.2", "~> 3.1", true],
    ["3.9.0", "~> 3.1", true],
    ["4.0.0", "~> 3.1", false],
    ["3.1.9", "~> 3.1.2", true],
    ["3.2.0", "~> 3.1.2", false],
    ["2.0.0", "2.0", true],
    ["2.0.1", "<= 2.0.0", false],
    ["2.0.1", "> 2.0.0", true],
  ])("%s in %s: %s", (version, range, expected) => {
    expect(isInRange(version, range)).toBe(expected);
  });

  test("of Terraform is 1.11 or later", () => {
    expect(["1.11.0", "1.14.0-beta1", "2.0.0"].map((version) => isAtLeast(version, "1.11.0"))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["1.10.9", "0.15.0"].map((version) => isAtLeast(version, "1.11.0"))).toEqual([false, false]);
  });
});

test("a Terraform that is missing, or is none, is one problem", async () => {
  expect(await checkTerraform("no-such-terraform")).toEqual([
    "no-such-terraform is not on PATH; install Terraform or OpenTofu 1.11.0 or later, or name it in TERRAFORM_BINARY_NAME.",
  ]);
  expect(await checkTerraform("false")).toEqual([
    '"false version" fails; check that it is Terraform or OpenTofu 1.11.0 or later.',
  ]);
});
