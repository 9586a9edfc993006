import { describe, expect, test } from "vitest";
import { Acl } from "../../../src/policy/acl";
import { excessOf } from "../../../src/policy/policy-limits";
import type { PolicyStatement } from "../../../src/policy/statement";

function acl(
  ...statements: readonly (readonly [path: string, ...capabilities: PolicyStatement["capabilities"]])[]
): Acl {
  return new Acl(statements.map(([path, ...capabilities]) => ({ path, capabilities, reason: "" })));
}

describe("what exceeds the limits", () => {
  const limits = acl(["kv/data/shop", "read"], ["kv/data/shop/*", "read"]);

  test.each([
    ["nothing", acl(), undefined],
    ["the same", limits, undefined],
    ["a part", acl(["kv/data/shop/web/*", "read"], ["kv/data/shop/web", "read"]), undefined],
    ["another folder with the same beginning", acl(["kv/data/shopping", "read"]), "kv/data/shopping"],
    ["another capability", acl(["kv/data/shop/web", "update"]), "kv/data/shop/web"],
    [
      "a pattern that is wider in one place",
      acl(["kv/data/+/web", "read"]),
      expect.stringMatching(/^kv\/data\/[^/]+\/web$/),
    ],
    [
      "a prefix that begins one letter earlier",
      acl(["kv/data/shop*", "read"]),
      expect.stringMatching(/^kv\/data\/shop./),
    ],
  ])("of %s", (_case, policy, witness) => {
    expect(excessOf(policy, limits)?.witness).toEqual(witness);
  });

  test("is also a constraint that the limits have", () => {
    const statement = { path: "pki/issue/web", capabilities: ["update"], reason: "" } as const;
    const limited = new Acl([{ ...statement, deniedParameters: ["not_after"] }]);
    expect(excessOf(new Acl([statement]), limited)).toMatchObject({ capability: "update", witness: "pki/issue/web" });
    expect(excessOf(limited, limited)).toBeUndefined();
  });
});
