import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { KubernetesSecret, secretField } from "../../../src/kubernetes/secret";
import { KubernetesApi } from "../../support/kubernetes-api";

let api: KubernetesApi;
let secret: KubernetesSecret;
beforeEach(async () => {
  api = await KubernetesApi.start();
  secret = new KubernetesSecret(api.client, "vault", "tls");
});
afterEach(() => api.stop());

test("a Secret that is not there is undefined, and is created", async () => {
  expect(await secret.read()).toBeUndefined();
  expect(await secret.write(undefined, { type: "Opaque", stringData: { a: "1" } }, { note: "x" })).toBe(true);
  expect(secretField(await secret.read(), "a")).toBe("1");
  expect(api.annotations("tls")).toEqual({ note: "x" });
  expect(api.requests.at(1)).toMatchObject({
    method: "POST",
    path: "/api/v1/namespaces/vault/secrets",
    body: { apiVersion: "v1", kind: "Secret", metadata: { name: "tls", namespace: "vault" } },
  });
});

test("a Secret that was read is replaced, with its labels, its annotations and its version", async () => {
  const former = {
    metadata: { resourceVersion: "5", labels: { l: "1" }, annotations: { theirs: "1" } },
    data: { a: "YQ==" },
  };
  await secret.write(former, { data: former.data }, { ours: "2" });
  expect(api.requests[0]).toMatchObject({
    method: "PUT",
    path: "/api/v1/namespaces/vault/secrets/tls",
    body: {
      metadata: { resourceVersion: "5", labels: { l: "1" }, annotations: { theirs: "1", ours: "2" } },
      data: { a: "YQ==" },
    },
  });
});

test("another client that was first is told from a failure", async () => {
  api.failWrite(409, { carriedOut: false });
  expect(await secret.write(undefined, {})).toBe(false);
  api.failWrite(500, { carriedOut: false });
  await expect(secret.write(undefined, {})).rejects.toMatchObject({ code: "kubernetes-refused", status: 500 });
});

test.each([{ data: "x" }, { data: { a: 1 } }, { metadata: 1 }])(
  "what is not a Secret (%j) is not read",
  async (body) => {
    const other = await KubernetesApi.start(() => ({ body }));
    onTestFinished(() => other.stop());
    const reading = new KubernetesSecret(other.client, "vault", "tls").read();
    await expect(reading).rejects.toMatchObject({ code: "kubernetes-refused" });
  },
);

test("a field that the server writes as null is empty", async () => {
  const other = await KubernetesApi.start(() => ({ body: { data: { a: null } } }));
  onTestFinished(() => other.stop());
  expect(secretField(await new KubernetesSecret(other.client, "vault", "tls").read(), "a")).toBe("");
});

test("a field that is missing is undefined", () => {
  expect(secretField(undefined, "a")).toBeUndefined();
  expect(secretField({ data: {} }, "a")).toBeUndefined();
});
