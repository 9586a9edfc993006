import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { HttpBackend } from "cdktf";
import type { BackendFactory } from "../../../src";

/**
 * Keeps states in memory for Terraform's backend `http`. The local backend writes the whole state after each resource: with
 * hundreds of them, that takes most of an apply.
 */
export class StateServer {
  private readonly states = new Map<string, Buffer>();
  private readonly server = createServer((request, response) => {
    const path = request.url ?? "";
    const answer = async (): Promise<void> => {
      if (request.method === "POST") this.states.set(path, await buffer(request));
      const state = this.states.get(path);
      response.writeHead(state === undefined ? 404 : 200).end(request.method === "GET" ? state : undefined);
    };
    answer().catch((error: unknown) => response.destroy(error as Error));
  });

  async start(): Promise<void> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
  }

  /** Keeps the state of each stack by its name. */
  readonly backend: BackendFactory = (stack) => {
    const { port } = this.server.address() as AddressInfo;
    return new HttpBackend(stack, { address: `http://127.0.0.1:${port}/${stack.node.id}` });
  };

  stop(): void {
    this.server.close();
  }
}
