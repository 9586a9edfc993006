import { expect, test } from "vitest";
import { openTarget } from "../../../../src/operations/snapshot/open-target";

const KEYS = { AWS_ACCESS_KEY_ID: "user", AWS_SECRET_ACCESS_KEY: "password" };

test.each([
  ["file:/var/backups", "file:/var/backups"],
  ["file:///var/backups", "file:/var/backups"],
  ["s3://backups", "s3://backups/"],
  ["s3://backups/vault/", "s3://backups/vault/"],
  ["s3://backups/a/b", "s3://backups/a/b/"],
])("%s is a target", async (url, text) => {
  const target = await openTarget(url, KEYS);
  expect(target.text).toBe(text);
  await target.close();
  expect((await openTarget(undefined, { ...KEYS, TENANT_VAULT_SNAPSHOTS: url })).text).toBe(text);
});

test.each([undefined, "", "/var/backups", "file:", "s3://", "s3://Bucket/x", "s3://b/p?x", "swift://c"])(
  "%s is none",
  async (url) => {
    await expect(openTarget(url, KEYS)).rejects.toMatchObject({ code: "usage" });
  },
);
