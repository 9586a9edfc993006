import { createServer, type AddressInfo } from "node:net";

/** Ports on loopback that nobody uses now, each followed by another free one, for raft. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const port = await listenBriefly(0);
    const distinct = found.every((other) => Math.abs(other - port) > 1);
    if (distinct && (await isFree(port + 1))) found.push(port);
  }
  return found;
}

/** Whether nobody uses a port on loopback. */
export async function isFree(port: number): Promise<boolean> {
  return listenBriefly(port).then(
    () => true,
    () => false,
  );
}

function listenBriefly(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const { port: chosen } = server.address() as AddressInfo;
      server.close(() => resolve(chosen));
    });
  });
}
