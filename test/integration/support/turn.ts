import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Whoever listens on this port of loopback has the turn. The system ends the turn with the process. */
const PORT = 19_999;

/**
 * Waits for the turn among test files that share what a machine has once: the ports in the lab's tenant file, the list of labs.
 *
 * @returns Ends the turn.
 */
export async function takeTurn(): Promise<() => Promise<void>> {
  for (;;) {
    const server = createServer();
    const listens = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(PORT, "127.0.0.1", () => resolve(true));
    });
    if (listens) return () => new Promise((resolve) => server.close(() => resolve()));
    await sleep(200);
  }
}
