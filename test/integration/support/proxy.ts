import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** Passes bytes on between a client and a server, and does to them what a bad network does. */
export class FaultyProxy {
  static async start(target: string, listenOn = 0): Promise<FaultyProxy> {
    const { hostname, port } = new URL(target);
    const proxy = new FaultyProxy(hostname, Number(port));
    await new Promise<void>((resolve, reject) => {
      proxy.server.once("error", reject);
      proxy.server.listen(listenOn, "127.0.0.1", resolve);
    });
    return proxy;
  }

  /** Milliseconds by which answers are late. */
  delay = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(host: string, port: number) {
    this.server = createServer((client) => {
      const upstream = connect(port, host);
      for (const socket of [client, upstream]) {
        this.sockets.add(socket);
        socket.on("error", () => socket.destroy());
        socket.on("close", () => {
          client.destroy();
          upstream.destroy();
        });
      }
      client.pipe(upstream);
      upstream.on("data", (chunk: Buffer) => {
        setTimeout(() => client.writable && client.write(chunk), this.delay);
      });
    });
  }

  get address(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Cuts every connection; answers that are under way are lost. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  stop(): void {
    this.cut();
    this.server.close();
  }
}
