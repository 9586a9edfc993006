import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LabAuthority } from "../../../lab/certificates";
import { SealProbe } from "../../../src/vault/seal-probe";
import { ConnectProxy } from "../../support/connect-proxy";

const STATUS = { type: "shamir", initialized: true, sealed: false, t: 2, n: 3, cluster_name: "Zürich" };

let authority: LabAuthority;
let server: Server;
let address: string;
let connections: number;
let asked: string[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let probe: SealProbe | undefined;
let lost: number;

beforeEach(async () => {
  authority = await LabAuthority.create();
  const { certificate: cert, key } = await authority.issue("vault");
  [connections, asked, lost] = [0, [], 0];
  answer = (_request, response) => send(response, STATUS);
  server = createServer({ cert, key }, (request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  });
  server.on("secureConnection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  probe?.close();
  server.closeAllConnections();
  server.close();
});

function send(response: ServerResponse, body: object, status = 200): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": "application/json", "content-length": bytes.length }).end(bytes);
}

function startProbe(options: { caCertificate?: string; proxy?: string } = {}): SealProbe {
  return (probe = new SealProbe({ address, caCertificate: authority.certificate, ...options }, () => lost++));
}

describe("a probe", () => {
  test("reads the state again and again over one connection", async () => {
    const { status } = bound(startProbe());
    expect(await status()).toMatchObject({ state: "unsealed", threshold: 2, shares: 3 });
    answer = (_request, response) => send(response, { ...STATUS, sealed: true });
    expect(await status()).toMatchObject({ state: "sealed" });
    answer = (_request, response) => send(response, { ...STATUS, initialized: false });
    expect(await status()).toEqual({ state: "uninitialized", seal: "shamir" });
    expect(asked).toEqual(Array(3).fill("/v1/sys/seal-status"));
    expect(connections).toBe(1);
  });

  test("tells two servers apart, though both answer at once", async () => {
    const first = startProbe();
    const second = new SealProbe({ address, caCertificate: authority.certificate });
    await Promise.all([first.status(), second.status()]);
    let turn = 0;
    answer = (_request, response) => send(response, { ...STATUS, sealed: turn++ === 0 });
    const states = await Promise.all([first.status(), second.status()]);
    second.close();
    expect(states.map(({ state }) => state).sort()).toEqual(["sealed", "unsealed"]);
  });

  test("reassembles an answer that comes in pieces", async () => {
    const { status } = bound(startProbe());
    await status();
    answer = (request) => {
      const body = Buffer.from(JSON.stringify({ ...STATUS, sealed: true }));
      const whole = Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body]);
      const pieces = [whole.subarray(0, 20), whole.subarray(20, whole.length - 5), whole.subarray(whole.length - 5)];
      pieces.forEach((piece, index) => setTimeout(() => request.socket.write(piece), index * 30));
    };
    expect(await status()).toMatchObject({ state: "sealed" });
  });

  test.each([
    ["in chunks", (response: ServerResponse) => void response.writeHead(200).end(JSON.stringify(STATUS))],
    ["with another status", (response: ServerResponse) => send(response, STATUS, 203)],
  ])("leaves an answer %s to the full client", async (_name, respond) => {
    answer = (_request, response) => respond(response);
    const { status } = bound(startProbe());
    expect(await status()).toMatchObject({ state: "unsealed" });
    expect(asked).toHaveLength(2);
  });

  test("says why a server is not that of a Vault", async () => {
    answer = (_request, response) => send(response, { hello: "world" });
    expect(await startProbe().status()).toMatchObject({
      state: "unreachable",
      reason: "sys/seal-status: the answer is not that of a Vault or OpenBao",
    });
  });

  test("connects again after the server has ended the connection, and tells that at once", async () => {
    const { status } = bound(startProbe());
    await status();
    server.closeAllConnections();
    await expect.poll(() => lost).toBe(1);
    expect(await status()).toMatchObject({ state: "unsealed" });
    expect(connections).toBe(2);
  });

  test("asks once more if the connection ends during a request", async () => {
    const { status } = bound(startProbe());
    await status();
    answer = (request, response) => {
      if (connections === 1) request.socket.destroy();
      else send(response, STATUS);
    };
    expect(await status()).toMatchObject({ state: "unsealed" });
    expect(lost).toBe(0);
  });

  test("goes through a proxy", async () => {
    const proxy = await ConnectProxy.start();
    const { status } = bound(startProbe({ proxy: proxy.url }));
    expect([await status(), await status()]).toMatchObject([{ state: "unsealed" }, { state: "unsealed" }]);
    expect(connections).toBe(1);
    proxy.stop();
  });

  test("gives nothing to a server whose certificate is not that of the CA", async () => {
    const { certificate } = await LabAuthority.create();
    expect(await startProbe({ caCertificate: certificate }).status()).toMatchObject({
      state: "unreachable",
      untrusted: true,
    });
    expect(asked).toEqual([]);
  });

  test("says that nothing listens", async () => {
    const { status } = bound(startProbe());
    server.close();
    await once(server, "close");
    expect(await status()).toEqual({ state: "unreachable", reason: "ECONNREFUSED", untrusted: false });
  });

  test("ends a handshake and a request when it is closed", async () => {
    const silent = createTcpServer((socket) => socket.resume()).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const stalled = new SealProbe({ address: `https://127.0.0.1:${(silent.address() as AddressInfo).port}` });
    const waiting = startProbe();
    answer = () => undefined;
    const ended = Promise.all([stalled.status(), waiting.status()]);
    await expect.poll(() => asked.length).toBe(1);
    stalled.close();
    waiting.close();
    expect((await ended).map(({ state }) => state)).toEqual(["unreachable", "unreachable"]);
    silent.close();
  });
});

/** The method without its object. */
function bound(of: SealProbe): { status: SealProbe["status"] } {
  return { status: () => of.status() };
}
