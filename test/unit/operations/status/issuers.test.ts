import { expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { issuersOf } from "../../../../src/operations/status/issuers";
import { ReplicaError } from "../../../../src/vault/errors";
import { CERTIFICATE } from "../../../support/certificate";
import { MemoryContent } from "../../../support/memory-content";
import { INSTANCE } from "../../../support/simulation";

const ACTIVE = { name: "main-0", address: "https://main-0:8200" };

function ask(api: MemoryContent, mounts: readonly string[], token?: Secret) {
  const identities = {
    mounts: [...mounts.map((path) => ({ path, type: "pki" as const })), { path: "kv", type: "kv" as const }],
    logins: [],
    tokenTtl: 60,
    secretIdTtl: 3600,
  };
  return issuersOf({
    instance: { ...INSTANCE, identities },
    active: ACTIVE,
    operator: { get: () => Promise.resolve(token) },
    content: () => api,
  });
}

test("the default issuer of each PKI mount, and nothing of a mount that does not answer or has none", async () => {
  const api = new MemoryContent({ "pki/cert/ca": { certificate: CERTIFICATE }, "new/cert/ca": { certificate: "" } });
  api.onRequest = (path) => {
    if (path.startsWith("old/")) throw new ReplicaError("denied", "403", 403);
  };
  const token = new Secret("operate");
  expect(await ask(api, ["pki", "new", "old", "none"], token)).toEqual([
    { mount: "pki", expires: "2126-11-03T19:08:32.000Z" },
  ]);
  expect(await ask(api, ["pki"])).toEqual([]);
});
