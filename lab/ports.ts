import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";

/**
 * Below the ports that systems use for outgoing connections, so that no connection takes one of these. Programs that run at the
 * same time choose from different ranges: between the check and the use of a port, another program could take it.
 */
const [FIRST, LAST] = (process.env.TENANT_VAULT_LAB_PORTS ?? "20000-30000").split("-").map(Number) as [number, number];

const taken = new Set<number>();

/** Reserves an unused port on loopback. This program never gets the same port twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    if (await takePort(port)) return port;
  }
}

/** Reserves a port on loopback. @returns False if it is in use, or already reserved by this program. */
export async function takePort(port: number): Promise<boolean> {
  if (taken.has(port)) return false;
  taken.add(port);
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Whether a program listens at a port on loopback. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
