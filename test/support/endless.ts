import type { ServerResponse } from "node:http";

const PART = Buffer.alloc(64 * 1024, " ");

/** Answers without end, until the client ends the connection. @returns The number of bytes that were sent. */
export function answerEndlessly(response: ServerResponse, status = 200): Promise<number> {
  response.writeHead(status, { "content-type": "application/json" });
  let bytes = 0;
  const send = (): void => {
    while (!response.destroyed) {
      bytes += PART.length;
      if (!response.write(PART)) break;
    }
  };
  response.on("drain", send);
  send();
  return new Promise((resolve) => response.on("close", () => resolve(bytes)));
}
