import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/core/clock";
import { Secret } from "../../src/core/secret";
import { SealTokenSecret } from "../../src/operations/supply/seal-token";
import { VaultClient } from "../../src/vault/client";
import { FaultyGateway } from "./support/gateway";
import { KubernetesApi } from "../support/kubernetes-api";
import { TestBed } from "./support/test-bed";
import { REPLACED_AT } from "../../src/contract/annotations";

const NAME = "main-seal";
const ROLE = "tenant-vault-seal-customer10.main";
const PERIOD = 6;

let bed: TestBed;
let api: KubernetesApi;
let secret: SealTokenSecret;

/** May make tokens of this one role, and nothing else, as the hook. */
let hook: VaultClient;

/** The same, through what may answer in the central Vault's place. */
let gateway: FaultyGateway;
let hookAtGateway: VaultClient;

beforeAll(async () => {
  bed = await TestBed.start();
  api = await KubernetesApi.start();
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
  const token = (body.auth as { client_token: string }).client_token;
  hook = bed.central.server.client(token);
  const caCertificate = bed.authority.certificate;
  gateway = await FaultyGateway.start(bed.central.server.address, caCertificate);
  hookAtGateway = new VaultClient({ address: gateway.address, caCertificate, token: new Secret(token) });
  secret = SealTokenSecret.of(api.client, "main", { secretName: NAME, role: ROLE });
});
afterAll(async () => {
  api.stop();
  await gateway.stop();
  await bed.stop();
});

test("a seal's token is made where there is none, and left as it is while it lasts", async () => {
  expect(await secret.remaining(hook)).toBe(0);
  await secret.ensure(hook, systemClock);
  const token = api.field(NAME, "token");

  const { body } = await bed.central.server.client(token).send("GET", "auth/token/lookup-self");
  expect(body.data).toMatchObject({ orphan: true, creation_ttl: PERIOD, policies: ["seal"] });
  expect(api.field(NAME, "ca.crt")).toBe(bed.authority.certificate);
  expect(await secret.remaining(hook)).toBeGreaterThan(0);
  await secret.ensure(hook, systemClock);
  expect(api.field(NAME, "token")).toBe(token);
  expect(api.annotations(NAME)).toEqual({});
});

async function accessors(): Promise<string[]> {
  const { body } = await bed.central.client.send("LIST", "auth/token/accessors");
  return (body.data as { keys: string[] }).keys;
}

test("of two runs at once the first one's is kept, and the other's ended", async () => {
  const before = await accessors();
  api.delete(NAME);
  await Promise.all([secret.ensure(hook, systemClock), secret.ensure(hook, systemClock)]);
  expect(await secret.remaining(hook)).toBeGreaterThan(0);
  expect((await accessors()).filter((accessor) => !before.includes(accessor))).toHaveLength(1);
});

test("it is renewed when little is left, and replaced, for the servers to start anew, when it is over", async () => {
  await secret.ensure(hook, systemClock);
  const token = api.field(NAME, "token");
  await sleep(PERIOD * 1000 * 0.75);
  await secret.ensure(hook, systemClock);
  expect(api.field(NAME, "token")).toBe(token);
  expect(await secret.remaining(hook)).toBeGreaterThan(PERIOD / 2);

  await sleep((PERIOD + 1) * 1000);
  expect(await secret.remaining(hook)).toBe(0);
  await secret.ensure(hook, systemClock);
  expect(api.field(NAME, "token")).not.toBe(token);
  expect(Object.keys(api.annotations(NAME))).toEqual([REPLACED_AT]);
});

test("a hook without the right to make it says so", async () => {
  await bed.central.client.withToken(new Secret(api.field(NAME, "token"))).send("POST", "auth/token/revoke-self");
  const { body } = await bed.central.client.send("POST", "auth/token/create", { body: { policies: ["default"] } });
  const stranger = bed.central.server.client((body.auth as { client_token: string }).client_token);
  await expect(secret.ensure(stranger, systemClock)).rejects.toThrow(
    /refuses the token for auth\/token\/create\/tenant-vault-seal-customer10.main; use one that is valid/,
  );
});

