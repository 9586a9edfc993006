import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { LabAuthority, type ServerIdentity } from "../../../lab/certificates";
import { Secret } from "../../../src/core/secret";
import { KubernetesClient, KubernetesError } from "../../../src/kubernetes/client";
import { answerEndlessly } from "../../support/endless";
import { ConnectProxy } from "../../support/connect-proxy";
import type { Kubeconfig } from "../../../src/kubernetes/kubeconfig";

const GET = { method: "GET", path: "/api/v1/namespaces" } as const;

test.each([
  [undefined, true],
  [429, true],
  [500, true],
  [503, true],
  [403, false],
  [409, false],
  [422, false],
])("a request that fails with the status %s may be repeated: %s", (status, retryable) => {
  expect(new KubernetesError("failed", status).retryable).toBe(retryable);
});

let authority: LabAuthority;
let identity: ServerIdentity;
let server: Server;
let client: KubernetesClient | undefined;

beforeEach(async () => {
  authority = await LabAuthority.create();
  identity = await authority.issue("api");
  // Tells who asked: the bearer token, and the name in the client's certificate.
  server = createServer(
    {
      cert: identity.certificate,
      key: identity.key,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (incoming, response) => {
      const shown = (incoming.socket as TLSSocket).getPeerX509Certificate()?.subject;
      response.end(JSON.stringify({ token: incoming.headers.authorization ?? null, user: shown?.slice(3) ?? null }));
    },
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  await client?.close();
  server.closeAllConnections();
  server.close();
});

function clientWith(more: Partial<Kubeconfig>): KubernetesClient {
  const { port } = server.address() as AddressInfo;
  client = new KubernetesClient({ server: `https://127.0.0.1:${port}`, caCertificate: authority.certificate, ...more });
  return client;
}

describe("the Kubernetes API", () => {
  test("is asked with the token", async () => {
    expect(await clientWith({ token: new Secret("T") }).ask("see", GET)).toEqual({ token: "Bearer T", user: null });
  });

  test("is asked with the client's certificate, which a token takes the place of", async () => {
    const { certificate, key } = await authority.issue("admin");
    const admin = clientWith({ clientCertificate: certificate, clientKey: new Secret(key) });
    expect(await admin.ask("see", GET)).toEqual({ token: null, user: "admin" });
    const narrowed = admin.withToken(new Secret("N"));
    expect(await narrowed.ask("see", GET)).toEqual({ token: "Bearer N", user: null });
    await narrowed.close();
  });

  test("is verified, whatever the environment says", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const other = await LabAuthority.create();
    const asking = clientWith({ caCertificate: other.certificate }).ask("see", GET);
    await expect(asking).rejects.toThrow(KubernetesError);
    await expect(asking).rejects.toThrow(
      /^The Kubernetes API at https:\/\/127\.0\.0\.1:\d+ cannot be asked to see \(\w+\);/,
    );
    vi.unstubAllEnvs();
  });

  test("is verified by the name that the kubeconfig gives", async () => {
    expect(await clientWith({ tlsServerName: "localhost" }).ask("see", GET)).toBeTruthy();
    await client?.close();
    await expect(clientWith({ tlsServerName: "elsewhere.example" }).ask("see", GET)).rejects.toThrow(KubernetesError);
  });

  test.each(["<html>SECRET</html>", "", "null", "[]", '"text"'])("is not what answers %j", async (page) => {
    server.removeAllListeners("request");
    server.on("request", (_incoming, response) => response.end(page));
    const asking = clientWith({}).ask("see", GET);
    await expect(asking).rejects.toMatchObject({ code: "kubernetes-refused", retryable: false });
    await expect(asking).rejects.toThrow(
      /^What https:\/\/127\.0\.0\.1:\d+ answers to the request to see is not an answer of the Kubernetes API; check [^<]+$/,
    );
  });

  test.each([200, 500])("that answers %i without end is cut off", async (status) => {
    let sent: Promise<number> | undefined;
    server.removeAllListeners("request");
    server.on("request", (_incoming, response) => {
      sent = answerEndlessly(response, status);
    });
    const asking = clientWith({}).askText("see", GET);
    await expect(asking).rejects.toMatchObject({ code: "kubernetes-refused", status });
    expect(await sent).toBeLessThan(32 * 1024 * 1024);
  });

  test("that does not answer in time is not waited for", async () => {
    server.removeAllListeners("request");
    vi.spyOn(AbortSignal, "timeout").mockReturnValue(AbortSignal.abort(new DOMException("late", "TimeoutError")));
    await expect(clientWith({}).ask("see", GET)).rejects.toThrow(/no answer within 10 s/);
    vi.restoreAllMocks();
  });
});

test("behind an HTTP proxy, the Kubernetes API is asked through it", async () => {
  const proxy = await ConnectProxy.start();
  onTestFinished(() => proxy.stop());
  const behind = clientWith({ token: new Secret("T"), proxyUrl: proxy.url });
  expect(await behind.ask("see", GET)).toEqual({ token: "Bearer T", user: null });
  expect(proxy.targets).toEqual([`127.0.0.1:${(server.address() as AddressInfo).port}`]);
});
