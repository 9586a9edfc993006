import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "../../lab/wait";
import { IDENTITIES } from "../../src/contract/identities";
import { watchPolicy } from "../../src/policy/central-policies";
import type { VaultClient } from "../../src/vault/client";
import { testCeremonies } from "./sealed-namespace/ceremonies";
import { testConfigLayer } from "./sealed-namespace/config-layer";
import { testPeople } from "./sealed-namespace/people";
import { GUESTS, PATIENCE, SHARED, SharedBed, UNLUCKY } from "./sealed-namespace/shared-bed";
import { attempt } from "./support/attempts";
import { FaultyProxy } from "./support/proxy";

const shared = new SharedBed();
beforeAll(() => shared.start(), PATIENCE);
afterAll(() => shared.stop());

describe("the hook", () => {
  test("waits for the login that the shared instance's own hook makes", async () => {
    const { code, failure } = await shared.hook("customer20");
    expect([code, failure]).toEqual([1, expect.stringContaining("[namespace-login] customer10/shared has no login")]);
    const identities = { mounts: [], logins: [], tokenTtl: 3_600, secretIdTtl: 7_776_000 };
    shared.host = {
      ...shared.host,
      identities: { ...identities, namespaces: [...GUESTS, UNLUCKY].map((tenant) => `${tenant}/main`) },
    };
    await shared.bed.unseal(shared.host);
  });

  test.each(GUESTS)("creates the namespace of %s with keys of its own, and identities in it", async (tenant) => {
    const { code, failure, stdout } = await shared.hook(tenant);
    expect([code, failure]).toEqual([0, ""]);
    expect(stdout).toContain(`${tenant}/main: 1 of 1 replicas unsealed`);
    const record = await shared.bed.central.readRecord(tenant, "main");
    for (const index of [0, 1, 2]) expect(record[`unseal-key-${index}`]).toMatch(/^[0-9a-f]{66}$/);
    expect(Object.keys(record)).not.toContain("journal-key");
    expect(shared.bed.journals("main")).toEqual([]);
    const root = await shared.server
      .client(record["root-token"], `${tenant}.main`)
      .send("GET", "auth/token/lookup-self");
    expect(root.body.data).toMatchObject({ policies: ["root"], namespace_path: `${tenant}.main/` });
    for (const name of IDENTITIES)
      expect(await shared.identity(`${tenant}/main`, name, `${tenant}.main`)).toBeDefined();
  });

  test("changes nothing when it runs again", async () => {
    const versions = async (): Promise<unknown> => {
      const paths = [
        "customers/metadata/customer20/main",
        ...IDENTITIES.map((name) => `access/metadata/customer20/main/${name}`),
      ];
      const answers = await Promise.all(paths.map((path) => shared.bed.central.client.send("GET", path)));
      return answers.map(({ body }) => (body.data as { current_version: number }).current_version);
    };
    const before = await versions();
    expect(await shared.hook("customer20")).toMatchObject({ code: 0, stderr: "" });
    expect(await shared.as("customer20", ["unseal", "customer20/main"])).toMatchObject({ code: 0 });
    expect(await versions()).toEqual(before);
  });
});

test(
  "a namespace whose keys were lost on their way is told, and made again once it was deleted",
  async () => {
    const proxy = await FaultyProxy.start(shared.server.address);
    proxy.hold();
    const run = shared.bed.begin(["unseal", `${UNLUCKY}/main`], {
      ...shared.bed.environment(shared.guest(UNLUCKY, proxy.address)),
      VAULT_TOKEN: shared.tokens.get(UNLUCKY) ?? "",
    });
    await waitUntil("the namespace exists, and its keys are kept back", async () => {
      const before = proxy.held;
      if (await shared.exists(UNLUCKY)) return true;
      proxy.release(before);
      return false;
    });
    // A server whose client is gone before it answers takes the creation back.
    await waitUntil("its answer has come", () => Promise.resolve(proxy.held > 0));
    proxy.cut();
    proxy.release();
    const { code, failure } = await run.ended;
    proxy.stop();
    expect([code, failure]).toEqual([1, expect.stringContaining("[answer-lost] customer22/main is initialised")]);
    expect(failure).toContain(`delete the namespace, with "bao delete sys/namespaces/customer22.main/delete-sealed"`);
    expect((await shared.hook(UNLUCKY)).failure).toContain("[answer-lost]");

    await (await shared.operator()).send("DELETE", "sys/namespaces/customer22.main/delete-sealed");
    await waitUntil("the namespace is gone", async () => !(await shared.exists(UNLUCKY)));
    expect(await shared.hook(UNLUCKY)).toMatchObject({ code: 0 });
    expect(await shared.bed.central.readRecord(UNLUCKY, "main")).toHaveProperty("unseal-key-2");
  },
  PATIENCE,
);

