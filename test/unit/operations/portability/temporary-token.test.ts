import { expect, test } from "vitest";
import { withLock } from "../../../../src/operations/operation-lock";
import { workOnData, type DataWork } from "../../../../src/operations/portability/temporary-token";
import { ReplicaError } from "../../../../src/vault/errors";
import { instanceWith } from "../../../support/data-context";
import { MemoryContent } from "../../../support/memory-content";

const POLICY = "sys/policies/acl/tenant-vault-export";

async function exporting(api: MemoryContent, workOf: (now: { now: number }) => DataWork<void>["work"]) {
  const { context, tokens, universe } = await instanceWith(api);
  const data: DataWork<void> = {
    operation: "export",
    rights: () => Promise.resolve([{ path: "kv/*", capabilities: ["read"], reason: "read" }]),
    work: workOf(universe),
    unfinished: () => ({ what: "The export is not complete", remedy: "run this again" }),
    poll: 1_000,
  };
  return { tokens, universe, done: withLock(context, "export", (locked) => workOnData(locked, data)) };
}

test("the root token makes the policy and the token, and does nothing else", async () => {
  const api = new MemoryContent();
  const { tokens, universe, done } = await exporting(api, () => async (content, server) => {
    await content.read("kv/data/a");
    await server.renew();
  });
  await done;
  expect(api.written).toEqual([
    [POLICY, { policy: expect.stringContaining('path "kv/*"') as string }],
    ["auth/token/create-orphan", { policies: ["tenant-vault-export"], period: 900 }],
  ]);
  expect(tokens).toEqual([universe.record["root-token"], "temporary", "temporary"]);
  expect(api.removed).toEqual([POLICY]);
});

test("a long work renews the token", async () => {
  const api = new MemoryContent();
  const { done } = await exporting(api, (universe) => async (_, server) => {
    universe.now += 301_000;
    await server.renew();
    await server.renew();
  });
  await done;
  expect(api.written.filter(([path]) => path === "auth/token/renew-self")).toHaveLength(1);
});

test("the policy goes also if the work fails", async () => {
  const api = new MemoryContent();
  const { done } = await exporting(api, () => () => Promise.reject(new Error("no")));
  await expect(done).rejects.toThrow("no");
  expect(api.removed).toEqual([POLICY]);
});

test("a connection that is cut while the token is made does not end the work", async () => {
  const api = new MemoryContent();
  let cuts = 1;
  api.onRequest = (path) => {
    if (path === "auth/token/create-orphan" && cuts-- > 0) throw new ReplicaError("unreachable", "connection reset");
  };
  const { done } = await exporting(api, () => () => Promise.resolve());
  await done;
  expect(cuts).toBeLessThan(0);
  expect(api.removed).toEqual([POLICY]);
});
