import { expect, test } from "vitest";
import { contentOf, isBuiltIn, isKeyValue, settingsOf } from "../../../../src/operations/portability/catalogue";

test("a mount of an unknown type leaves with its settings alone", () => {
  const { parts, stays } = contentOf({ side: "engine", type: "aws", version: undefined });
  expect([parts, stays]).toEqual([[], expect.stringContaining("everything but its settings")]);
});

test("what leaves depends on the side and the version of a mount", () => {
  const paths = (side: "engine" | "login", type: string, version?: string) =>
    contentOf({ side, type, version }).parts.map(({ path }) => path);
  expect(paths("engine", "kubernetes")).toEqual(["config", "roles"]);
  expect(paths("login", "kubernetes")).toEqual(["config", "role"]);
  expect([paths("engine", "kv", "1"), paths("engine", "kv", "2")]).toEqual([[], ["config"]]);
  expect(contentOf({ side: "engine", type: "system", version: undefined })).toEqual({ parts: [] });
  expect(paths("login", "token")).toEqual(["roles"]);
});

test("types of the server itself", () => {
  for (const type of ["system", "identity", "cubbyhole", "token", "ns_token"]) expect(isBuiltIn(type)).toBe(true);
  expect([isBuiltIn("kv"), isKeyValue("kv"), isKeyValue("pki")]).toEqual([false, true, false]);
});

test("the settings of a connection are written beside each other, and it is not tried", () => {
  const read = { plugin_name: "p", password_policy: "", statements: [], connection_details: { username: "u" } };
  expect(settingsOf(read)).toEqual({ plugin_name: "p", username: "u", verify_connection: false });
  expect(settingsOf({ empty: "" })).toEqual({ empty: "" });
});
