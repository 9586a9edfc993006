import { expect, test } from "vitest";
import { loginNames } from "../../../src/contract/identities";
import {
  hasSealedNamespaces,
  INSTANCE_PATH,
  isNamespaceLogin,
  namespaceLogin,
  namespaceOfLogin,
  namespacePath,
} from "../../../src/contract/namespaces";

test("two instances never get the same namespace", () => {
  const paths = ["a-b/c", "a/b-c", "a/b", "ab/c"].map(namespacePath);
  expect(paths).toEqual(["a-b.c", "a.b-c", "a.b", "ab.c"]);
  expect(new Set(paths).size).toBe(paths.length);
});

test("the login of a namespace tells which one it is for", () => {
  expect(namespaceLogin("customer20/main")).toBe("namespace-customer20.main");
  expect(namespaceOfLogin("namespace-customer20.main")).toBe("customer20.main");
  expect(["operate", "namespace-customer20.main"].map(isNamespaceLogin)).toEqual([false, true]);
});

test("the identities come first, then a login for each namespace", () => {
  expect(loginNames({ namespaces: ["customer20/main"] })).toEqual([
    ...["apply", "plan", "operate", "ceremony"],
    "namespace-customer20.main",
  ]);
  expect(loginNames({})).toHaveLength(4);
});

test("only OpenBao 2.6 and later seals namespaces", () => {
  const known = ["2.6.0", "v2.7.2", "2.10.0", "3.0.0", "2.6.0-beta20260622", "2.5.9", "v2.0.0", "1.20.0"];
  expect(known.filter(hasSealedNamespaces)).toEqual(known.slice(0, 5));
  // A tag of the operator's own says nothing.
  expect(hasSealedNamespaces("nightly")).toBe(true);
});

test("a path names a tenant and an instance", () => {
  expect(INSTANCE_PATH.test("shared/main")).toBe(true);
  for (const wrong of ["shared", "shared/main/x", "/main", "Shared/main"])
    expect(INSTANCE_PATH.test(wrong)).toBe(false);
});
