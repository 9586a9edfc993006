import { request } from "undici";
import { expect, test } from "vitest";
import { proxyTo } from "../../../src/operations/network";
import { ConnectProxy } from "../../support/connect-proxy";
import { FakeVault } from "../../support/vault-api";

test("C3: a URL is reached through its proxy, and directly if it has none", async () => {
  const vault = await FakeVault.start(() => ({ status: 200, body: {} }));
  const proxy = await ConnectProxy.start({ "cloud.lab.example:80": vault.address });
  const dispatcher = proxyTo("http://cloud.lab.example/", { proxyFor: () => proxy.url });
  if (dispatcher === undefined) throw new Error("no proxy");
  const { statusCode } = await request("http://cloud.lab.example/v1/x", { dispatcher });
  expect(statusCode).toBe(200);
  expect(proxy.targets).toEqual(["cloud.lab.example:80"]);
  await dispatcher.close();
  proxy.stop();
  await vault.stop();
  expect(proxyTo("http://cloud.lab.example/", { proxyFor: () => undefined })).toBeUndefined();
});
