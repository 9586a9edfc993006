import { createServer, type AddressInfo, type Server as TcpServer } from "node:net";
import { PassThrough } from "node:stream";
import type { KubeConfig, PortForward } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import type { Replica } from "../contract/instance";

/** Loopback ends of port-forwards, one a pod. */
export interface Tunnels {
  endpoint(pod: string): { readonly host: string; readonly port: number };
  close(): void;
}

/**
 * Opens a loopback port for each pod, forwarded through the Kubernetes API.
 * A sealed pod is behind no Service, so each is addressed by itself.
 */
export async function openTunnels(
  kubeconfig: KubeConfig,
  namespace: string,
  pods: readonly Replica[],
): Promise<Tunnels> {
  const { PortForward } = await import("@kubernetes/client-node");
  const forward = new PortForward(kubeconfig);
  const servers = new Map(
    await Promise.all(
      pods.map(async ({ name, address }): Promise<[string, TcpServer]> => [
        name,
        await listen(forward, namespace, name, Number(new URL(address).port)),
      ]),
    ),
  );
  return {
    endpoint: (pod) => ({ host: "127.0.0.1", port: (servers.get(pod)?.address() as AddressInfo).port }),
    close: () => {
      for (const server of servers.values()) server.close();
    },
  };
}

/** The WebSocket that a port-forward without retries returns; the client's own types name a package that it does not bring. */
interface Stream {
  close(): void;
  addEventListener(event: "close", listener: () => void): void;
}

function listen(forward: PortForward, namespace: string, pod: string, port: number): Promise<TcpServer> {
  const server = createServer((socket) => {
    const failures = new PassThrough();
    // A pod that is not there yet refuses the stream: the client sees a closed connection and tries again.
    failures.on("data", () => socket.destroy());
    socket.on("error", () => socket.destroy());
    forward.portForward(namespace, pod, [port], socket, failures, socket).then(
      (opened: unknown) => {
        const stream = opened as Stream;
        // Either end takes the other with it: neither an open stream keeps the program alive, nor a dead one a request.
        if (socket.destroyed) stream.close();
        else socket.on("close", () => stream.close());
        stream.addEventListener("close", () => socket.destroy());
      },
      () => socket.destroy(),
    );
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      server.unref();
      resolve(server);
    });
  });
}
