import { expect, test } from "vitest";
import { findUnmanaged } from "../../../../src/operations/adoption/unmanaged";
import { instanceWith } from "../../../support/data-context";
import { MemoryContent, mountsOf } from "../../../support/memory-content";

const DESCRIBED = [
  { path: "sys/mounts/pki", to: "vault_generic_endpoint.pki_too" },
  { path: "sys/mounts/pki", to: "vault_mount.pki" },
  { path: "sys/mounts/later", to: "vault_mount.later" },
];

function data(): MemoryContent {
  return new MemoryContent({
    ...mountsOf({ pki: { type: "pki" }, old: { type: "ssh" } }),
    "pki/roles/web": {},
    "old/roles/login": {},
    "sys/quotas/rate-limit/by-hand": {},
  });
}

test("a report names what exists, and removes nothing", async () => {
  const api = data();
  const { context } = await instanceWith(api);
  expect(await findUnmanaged(context, DESCRIBED, false)).toEqual({
    managed: [{ ...DESCRIBED[1], id: "pki" }],
    unmanaged: ["old/roles/login", "pki/roles/web", "sys/mounts/old", "sys/quotas/rate-limit/by-hand"],
    removed: [],
  });
  expect(api.removed).toEqual(["sys/policies/acl/tenant-vault-unmanaged"]);
});

test("a purge removes what is not described, each once, and may remove nothing else", async () => {
  const api = data();
  const { context } = await instanceWith(api);
  expect((await findUnmanaged(context, DESCRIBED, true)).removed).toEqual(["pki/roles/web", "sys/mounts/old"]);
  expect(api.removed.slice(0, 2)).toEqual(["pki/roles/web", "sys/mounts/old"]);
  const [, body] = api.written[0] ?? [];
  const { policy } = body as { policy: string };
  const rights = [...policy.matchAll(/path "([^"]+)" \{\n {2}capabilities = \[(.*)\]/g)].map(([, ...right]) => right);
  expect(rights.sort()).toEqual([
    ["pki/roles/web", '"delete","sudo"'],
    ["sys/mounts/old", '"delete","sudo"'],
    ["sys/policies/acl/tenant-vault-unmanaged", '"delete"'],
  ]);
});
