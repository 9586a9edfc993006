import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/core/secret";
import { KubeconfigError, parseKubeconfig, withServer } from "../../../src/kubernetes/kubeconfig";

function kubeconfig({ cluster = {}, user = {}, context = "b" }: { cluster?: object; user?: object; context?: string }) {
  return JSON.stringify({
    "current-context": context,
    contexts: [
      { name: "a", context: { cluster: "other", user: "other" } },
      { name: "b", context: { cluster: "c", user: "u" } },
    ],
    clusters: [
      { name: "other", cluster: { server: "https://other" } },
      { name: "c", cluster: { server: "https://api.example:6443/", ...cluster } },
    ],
    users: [
      { name: "other", user: { token: "OTHER" } },
      { name: "u", user: { token: "TOKEN", ...user } },
    ],
  });
}

const encode = (text: string): string => Buffer.from(text).toString("base64");

describe("a kubeconfig", () => {
  test("is read as its current context names it", () => {
    const cluster = { "certificate-authority-data": encode("CA"), "tls-server-name": "api", "proxy-url": "http://p:1" };
    const user = { "client-certificate-data": encode("CERT"), "client-key-data": encode("KEY") };
    expect(parseKubeconfig(kubeconfig({ cluster, user }))).toEqual({
      server: "https://api.example:6443",
      caCertificate: "CA",
      tlsServerName: "api",
      proxyUrl: "http://p:1",
      token: new Secret("TOKEN"),
      clientCertificate: "CERT",
      clientKey: new Secret("KEY"),
    });
    expect(parseKubeconfig(kubeconfig({ context: "a" }))).toMatchObject({
      server: "https://other",
      token: new Secret("OTHER"),
    });
  });

  test.each<[string, Parameters<typeof kubeconfig>[0]]>([
    ["whose current context is unknown", { context: "missing" }],
    ["whose server is not a URL", { cluster: { server: "api.example" } }],
    ["H12: whose server is reached without TLS", { cluster: { server: "http://api.example:6443" } }],
    ["H12: whose server only looks like loopback", { cluster: { server: "http://127.0.0.1.example:6443" } }],
    ["H12: whose server has a user", { cluster: { server: "https://user:TOKEN@api.example" } }],
    ["H12: whose server has a user and no TLS", { cluster: { server: "http://user:TOKEN@127.0.0.1" } }],
    ["whose proxy is not an HTTP proxy", { cluster: { "proxy-url": "socks5://p:1" } }],
    ["whose token is not text", { user: { token: 1234567 } }],
  ])("%s is refused and not quoted", (_, given) => {
    const parsing = (): unknown => parseKubeconfig(kubeconfig(given));
    expect(parsing).toThrow(KubeconfigError);
    expect(parsing).not.toThrow(/TOKEN|1234567|socks5/);
  });

  test("with a YAML merge key brings in no command", () => {
    const merged =
      "current-context: a\ncontexts: [{name: a, context: {cluster: a, user: a}}]\nclusters: [{name: a, cluster: {server: 'https://a'}}]\n" +
      "users: [{name: a, user: {<<: {exec: {command: evil}, token: X}}}]\n";
    expect(parseKubeconfig(merged)).toEqual({ server: "https://a" });
  });

  test("gets the address by which its cluster is reached", () => {
    const changed = withServer(kubeconfig({ context: "a" }), "192.0.2.1", 6443);
    expect(parseKubeconfig(changed).server).toBe("https://192.0.2.1:6443");
  });
});
