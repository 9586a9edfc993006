import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { OperationError } from "../core/errors";

/** What the server tells. */
export interface Served {
  /** Text for Prometheus. */
  metrics(): string;
  /** Whether the program can do its work now. */
  ready(): boolean;
}

/** Address to listen at. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Parses `<host>:<port>`, such as `127.0.0.1:9764` or `[::]:9764`.
 *
 * @throws OperationError `usage`.
 */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port > 65_535)
    throw new OperationError(
      "usage",
      `"${text}" is not an address to listen at; write <host>:<port>, such as 127.0.0.1:9764.`,
    );
  return { host, port };
}

/**
 * Serves `/metrics`, `/healthz` and `/readyz` over plain HTTP. None of them tells a secret.
 *
 * @throws OperationError `listen-failed` if the address cannot be used.
 */
export async function serve({ host, port }: ListenAddress, served: Served): Promise<Server> {
  const server = createServer(({ method, url = "" }, response) => {
    const answer = (status: number, text: string): void => {
      response.writeHead(status, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text);
    };
    if (method !== "GET" && method !== "HEAD") answer(405, "only GET\n");
    else if (url === "/metrics") answer(200, served.metrics());
    else if (url === "/healthz") answer(200, "ok\n");
    else if (url === "/readyz" && served.ready()) answer(200, "ok\n");
    else if (url === "/readyz") answer(503, "the central Vault does not answer\n");
    else answer(404, "not found: /metrics, /healthz and /readyz are here\n");
  });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new OperationError(
      "listen-failed",
      `Cannot listen at ${host}:${port} (${code ?? "unknown"}); choose another address with --listen.`,
    );
  }
  return server;
}
