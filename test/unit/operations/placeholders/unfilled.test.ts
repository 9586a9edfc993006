import { expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { unfilledPlaceholders } from "../../../../src/operations/placeholders/unfilled";
import { ReplicaError } from "../../../../src/vault/errors";
import { MemoryContent } from "../../../support/memory-content";
import { INSTANCE } from "../../../support/simulation";

const ACTIVE = { name: "main-0", address: "https://main-0:8200" };
const version = (current_version: number, custom_metadata: object | null) => ({ current_version, custom_metadata });

interface Asked {
  /** @default - that of the identity `operate` */
  readonly token?: Secret | undefined;
  /** @default true */
  readonly declares?: boolean;
}

function look(api: MemoryContent, { declares = true, ...asked }: Asked = {}) {
  const { token } = { token: new Secret("operate"), ...asked };
  const placeholders = [{ mount: "kv", paths: ["a", "b", "c"] }];
  const identities = { mounts: [], logins: [], tokenTtl: 60, secretIdTtl: 3600, ...(declares ? { placeholders } : {}) };
  return unfilledPlaceholders({
    instance: { ...INSTANCE, identities },
    active: ACTIVE,
    operator: { get: () => Promise.resolve(token) },
    content: () => api,
  });
}

test("lists what nobody has filled in, and reads metadata alone", async () => {
  const requests: string[] = [];
  const api = new MemoryContent({
    "kv/metadata/a": version(1, { placeholder: "TBD" }),
    "kv/metadata/b": version(2, { placeholder: "TBD" }),
  });
  api.onRequest = (path) => requests.push(path);
  expect(await look(api)).toEqual([
    { path: "kv/a", state: "TBD" },
    { path: "kv/c", state: "missing" },
  ]);
  expect(requests).toEqual(["kv/metadata/a", "kv/metadata/b", "kv/metadata/c"]);
});

test("says nothing without placeholders, without a login, and where the policy is older than they", async () => {
  const api = new MemoryContent();
  expect(await look(api, { declares: false })).toBeUndefined();
  expect(await look(api, { token: undefined })).toBeUndefined();
  api.onRequest = () => {
    throw new ReplicaError("denied", "403", 403);
  };
  expect(await look(api)).toBeUndefined();
});
