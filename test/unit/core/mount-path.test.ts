import { describe, expect, test } from "vitest";
import { checkMountPath } from "../../../src/core/mount-path";

describe("T3: a mount", () => {
  test.each(["kv", "system", "database/orders", "team.a/kv", "..."])("may be %s", (path) => {
    expect(checkMountPath(path)).toBe(path);
  });

  test.each(["sys", "sys/kv", "identity", "auth/x", "cubbyhole", "audit"])("is refused if it is %s", (path) => {
    expect(() => checkMountPath(path)).toThrow(/belongs to Vault itself; choose another path, such as "kv"/);
  });

  test.each(["", "/kv", "kv/", "kv/../sys", ".", "kv/.", "a//b", "a b", "kv*", "+/kv"])(
    "is refused if it is %j",
    (path) => {
      expect(() => checkMountPath(path)).toThrow(/is not a valid mount; write names/);
    },
  );
});
