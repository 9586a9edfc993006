import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that systems deal to outgoing connections, so that none of these takes one of ours. */
const [FIRST, LAST] = [20_000, 30_000];

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
