import { createServer, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";

/** Where a server fetches revocation lists and asks for the state of a certificate: the PKI of an instance, without its TLS. */
export class RevocationServer {
  /** @param pki URL of the PKI mount, with `/v1/`. */
  static async start(pki: string, ca: string): Promise<RevocationServer> {
    const made = new RevocationServer();
    made.server.on("request", (incoming, outgoing) => {
      if (!made.answers) {
        outgoing.writeHead(404).end();
        return;
      }
      const { method, headers, url = "" } = incoming;
      const { "content-type": type = "", accept = "" } = headers;
      const sent = request(`${pki}${url}`, { method, ca, headers: { "content-type": type, accept } }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      sent.on("error", () => outgoing.destroy());
      incoming.pipe(sent);
    });
    await new Promise<void>((resolve) => made.server.listen(0, "127.0.0.1", resolve));
    return made;
  }

  /** Whether it knows anything. */
  answers = true;
  private readonly server: Server = createServer();

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
