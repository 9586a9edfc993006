import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { LabAuthority } from "../../../lab/certificates";
import { Secret } from "../../../src/core/secret";
import { openPortForward } from "../../../src/kubernetes/port-forward";
import { ConnectProxy } from "../../support/connect-proxy";

test.each(["directly", "through an HTTP proxy"])("a port-forward is opened %s, with the user's token", async (way) => {
  const authority = await LabAuthority.create();
  const { certificate, key } = await authority.issue("api");
  const server = createServer({ cert: certificate, key }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await ConnectProxy.start();
  onTestFinished(() => {
    proxy.stop();
    server.closeAllConnections();
    server.close();
  });
  const streams = new WebSocketServer({ noServer: true });
  server.on("upgrade", (incoming, socket, head) => {
    const asked = `${incoming.url} ${incoming.headers.authorization} ${incoming.headers["sec-websocket-protocol"]}`;
    streams.handleUpgrade(incoming, socket, head, (stream) => stream.send(asked));
  });
  const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  const kubeconfig = { server: `https://${target}`, caCertificate: authority.certificate, token: new Secret("T") };
  const proxyUrl = way === "directly" ? undefined : proxy.url;
  const stream = openPortForward({ ...kubeconfig, proxyUrl }, "vault", "main-0", 8200);
  const [message] = (await once(stream, "message")) as [Buffer];
  stream.terminate();

  expect(message.toString()).toBe(
    "/api/v1/namespaces/vault/pods/main-0/portforward?ports=8200 Bearer T v4.channel.k8s.io",
  );
  expect(proxy.targets).toEqual(way === "directly" ? [] : [target]);
});
