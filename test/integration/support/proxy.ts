import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { freePort } from "../../../lab/ports";

/** Passes bytes on between a client and a server, and does to them what a bad network does. */
export class FaultyProxy {
  static async start(target: string, listenOn?: number): Promise<FaultyProxy> {
    const { hostname, port } = new URL(target);
    const proxy = new FaultyProxy(hostname, Number(port));
    const listening = listenOn ?? (await freePort());
    await new Promise<void>((resolve, reject) => {
      proxy.server.once("error", reject);
      proxy.server.listen(listening, "127.0.0.1", resolve);
    });
    return proxy;
  }

  private readonly server: Server;
  /** Answers that are kept back, in their order; undefined while they pass. */
  private kept: (() => void)[] | undefined;
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
        const pass = (): void => {
          if (client.writable) client.write(chunk);
        };
        if (this.kept === undefined) pass();
        else this.kept.push(pass);
      });
    });
  }

  get address(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How many answers are kept back, in pieces as they came. */
  get held(): number {
    return this.kept?.length ?? 0;
  }

  /** Keeps answers back from now on; requests still pass. */
  hold(): void {
    this.kept ??= [];
  }

  /** Lets the first of the answers go that were kept back. @param count @default - all of them, and those that come */
  release(count?: number): void {
    for (const pass of this.kept?.splice(0, count ?? this.kept.length) ?? []) pass();
    if (count === undefined) this.kept = undefined;
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
