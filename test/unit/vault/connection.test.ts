import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LabAuthority, type ServerIdentity } from "../../../lab/certificates";
import { VaultClient } from "../../../src/vault/client";
import { presentedCertificate, type ServerEndpoint } from "../../../src/vault/connection";
import { ConnectProxy } from "../../support/connect-proxy";

let authority: LabAuthority;
let identity: ServerIdentity;
let server: Server;
let proxy: ConnectProxy;
let address: string;

beforeEach(async () => {
  authority = await LabAuthority.create();
  identity = await authority.issue("vault");
  server = createServer({ cert: identity.certificate, key: identity.key }, (_request, response) => {
    response.end(JSON.stringify({ answered: true }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  proxy = await ConnectProxy.start();
});
afterEach(() => {
  vi.unstubAllEnvs();
  proxy.stop();
  server.closeAllConnections();
  server.close();
});

async function ask(endpoint: Partial<ServerEndpoint>): Promise<unknown> {
  const client = new VaultClient({ address, caCertificate: authority.certificate, ...endpoint });
  try {
    return (await client.send("GET", "sys/health")).body;
  } finally {
    await client.close();
  }
}

test("H13: a server that stalls in the handshake delays neither the end of a request nor that of the program", async () => {
  const closed: Promise<unknown>[] = [];
  const silent = createTcpServer((socket) => {
    closed.push(once(socket.resume(), "close"));
  }).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const stalled = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const client = new VaultClient({ address: stalled, signal: AbortSignal.timeout(300) });
  const began = performance.now();
  await Promise.all([
    expect(client.send("GET", "sys/health")).rejects.toMatchObject({ failure: "unreachable" }),
    expect(client.certificate()).rejects.toMatchObject({ failure: "unreachable" }),
  ]);
  expect(closed).toHaveLength(2);
  await client.close();
  await Promise.all(closed);
  expect(performance.now() - began).toBeLessThan(2_300);
  silent.close();
});

describe("a server", () => {
  test("is verified against its own CA and no other, whatever the environment says", async () => {
    expect(await ask({})).toEqual({ answered: true });
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const other = (await LabAuthority.create()).certificate;
    await expect(ask({ caCertificate: other })).rejects.toMatchObject({ failure: "untrusted" });
  });

  test("is verified by the name that is given, else by its address", async () => {
    expect(await ask({ tlsServerName: "localhost" })).toEqual({ answered: true });
    await expect(ask({ tlsServerName: "elsewhere.example" })).rejects.toMatchObject({ failure: "untrusted" });
  });

  test("is dialled at the near end of a tunnel, and verified by its own name", async () => {
    const { port } = server.address() as AddressInfo;
    const dial = { host: "127.0.0.1", port };
    expect(await ask({ address: "https://localhost:8200", dial })).toEqual({ answered: true });
    await expect(ask({ address: "https://elsewhere.example:8200", dial })).rejects.toMatchObject({
      failure: "untrusted",
    });
  });

  test("C3: is reached through a proxy, and verified all the same", async () => {
    expect(await ask({ proxy: proxy.url })).toEqual({ answered: true });
    expect(proxy.targets).toEqual([address.replace("https://", "")]);
    const other = (await LabAuthority.create()).certificate;
    await expect(ask({ proxy: proxy.url, caCertificate: other })).rejects.toMatchObject({ failure: "untrusted" });
  });

  test("C3: is unreachable if its proxy is", async () => {
    await expect(ask({ proxy: "http://127.0.0.1:1" })).rejects.toMatchObject({ failure: "unreachable" });
  });
});

describe("the certificate that a server presents", () => {
  const expected = (): string => new X509Certificate(identity.certificate).fingerprint256;

  test("is seen, directly and through a proxy", async () => {
    for (const way of [{}, { proxy: proxy.url }]) {
      const endpoint = { address, caCertificate: authority.certificate, ...way };
      expect((await presentedCertificate(endpoint, { rejectUnauthorized: true })).fingerprint256).toBe(expected());
    }
  });

  test("is seen also if it is not accepted, if that is asked for", async () => {
    const endpoint = { address, caCertificate: (await LabAuthority.create()).certificate };
    expect((await presentedCertificate(endpoint, { rejectUnauthorized: false })).fingerprint256).toBe(expected());
    await expect(presentedCertificate(endpoint, { rejectUnauthorized: true })).rejects.toMatchObject({
      failure: "untrusted",
    });
  });
});