testConfigLayer(shared);

describe("people in the namespace", () => testPeople(shared));

test("nobody of another tenant reaches a namespace, and no identity the shared instance", async () => {
  const other = await shared.identity("customer21/main", "apply", "customer21.main");
  const elsewhere = (token: VaultClient): VaultClient => token.inNamespace("customer20.main");
  expect(await attempt(other, "GET sys/mounts")).toBe(200);
  const { "root-token": root } = await shared.bed.central.readRecord("customer21", "main");
  for (const client of [shared.server.client(root, "customer20.main"), elsewhere(other)])
    expect(await attempt(client, "GET kv/data/app/x")).toBe(403);
  expect(await attempt(shared.server.client(root), "GET sys/mounts")).toBe(403);

  const login = await shared.identity(SHARED, "namespace-customer21.main");
  expect(await attempt(login, "GET sys/namespaces/customer21.main/seal-status")).toBe(200);
  for (const request of [
    "GET sys/namespaces/customer20.main/seal-status",
    "PUT sys/namespaces/customer20.main/seal",
    "POST sys/namespaces/customer22.main",
    "DELETE sys/namespaces/customer21.main",
    "DELETE sys/namespaces/customer21.main/delete-sealed",
    "GET sys/mounts",
    "PUT sys/seal",
  ])
    expect([request, await attempt(login, request, {})]).toEqual([request, 403]);

  const central = shared.bed.central.server.client(shared.tokens.get("customer21"));
  expect(await attempt(central, `GET access/data/${SHARED}/namespace-customer21.main`)).toBe(200);
  for (const path of [`${SHARED}/namespace-customer20.main`, `${SHARED}/operate`, "customer20/main/apply"])
    expect([path, await attempt(central, `GET access/data/${path}`)]).toEqual([path, 403]);
});

test(
  "after a restart both are sealed, and the hook and the watcher open them",
  async () => {
    await shared.restart();
    expect(await Promise.all(GUESTS.map((tenant) => shared.isSealed(tenant)))).toEqual([true, true]);
    const status = await shared.as("customer20", ["status", "customer20/main"]);
    expect([status.code, status.stdout]).toEqual([2, expect.stringMatching(/customer20\.main +sealed/)]);
    const opened = await shared.as("customer20", ["unseal", "customer20/main"]);
    expect([opened.code, await shared.isSealed("customer20"), await shared.isSealed("customer21")]).toEqual([
      0,
      false,
      true,
    ]);

    const token = await shared.centralToken("watch", watchPolicy());
    const watcher = shared.bed.begin(["watch", "--poll", "0.25"], { ...shared.bed.environment(), VAULT_TOKEN: token });
    try {
      await waitUntil("the watcher opens the other one", async () => !(await shared.isSealed("customer21")));
      await shared.restart();
      await waitUntil("the watcher opens both", async () =>
        (await Promise.all(GUESTS.map((tenant) => shared.isSealed(tenant)))).every((sealed) => !sealed),
      );
    } finally {
      watcher.kill("SIGTERM");
    }
    expect(await watcher.ended).toMatchObject({ code: 0 });
    expect(await shared.as("customer20", ["status", "customer20/main"])).toMatchObject({ code: 0 });
  },
  PATIENCE,
);

test("one is sealed on request while the other works, until a person opens it", async () => {
  const sealed = await shared.as("customer20", ["seal", "customer20/main", "--reason", "incident 42"]);
  expect([sealed.code, sealed.failure]).toEqual([0, ""]);
  expect([await shared.isSealed("customer20"), await shared.isSealed("customer21")]).toEqual([true, false]);
  expect(await attempt(await shared.identity("customer21/main", "plan", "customer21.main"), "GET sys/mounts")).toBe(
    200,
  );
  expect((await shared.hook("customer20")).failure).toContain("[held]");
  expect(await shared.as("customer20", ["unseal", "customer20/main"])).toMatchObject({ code: 0 });
  expect(await shared.isSealed("customer20")).toBe(false);
});

testCeremonies(shared);

test("a retired instance keeps its namespace and its keys, and nobody opens it", async () => {
  const retired = await shared.as("customer21", ["unseal", "customer21/main"], {
    ...shared.guest("customer21"),
    retired: true,
  });
  expect([retired.code, retired.stdout]).toEqual([0, expect.stringContaining("retired")]);
  await (await shared.operator()).send("PUT", "sys/namespaces/customer21.main/seal");
  expect(await shared.as("customer21", ["unseal", "customer21/main"])).toMatchObject({ code: 0 });
  expect(await shared.isSealed("customer21")).toBe(true);
  expect(await shared.bed.central.readRecord("customer21", "main")).toHaveProperty("unseal-key-0");
});
