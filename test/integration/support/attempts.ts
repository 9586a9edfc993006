import type { VaultClient } from "../../../src/vault/client";

/** An attempt: as whom, method and path, and the body. */
export type Attempt = readonly [identity: string, request: string, body?: object];

/** Attempts as rows of a table of tests. */
export function rows(attempts: readonly Attempt[]) {
  return attempts.map(([identity, request, body]) => ({ identity, request, body }));
}

/** Sends a request. @returns The status. */
export async function attempt(client: VaultClient | undefined, request: string, body?: object): Promise<number> {
  const [method = "", path = ""] = request.split(" ");
  if (client === undefined) throw new Error(`nobody sends ${request}`);
  const { status } = await client.send(method, path, {
    body,
    accept: [400, 403, 404, 405, 412, 500],
    ...(method === "PATCH" ? { contentType: "application/merge-patch+json" } : {}),
  });
  return status;
}
