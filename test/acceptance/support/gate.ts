import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { ServerIdentity } from "../../../lab/certificates";

/** Where pods reach a server that listens on loopback alone. */
export interface Gate {
  readonly port: number;
  close(): void;
}

/**
 * Lets pods reach a server of this machine.
 *
 * @param host Address of this machine that pods reach.
 * @param open Opens a connection to the server.
 * @param identity With which it ends TLS itself. @default - it passes bytes on
 */
export async function openGate(host: string, open: () => Socket, identity?: ServerIdentity): Promise<Gate> {
  const pass = (socket: Socket): void => {
    const onward = open();
    for (const end of [socket, onward]) end.on("error", () => [socket, onward].forEach((each) => each.destroy()));
    socket.pipe(onward).pipe(socket);
  };
  const server: Server =
    identity === undefined
      ? createServer(pass)
      : createTlsServer({ cert: identity.certificate, key: identity.key }, pass);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}
