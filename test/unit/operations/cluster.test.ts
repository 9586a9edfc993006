import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { LabAuthority } from "../../../lab/certificates";
import { proxiesOf } from "../../../src/core/proxies";
import { connectToCluster } from "../../../src/operations/cluster";
import { ConnectProxy } from "../../support/connect-proxy";
import { fakeCentral } from "../../support/kubernetes-api";

const LOCATION = { mount: "clusters", path: "customer10" };

describe("a kubeconfig", () => {
  test("that cannot be parsed is not quoted", async () => {
    const broken = "users:\n- name: u\n  user:\n   token: SECRET-BEARER\n  x\n";
    const loading = connectToCluster(fakeCentral(broken), LOCATION);

    await expect(loading).rejects.toThrow(
      /^What the central Vault has at clusters\/customer10 is not a kubeconfig; put/,
    );
    await expect(loading).rejects.not.toThrow("SECRET-BEARER");
  });

  test.each([
    ["user", "exec: {command: evil}", "logs in by a command, as EKS's and GKE's own do"],
    ["user", "auth-provider: {name: gcp}", "logs in by a command, as EKS's and GKE's own do"],
    ["user", "tokenFile: /etc/passwd", "names files instead of what is in them"],
    ["user", "client-key: /etc/key", "names files instead of what is in them"],
    ["cluster", "certificate-authority: /etc/ca", "names files instead of what is in them"],
  ])("whose %s has %s is refused", async (kind, entry, reason) => {
    const broken = `${kind}s: [{name: a, ${kind}: {server: x, ${entry}}}]\n`;
    await expect(connectToCluster(fakeCentral(broken), LOCATION)).rejects.toThrow(
      `What the central Vault has at clusters/customer10 ${reason}; see docs/clusters.md; put another there: vault kv put clusters/customer10 kubeconfig=@FILE.`,
    );
  });

  test("needs a current context", async () => {
    const loading = connectToCluster(fakeCentral("{clusters: [], users: [], contexts: []}"), LOCATION);
    await expect(loading).rejects.toThrow(/has no current-context/);
  });
});

/** A name that nobody resolves but the proxy. */
const API = "api.lab.example:6443";

test("C3: the Kubernetes API is reached through HTTPS_PROXY, and through the kubeconfig's own proxy rather", async () => {
  const authority = await LabAuthority.create();
  const { certificate: cert, key } = await authority.issue("api");
  const server = createServer({ cert, key }, (_, response) => response.end("{}")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const hosts = { [API]: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const [ofEnvironment, own] = [await ConnectProxy.start(hosts), await ConnectProxy.start(hosts)];
  const network = { proxies: proxiesOf({ HTTPS_PROXY: ofEnvironment.url }) };
  const ask = async (more: object): Promise<unknown> => {
    const cluster = {
      server: `https://${API}`,
      "certificate-authority-data": Buffer.from(authority.certificate).toString("base64"),
      ...more,
    };
    const kubeconfig = JSON.stringify({
      "current-context": "main",
      contexts: [{ name: "main", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster }],
      users: [{ name: "u", user: { token: "T" } }],
    });
    const client = await connectToCluster(fakeCentral(kubeconfig), LOCATION, network);
    try {
      return await client.ask("see", { method: "GET", path: "/api" });
    } finally {
      await client.close();
    }
  };

  expect(await ask({})).toEqual({});
  expect([ofEnvironment.targets, own.targets]).toEqual([[API], []]);
  expect(await ask({ "proxy-url": own.url })).toEqual({});
  expect([ofEnvironment.targets, own.targets]).toEqual([[API], [API]]);

  for (const proxy of [ofEnvironment, own]) proxy.stop();
  server.closeAllConnections();
  server.close();
});
