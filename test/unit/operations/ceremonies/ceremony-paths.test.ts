import { expect, test } from "vitest";
import type { Product } from "../../../../src/core/product";
import { ceremonyPaths } from "../../../../src/operations/ceremonies/ceremony-paths";

test.each<[Product, string, string]>([
  ["openbao", "2.7", "sys/rotate/root"],
  ["vault", "2", "sys/rotate/root"],
  ["vault", "1", "sys/rekey"],
])("%s %s rotates its keys at its own endpoint", async (product, version, expected) => {
  const has = (path: string) => Promise.resolve(version !== "1" && path === "sys/rotate/root/init");
  expect((await ceremonyPaths({ has }, product)).rotateKeys).toBe(expected);
});

test("OpenBao is not asked", async () => {
  const has = () => Promise.reject(new Error("asked"));
  expect((await ceremonyPaths({ has }, "openbao")).rootToken).toMatch(/^sys\//);
});
