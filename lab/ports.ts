import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below the ports that systems use for outgoing connections, so that no connection takes one of these. Programs that run at the
 * same time choose from different ranges: between the check and the use of a port, another program could take it.
 */
const [FIRST, LAST] = (process.env.TENANT_VAULT_LAB_PORTS ?? "20000-30000").split("-").map(Number) as [number, number];

const taken = new Set<number>();

/** A port on loopback that nobody uses, and that this program gets once. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    if (await takePort(port)) return port;
  }
}

/** Takes a port on loopback. @returns Whether nobody uses it, and this program did not take it before. */
export async function takePort(port: number): Promise<boolean> {
  if (taken.has(port)) return false;
  taken.add(port);
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
