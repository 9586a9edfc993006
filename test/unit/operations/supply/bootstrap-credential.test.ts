import { afterEach, beforeEach, expect, test } from "vitest";
import { BootstrapCredential } from "../../../../src/operations/supply/bootstrap-credential";
import { KubernetesApi } from "../../../support/kubernetes-api";

let api: KubernetesApi;
let credential: BootstrapCredential;
beforeEach(async () => {
  api = await KubernetesApi.start();
  credential = new BootstrapCredential(api.client, "vault", "main-bootstrap");
});
afterEach(() => api.stop());

test("is made once, at random, and read as it is", async () => {
  expect(await credential.read()).toBeUndefined();
  await credential.ensure();
  const [roleId, secretId] = ["role-id", "secret-id"].map((field) => api.field("main-bootstrap", field));
  expect(roleId).toMatch(/^[0-9a-f]{64}$/);
  expect(secretId).toMatch(/^[0-9a-f]{64}$/);
  expect(secretId).not.toBe(roleId);

  await credential.ensure();

  const read = await credential.read();
  expect([read?.roleId, read?.secretId.reveal()]).toEqual([roleId, secretId]);
});

test("of two runs at once the first one's counts", async () => {
  await Promise.all([credential.ensure(), credential.ensure()]);
  expect((await credential.read())?.secretId.reveal()).toBe(api.field("main-bootstrap", "secret-id"));
});

test("is made where the Secret lacks a part", async () => {
  api.put("main-bootstrap", { "role-id": "half" });
  await credential.ensure();
  expect(api.field("main-bootstrap", "role-id")).not.toBe("half");
  expect(api.field("main-bootstrap", "secret-id")).toMatch(/^[0-9a-f]{64}$/);
});
