import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadKubeconfig } from "../../src/unseal/kubeconfig";
import { REPLACED_AT, SealTokenSecret } from "../../src/unseal/seal-token";
import type { VaultClient } from "../../src/unseal/vault-client";
import { SecretApi } from "./support/secret-api";
import { TestBed } from "./support/test-bed";

const NAME = "main-seal";
const ROLE = "tenant-vault-seal-customer10.main";
const PERIOD = 6;

let bed: TestBed;
let api: SecretApi;
let secret: SealTokenSecret;
/** May make tokens of this one role, and nothing else, as the hook. */
let hook: VaultClient;

beforeAll(async () => {
  bed = await TestBed.start();
  api = await SecretApi.start();
  const { client } = bed.central;
  const allowed = ["lookup-self", "renew-self", "revoke-self"].map(
    (own) => `path "auth/token/${own}" { capabilities = ["read", "update"] }`,
  );
  await client.send("PUT", "sys/policies/acl/seal", { body: { policy: allowed.join("\n") } });
  await client.send("POST", `auth/token/roles/${ROLE}`, {
    body: { allowed_policies: ["seal"], orphan: true, token_period: `${PERIOD}s`, token_no_default_policy: true },
  });
  await client.send("PUT", "sys/policies/acl/hook-seal", {
    body: { policy: `path "auth/token/create/${ROLE}" { capabilities = ["create", "update"] }` },
  });
  await client.send("POST", "clusters/data/customer10", { body: { data: { kubeconfig: api.kubeconfig } } });
  const { body } = await client.send("POST", "auth/token/create", {
    body: { policies: ["hook-seal"], no_default_policy: true },
  });
  hook = bed.central.server.client((body.auth as { client_token: string }).client_token);
  const kubeconfig = await loadKubeconfig(client, { mount: "clusters", path: "customer10" });
  secret = await SealTokenSecret.of(kubeconfig, "main", { secretName: NAME, role: ROLE });
});
afterAll(async () => {
  api.stop();
  await bed.stop();
});

test("a seal's token is made where there is none, and left as it is while it lasts", async () => {
  expect(await secret.remaining(hook)).toBe(0);
  await secret.ensure(hook);
  const token = api.field(NAME, "token");

  const { body } = await bed.central.server.client(token).send("GET", "auth/token/lookup-self");
  expect(body.data).toMatchObject({ orphan: true, creation_ttl: PERIOD, policies: ["seal"] });
  expect(api.field(NAME, "ca.crt")).toBe(bed.authority.certificate);
  expect(await secret.remaining(hook)).toBeGreaterThan(0);
  await secret.ensure(hook);
  expect(api.field(NAME, "token")).toBe(token);
  expect(api.annotations(NAME)).toEqual({});
});

test("of two runs at once the first one's is kept, and the other's ended", async () => {
  const accessors = async (): Promise<string[]> => {
    const { body } = await bed.central.client.send("LIST", "auth/token/accessors");
    return (body.data as { keys: string[] }).keys;
  };
  const before = await accessors();
  api.delete(NAME);
  await Promise.all([secret.ensure(hook), secret.ensure(hook)]);
  expect(await secret.remaining(hook)).toBeGreaterThan(0);
  expect(await accessors()).toHaveLength(before.length + 1);
});

test("it is renewed when little is left, and replaced, for the servers to start anew, when it is over", async () => {
  await secret.ensure(hook);
  const token = api.field(NAME, "token");
  await sleep(PERIOD * 1000 * 0.75);
  await secret.ensure(hook);
  expect(api.field(NAME, "token")).toBe(token);
  expect(await secret.remaining(hook)).toBeGreaterThan(PERIOD / 2);

  await sleep((PERIOD + 1) * 1000);
  expect(await secret.remaining(hook)).toBe(0);
  await secret.ensure(hook);
  expect(api.field(NAME, "token")).not.toBe(token);
  expect(Object.keys(api.annotations(NAME))).toEqual([REPLACED_AT]);
});

test("a hook without the right to make it says so", async () => {
  await bed.central.client.withToken(api.field(NAME, "token")).send("POST", "auth/token/revoke-self");
  const { body } = await bed.central.client.send("POST", "auth/token/create", { body: { policies: ["default"] } });
  const stranger = bed.central.server.client((body.auth as { client_token: string }).client_token);
  await expect(secret.ensure(stranger)).rejects.toThrow(
    /refuses the token for auth\/token\/create\/tenant-vault-seal-customer10.main; use one that is valid/,
  );
});
