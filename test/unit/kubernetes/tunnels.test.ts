import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTunnels, type Tunnels } from "../../../src/kubernetes/tunnels";
import { KubernetesApi } from "../../support/kubernetes-api";

let api: KubernetesApi;
let echo: Server;
let tunnels: Tunnels;

beforeEach(async () => {
  echo = createServer((socket) => socket.on("error", () => socket.destroy()).pipe(socket)).listen(0, "127.0.0.1");
  await once(echo, "listening");
  api = await KubernetesApi.start();
  api.pods.set("vault/main-0", (echo.address() as AddressInfo).port);
  tunnels = await openTunnels(api.client, "vault", [
    { pod: "main-0", port: 8200 },
    { pod: "main-1", port: 8200 },
  ]);
});
afterEach(() => {
  tunnels.close();
  api.stop();
  echo.close();
});

function dial(pod: string): Socket {
  const { host, port } = tunnels.endpoint(pod);
  return connect(port, host);
}

describe("a tunnel", () => {
  test("carries bytes both ways, as they are and in their order, more than any buffer holds", async () => {
    const sent = Buffer.alloc(8 * 1024 * 1024, "0123456789");
    const socket = dial("main-0");
    socket.write(sent);
    const received: Buffer[] = [];
    let length = 0;
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received.push(chunk);
      length += chunk.length;
      if (length >= sent.length) break;
    }
    expect(Buffer.concat(received).equals(sent)).toBe(true);
  });

  test("asks with the cluster's credentials for the pod and its port", async () => {
    const socket = dial("main-0");
    socket.write("x");
    await once(socket, "data");
    socket.destroy();
    expect(api.requests).toMatchObject([
      { path: "/api/v1/namespaces/vault/pods/main-0/portforward?ports=8200", user: "Bearer SECRET-BEARER" },
    ]);
  });

  test("to a pod that is not there ends the connection", async () => {
    const socket = dial("main-1");
    await once(socket, "close");
    expect(socket.bytesRead).toBe(0);
  });

  test("ends the connection if the cluster's side ends", async () => {
    const socket = dial("main-0");
    socket.write("x");
    await once(socket, "data");
    api.stop();
    await once(socket, "close");
  });

  test("ends the stream in the cluster if the connection ends", async () => {
    const accepted = once(echo, "connection");
    const socket = dial("main-0");
    const [inPod] = (await accepted) as [Socket];
    socket.destroy();
    await once(inPod, "close");
  });
});