test.each(["s.wrong", "hvs.abc", "b.abc", "s.abc.def", "not a token"])(
  "what the central Vault denies, such as %o, is replaced",
  async (token) => {
    api.put(NAME, { token });
    expect(await secret.remaining(hook)).toBe(0);
    await secret.ensure(hook, systemClock);
    expect(api.field(NAME, "token")).not.toBe(token);
    expect(await secret.remaining(hook)).toBeGreaterThan(0);
  },
);

test("one that cannot be renewed is replaced before it ends", async () => {
  const { body } = await bed.central.client.send("POST", "auth/token/create", {
    body: { policies: ["seal"], no_default_policy: true, ttl: `${PERIOD}s`, renewable: false },
  });
  const token = (body.auth as { client_token: string }).client_token;
  api.put(NAME, { token, "ca.crt": bed.authority.certificate });
  await secret.ensure(hook, systemClock);
  expect(api.field(NAME, "token")).toBe(token);
  await sleep(PERIOD * 1000 * 0.75);
  await secret.ensure(hook, systemClock);
  expect(api.field(NAME, "token")).not.toBe(token);
});

describe("a failure says nothing about the token, which stays", () => {
  test.each([429, 500, 502])("when the central Vault answers %i to the question what it is", async (status) => {
    api.delete(NAME);
    await secret.ensure(hook, systemClock);
    const token = api.field(NAME, "token");
    const sentence = `refuses the request auth/token/lookup-self: ${status} a fault of the test.`;

    gateway.fail("auth/token/lookup-self", status);
    await expect(secret.ensure(hookAtGateway, systemClock)).rejects.toThrow(sentence);
    gateway.fail("auth/token/lookup-self", status);
    await expect(secret.remaining(hookAtGateway)).rejects.toThrow(sentence);

    await secret.ensure(hookAtGateway, systemClock);
    expect(api.field(NAME, "token")).toBe(token);
    expect(api.annotations(NAME)).toEqual({});
  });

  test("when it does not renew it", async () => {
    api.delete(NAME);
    await secret.ensure(hook, systemClock);
    const token = api.field(NAME, "token");
    await sleep(PERIOD * 1000 * 0.75);

    gateway.fail("auth/token/renew-self", 500);
    await expect(secret.ensure(hookAtGateway, systemClock)).rejects.toThrow(
      "refuses the request auth/token/renew-self: 500",
    );
    expect(api.field(NAME, "token")).toBe(token);
    await secret.ensure(hookAtGateway, systemClock);
    expect(api.field(NAME, "token")).toBe(token);
    expect(await secret.remaining(hook)).toBeGreaterThan(PERIOD / 2);
  });
});

describe("when the Secret cannot be written", () => {
  test.each([403, 500])(
    "and the Kubernetes API answers %i, the token that was made for it is revoked",
    async (status) => {
      api.delete(NAME);
      const before = await accessors();
      api.failWrite(status, { carriedOut: false });
      await expect(secret.ensure(hook, systemClock)).rejects.toThrow(
        `answers ${status} to the request to write the Secret main/${NAME}`,
      );
      // Tokens of the tests before expire meanwhile.
      expect((await accessors()).filter((accessor) => !before.includes(accessor))).toEqual([]);
    },
  );

  test("as far as is known, but it was, the token in it stays valid", async () => {
    api.delete(NAME);
    api.failWrite(504, { carriedOut: true });
    await expect(secret.ensure(hook, systemClock)).rejects.toThrow("answers 504");
    const token = api.field(NAME, "token");
    await secret.ensure(hook, systemClock);
    expect(api.field(NAME, "token")).toBe(token);
    expect(await secret.remaining(hook)).toBeGreaterThan(0);
  });
});
