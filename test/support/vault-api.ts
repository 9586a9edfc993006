import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret } from "../../src/core/secret";
import { VaultClient } from "../../src/vault/client";

/** A request to the fake. */
export interface VaultRequestSeen {
  readonly method: string;
  /** Path after `/v1/`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

interface VaultAnswer {
  /** @default 200 */
  readonly status?: number;
  /** @default - no errors, if the status is a failure */
  readonly body?: object;
  /** Takes the place of the body. @default - the body as JSON */
  readonly text?: string;
}

/** What KV version 2 says of each version. */
export const VERSION = { version: 1, created_time: "2026-01-01T00:00:00Z", deletion_time: "", destroyed: false };

/** Mounts of the central Vault. */
const KEY_VALUE = /^(customers|access|clusters|shares|authorities|operator)\/data\//;

/** Adds what KV version 2 always says, so that a test names what it is about. */
function asKeyValue({ method, path }: VaultRequestSeen, answer: VaultAnswer): VaultAnswer {
  const { status = 200, body } = answer;
  if (!KEY_VALUE.test(path) || answer.text !== undefined) return answer;
  const { data } = (body ?? {}) as { data?: { readonly data?: object | null; readonly metadata?: object } };
  if (method === "POST" && status === 200) return { body: { data: { ...VERSION, ...data } } };
  if (method !== "GET" || data?.data === undefined) return answer;
  return { ...answer, body: { ...body, data: { ...data, metadata: { ...VERSION, ...data.metadata } } } };
}

/** A fake of Vault's API, for answers that no real server gives on demand. */
export class FakeVault {
  static async start(answer: (request: VaultRequestSeen) => VaultAnswer): Promise<FakeVault> {
    const fake = new FakeVault(answer);
    fake.server.listen(0, "127.0.0.1");
    await once(fake.server, "listening");
    return fake;
  }

  readonly requests: VaultRequestSeen[] = [];
  private readonly server: Server;
  private readonly clients: VaultClient[] = [];

  private constructor(answer: (request: VaultRequestSeen) => VaultAnswer) {
    this.server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        const body: unknown = text === "" ? undefined : JSON.parse(text);
        const seen = { method, path: url.replace(/^\/v1\//, ""), headers, body };
        this.requests.push(seen);
        const { status = 200, body: answered, text: page } = asKeyValue(seen, answer(seen));
        const json = answered ?? (status >= 400 ? { errors: [] } : {});
        response.writeHead(status, { "content-type": "application/json" }).end(page ?? JSON.stringify(json));
      });
    });
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  client(token = "t"): VaultClient {
    const client = new VaultClient({ address: this.address, token: new Secret(token) });
    this.clients.push(client);
    return client;
  }

  /** Method and path of each request. */
  get asked(): string[] {
    return this.requests.map(({ method, path }) => `${method} ${path}`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    this.server.closeAllConnections();
    this.server.close();
  }
}
