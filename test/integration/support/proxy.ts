import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../lab/ports";

/** What a bad network does to a piece of traffic. After each but `delay`, the connections are cut. */
export const DISTURBANCES = ["cut", "delay", "truncate", "stall"] as const;

/** What a bad network does to a piece of traffic. */
export type Disturbance = (typeof DISTURBANCES)[number];

/** Milliseconds of a delay, and of a stall. */
const DELAY = 300;
const STALL = 1_200;

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
  /** Numbers of pieces that pass before each disturbance. */
  private readonly disturbances: { readonly kind: Disturbance; after: number }[] = [];

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
      this.relay(client, upstream);
      this.relay(upstream, client, () => this.kept);
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

  /** Does this once, to a piece of a request or of an answer. @param after How many pieces pass before it. */
  disturb(kind: Disturbance, after: number): void {
    this.disturbances.push({ kind, after });
  }

  /** Forgets the disturbances that have not happened. @returns How many. */
  calm(): number {
    return this.disturbances.splice(0).length;
  }

  /** Cuts connections; answers that are under way are lost. @param sockets Of which ones. @default - all there are */
  cut(sockets: readonly Socket[] = [...this.sockets]): void {
    for (const socket of sockets) {
      socket.destroy();
      this.sockets.delete(socket);
    }
  }

  stop(): void {
    this.cut();
    this.server.close();
  }

  /** Passes pieces on, in their order. @param kept Where they are kept instead, while it is there. */
  private relay(from: Socket, to: Socket, kept: () => (() => void)[] | undefined = () => undefined): void {
    let last = Promise.resolve();
    from.on("end", () => void last.then(() => to.end()));
    from.on("data", (chunk: Buffer) => {
      const pass = (bytes = chunk): void => {
        if (to.writable) to.write(bytes);
      };
      const keep = kept();
      if (keep !== undefined) keep.push(pass);
      else {
        const kind = this.disturbanceOfNext();
        last = last.then(() => this.passOn(kind, chunk, pass));
      }
    });
  }

  private async passOn(kind: Disturbance | undefined, chunk: Buffer, pass: (bytes: Buffer) => void): Promise<void> {
    // Not those of a later command, which begins while this one stalls.
    const sockets = [...this.sockets];
    if (kind === "delay") await sleep(DELAY);
    if (kind === "stall") await sleep(STALL);
    if (kind === "truncate") pass(chunk.subarray(0, chunk.length / 2));
    if (kind === undefined || kind === "delay") pass(chunk);
    else this.cut(sockets);
  }

  private disturbanceOfNext(): Disturbance | undefined {
    const due = this.disturbances.findIndex((each) => each.after-- === 0);
    return due < 0 ? undefined : this.disturbances.splice(due, 1)[0]?.kind;
  }
}
