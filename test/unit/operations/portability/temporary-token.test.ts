import { expect, test } from "vitest";
import { withTemporaryToken } from "../../../../src/operations/portability/temporary-token";
import { withLock } from "../../../../src/operations/operation-lock";
import { instanceWith } from "../../../support/data-context";
import { MemoryContent } from "../../../support/memory-content";

const RIGHTS = () => Promise.resolve([{ path: "kv/*", capabilities: ["read"] as const, reason: "read" }]);
const POLICY = "sys/policies/acl/tenant-vault-export";

test("the root token makes the policy and the token, and does nothing else", async () => {
  const api = new MemoryContent();
  const { context, tokens, universe } = await instanceWith(api);
  await withLock(context, "export", (locked) =>
    withTemporaryToken(locked, "export", RIGHTS, async (server) => {
      await (await server.reach()).read("kv/data/a");
      await server.renew();
    }),
  );
  expect(api.written).toEqual([
    [POLICY, { policy: expect.stringContaining('path "kv/*"') as string }],
    ["auth/token/create-orphan", { policies: ["tenant-vault-export"], period: 900 }],
  ]);
  expect(tokens).toEqual([universe.record["root-token"], "temporary", "temporary"]);
  expect(api.removed).toEqual([POLICY]);
});

test("a long work renews the token", async () => {
  const api = new MemoryContent();
  const { context, universe } = await instanceWith(api);
  await withLock(context, "export", (locked) =>
    withTemporaryToken(locked, "export", RIGHTS, async (server) => {
      universe.now += 301_000;
      await server.renew();
      await server.renew();
    }),
  );
  expect(api.written.filter(([path]) => path === "auth/token/renew-self")).toHaveLength(1);
});

test("the policy goes also if the work fails", async () => {
  const api = new MemoryContent();
  const { context } = await instanceWith(api);
  const run = withLock(context, "export", (locked) =>
    withTemporaryToken(locked, "export", RIGHTS, () => Promise.reject(new Error("no"))),
  );
  await expect(run).rejects.toThrow("no");
  expect(api.removed).toEqual([POLICY]);
});
