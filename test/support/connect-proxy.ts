import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { withoutBrackets } from "../../src/core/host";

/** An HTTP proxy for TLS connections. */
export class ConnectProxy {
  /** @param hosts URLs of servers that the proxy alone knows, by the host and port of a request. @default - it connects to each host */
  static async start(hosts: Readonly<Record<string, string>> = {}): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(hosts);
    proxy.server.listen(0, "127.0.0.1");
    await once(proxy.server, "listening");
    return proxy;
  }

  /** Hosts and ports to which the proxy connected. */
  readonly targets: string[] = [];
  private readonly server: Server = createServer();
  private readonly sockets: Socket[] = [];

  private constructor(hosts: Readonly<Record<string, string>>) {
    this.server.on("connect", ({ url = "" }, socket, head) => {
      this.targets.push(url);
      const { hostname, port } = new URL(hosts[url] ?? `tcp://${url}`);
      const target = connect(Number(port), withoutBrackets(hostname), () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        target.write(head);
        target.pipe(socket).pipe(target);
      });
      this.sockets.push(target);
      for (const side of [socket, target]) side.on("error", () => undefined);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}
