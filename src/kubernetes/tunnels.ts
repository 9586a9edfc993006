import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Transform } from "node:stream";
import { createWebSocketStream, type WebSocket } from "ws";
import type { KubernetesClient } from "./client";
import { openPortForward } from "./port-forward";

/** A pod and its forwarded port. */
export interface PodPort {
  readonly pod: string;
  readonly port: number;
}

/** Loopback ends of port-forwards, one per pod. */
export interface Tunnels {
  endpoint(pod: string): { readonly host: string; readonly port: number };
  close(): void;
}

/**
 * Opens a loopback port for each pod, forwarded through the Kubernetes API.
 * Services do not include sealed pods, so each pod is addressed directly.
 */
export async function openTunnels(
  client: KubernetesClient,
  namespace: string,
  pods: readonly PodPort[],
): Promise<Tunnels> {
  const servers = new Map(
    await Promise.all(
      pods.map(async ({ pod, port }): Promise<[string, Server]> => [pod, await listen(client, namespace, pod, port)]),
    ),
  );
  return {
    endpoint: (pod) => ({ host: "127.0.0.1", port: (servers.get(pod)?.address() as AddressInfo).port }),
    close: () => {
      for (const server of servers.values()) server.close();
    },
  };
}

function listen(client: KubernetesClient, namespace: string, pod: string, port: number): Promise<Server> {
  const server = createServer((socket) => join(socket, openPortForward(client.kubeconfig, namespace, pod, port)));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      server.unref();
      resolve(server);
    });
  });
}

/** Each message of a port-forward begins with the number of its channel; https://kubernetes.io/docs/reference/using-api/websockets/ */
const DATA = 0;

/** Copies bytes between a connection and a port-forward's stream. If one ends, the other ends, too. */
function join(socket: Socket, forwarded: WebSocket): void {
  // In object mode, so that the limits of messages are kept.
  const stream = createWebSocketStream(forwarded, { objectMode: true });
  const end = (): void => {
    socket.destroy();
    stream.destroy();
  };
  for (const side of [socket, stream]) side.on("error", end).on("close", end);
  socket.pipe(toChannel()).pipe(stream).pipe(fromChannel(end)).pipe(socket);
}

function toChannel(): Transform {
  return new Transform({
    readableObjectMode: true,
    transform: (chunk: Buffer, _encoding, done) => done(null, Buffer.concat([Buffer.of(DATA), chunk])),
  });
}

/** @param fail Called if the cluster reports a failure, such as a pod that is not there yet. */
function fromChannel(fail: () => void): Transform {
  const opened = new Set<number>();
  return new Transform({
    writableObjectMode: true,
    transform: (message: Buffer, _encoding, done) => {
      const [channel = DATA] = message;
      // The first message of each channel repeats the port's number.
      const isFirst = !opened.has(channel);
      opened.add(channel);
      if (!isFirst && channel !== DATA) fail();
      done(null, isFirst || channel !== DATA ? undefined : message.subarray(1));
    },
  });
}
