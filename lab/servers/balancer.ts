import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** An address on loopback that leads each connection to the next of several servers, standbys included. TLS passes through. */
export class Balancer {
  /** @param targets Addresses of the servers. */
  static async start(targets: readonly string[]): Promise<Balancer> {
    const balancer = new Balancer(targets.map((target) => Number(new URL(target).port)));
    await new Promise<void>((resolve) => balancer.server.listen(0, "127.0.0.1", resolve));
    return balancer;
  }

  private next = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((client) => {
    const upstream = connect(this.ports[this.next++ % this.ports.length] ?? 0, "127.0.0.1");
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });

  private constructor(private readonly ports: readonly number[]) {}

  get address(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}
