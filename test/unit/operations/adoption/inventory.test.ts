import { expect, test } from "vitest";
import { belongsTo, inventory, isRemovable } from "../../../../src/operations/adoption/inventory";
import { readMounts } from "../../../../src/operations/portability/read-configuration";
import { MemoryContent, mountsOf } from "../../../support/memory-content";

test("what belongs to the product or to tenant-vault is not listed", async () => {
  const api = new MemoryContent({
    ...mountsOf(
      { sys: { type: "system" }, cubbyhole: { type: "cubbyhole" }, pki: { type: "pki" } },
      { token: { type: "token" }, "tenant-vault": { type: "approle" }, users: { type: "userpass" } },
    ),
    "pki/roles/web": {},
    "pki/issuers/1": {},
    "auth/users/users/bob": {},
    "auth/token/roles/ci": {},
    "sys/quotas/rate-limit/all": {},
    "sys/quotas/lease-count/all": {},
    ...Object.fromEntries(
      ["default", "root", "default-ceiling", "tenant-vault-apply", "mine"].map((name) => [
        `sys/policies/acl/${name}`,
        {},
      ]),
    ),
  });
  expect(await inventory(api, await readMounts(api))).toEqual([
    "auth/token/roles/ci",
    "auth/users/users/bob",
    "pki/roles/web",
    "sys/auth/users",
    "sys/mounts/pki",
    "sys/policies/acl/mine",
    "sys/quotas/lease-count/all",
    "sys/quotas/rate-limit/all",
  ]);
});

test("a purge leaves quotas, which protect the servers", () => {
  expect(isRemovable("sys/quotas/rate-limit/all")).toBe(false);
  expect(isRemovable("sys/policies/acl/mine")).toBe(true);
});

test("a role goes with its mount", () => {
  expect(belongsTo("pki/roles/web", ["sys/mounts/pki"])).toBe(true);
  expect(belongsTo("auth/users/users/bob", ["sys/auth/users"])).toBe(true);
  expect(belongsTo("pki-old/roles/web", ["sys/mounts/pki"])).toBe(false);
  expect(belongsTo("sys/mounts/pki", ["sys/mounts/pki"])).toBe(false);
});
