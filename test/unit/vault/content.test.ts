import { afterEach, expect, test } from "vitest";
import { ContentApi } from "../../../src/vault/content";
import { Secret } from "../../../src/core/secret";
import { FakeVault } from "../../support/vault-api";

let vault: FakeVault | undefined;
afterEach(() => vault?.stop());

async function answering(answers: Record<string, { status?: number; body?: object }>): Promise<ContentApi> {
  vault = await FakeVault.start(({ method, path }) => answers[`${method} ${path}`] ?? { status: 404 });
  return ContentApi.as(vault.client(), new Secret("t"));
}

test("names may have any characters", async () => {
  const api = await answering({
    "GET kv/data/a%20b%3Fc/d%23?version=2": { body: { data: { data: { x: 1 } } } },
    "GET kv/metadata/a%20b/?list=true": { body: { data: { keys: ["b", "a/"] } } },
  });
  expect(await api.read("kv/data/a b?c/d#", 2)).toEqual({ data: { x: 1 } });
  expect(await api.list("kv/metadata/a b/")).toEqual(["a/", "b"]);
});

test("what is not there is undefined or empty", async () => {
  const api = await answering({ "GET gone": { status: 404, body: { data: { metadata: {} } } } });
  expect([await api.read("gone"), await api.read("none"), await api.list("none")]).toEqual([undefined, undefined, []]);
  await api.remove("none");
});

test("an SSH engine without a signing key, and a namespace without quotas, have nothing there, and another refusal fails", async () => {
  const refused = (error: string) => ({ status: 400, body: { errors: [error] } });
  const api = await answering({
    "GET openbao/config/ca": refused("no default issuer currently configured"),
    "GET vault/config/ca": refused("keys haven't been configured yet"),
    "GET other/config/ca": refused("unsupported"),
    "GET sys/quotas/rate-limit?list=true": refused("operation only available in root namespace"),
    "GET other/roles?list=true": refused("unsupported"),
  });
  expect([await api.read("openbao/config/ca"), await api.read("vault/config/ca")]).toEqual([undefined, undefined]);
  await expect(api.read("other/config/ca")).rejects.toMatchObject({ status: 400 });
  expect(await api.list("sys/quotas/rate-limit")).toEqual([]);
  await expect(api.list("other/roles")).rejects.toMatchObject({ status: 400 });
});

test("a write returns the answer, and a refusal fails", async () => {
  const api = await answering({
    "POST a": { body: { data: { id: 1 } } },
    "POST b": { status: 204 },
    "POST c": { status: 400, body: { errors: ["check-and-set parameter did not match"] } },
  });
  expect([await api.write("a", {}), await api.write("b", {})]).toEqual([{ id: 1 }, undefined]);
  await expect(api.write("c", {})).rejects.toMatchObject({ code: "replica-conflict" });
});

test("a patch merges", async () => {
  const api = await answering({ "PATCH kv/metadata/a%20b": { status: 204 } });
  await api.patch("kv/metadata/a b", { custom_metadata: { owner: "x" } });
  const [request] = vault?.requests ?? [];
  expect(request?.body).toEqual({ custom_metadata: { owner: "x" } });
  expect(request?.headers["content-type"]).toBe("application/merge-patch+json");
});

test("a token is made, and renewed", async () => {
  const api = await answering({
    "POST auth/token/create-orphan": { body: { auth: { client_token: "made" } } },
    "POST auth/token/renew-self": {},
  });
  expect((await api.makeToken(["p"], 60)).reveal()).toBe("made");
  expect(vault?.requests[0]?.body).toMatchObject({ policies: ["p"], period: "60s" });
  await api.renewToken();
});

test("a mount that is not ready answers 400", async () => {
  const api = await answering({ "GET new/config": { status: 400 }, "GET kv/config": {} });
  expect([await api.isReady("new"), await api.isReady("kv")]).toEqual([false, true]);
});

test.each([
  ["GET a", (api: ContentApi) => api.read("a"), { data: "x" }],
  ["GET a?list=true", (api: ContentApi) => api.list("a"), { data: { keys: 1 } }],
  ["POST a", (api: ContentApi) => api.write("a", {}), { data: "x" }],
  ["POST auth/token/create-orphan", (api: ContentApi) => api.makeToken([], 1), { auth: { client_token: 1 } }],
])("what %s answers is not taken for something else", async (request, ask, body) => {
  const api = await answering({ [request]: { body } });
  await expect(ask(api)).rejects.toMatchObject({ code: "replica-refused" });
});

test("a list with a warning and without names is empty", async () => {
  const api = await answering({ "GET a?list=true": { body: { data: null, warnings: ["w"] } } });
  expect(await api.list("a")).toEqual([]);
});
