import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Secret } from "../../../src/core/secret";
import { VaultClient } from "../../../src/vault/client";
import { SnapshotApi } from "../../../src/vault/snapshot";
import { collect, piecesOf } from "../../support/archive";

const MARK = "/v1/cubbyhole/tenant-vault-restore";
const BYTES = randomBytes(3_000_000);
let server: Server | undefined;
let client: VaultClient | undefined;
afterEach(async () => {
  await client?.close();
  server?.closeAllConnections();
  server?.close();
});

async function start(listener: RequestListener): Promise<SnapshotApi> {
  server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  client = new VaultClient({ address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  return SnapshotApi.as(client, new Secret("token"));
}

test("a snapshot is read as a stream", async () => {
  const api = await start(({ headers, url }, response) => {
    const allowed = headers["x-vault-token"] === "token" && url === "/v1/sys/storage/raft/snapshot";
    response.writeHead(allowed ? 200 : 403).end(BYTES);
  });
  expect((await collect(await api.take())).equals(BYTES)).toBe(true);
});

test("a connection that is cut fails the stream", async () => {
  const api = await start((_, response) => {
    response.writeHead(200).write(BYTES, () => response.destroy());
  });
  await expect(api.take().then(collect)).rejects.toThrow();
});

test("a server that refuses, or does not answer, is named", async () => {
  const api = await start((_, response) => response.writeHead(403).end('{"errors":["permission denied"]}'));
  await expect(api.take()).rejects.toMatchObject({ failure: "denied" });
  server?.closeAllConnections();
  server?.close();
  await expect(api.take()).rejects.toMatchObject({ failure: "unreachable" });
});

test("a snapshot is sent as a stream, to the endpoint that checks its seal unless it is forced", async () => {
  const seen: { url: string; bytes: Buffer }[] = [];
  const api = await start((request, response) => {
    void collect(request).then((bytes) => {
      const isMark = request.url === MARK;
      if (!isMark) seen.push({ url: request.url ?? "", bytes });
      response.writeHead(isMark ? 403 : 204).end("{}");
    });
  });
  expect(await api.restore(piecesOf(BYTES, 50_000), false)).toBe("restored");
  expect(await api.restore(piecesOf(BYTES, 50_000), true)).toBe("restored");
  expect(seen.map(({ url }) => url)).toEqual(["/v1/sys/storage/raft/snapshot", "/v1/sys/storage/raft/snapshot-force"]);
  expect(seen.every(({ bytes }) => bytes.equals(BYTES))).toBe(true);
});

test("a restore ends when the former data, and the mark in them, are gone", async () => {
  const seen: string[] = [];
  let mark = "{}";
  const api = await start((request, response) => {
    void collect(request).then((bytes) => {
      seen.push(`${request.method} ${request.url}`);
      if (seen.at(-1) === `POST ${MARK}`) mark = bytes.toString();
      const isReplaced = seen.filter((each) => each === `GET ${MARK}`).length > 2;
      if (request.method === "GET" && isReplaced) response.writeHead(404).end('{"errors":[]}');
      else response.writeHead(200).end(`{"data":${mark}}`);
    });
  });
  expect(await api.restore(piecesOf(BYTES, 50_000), false)).toBe("restored");
  const looks = Array.from({ length: 3 }, () => `GET ${MARK}`);
  expect(seen).toEqual([`POST ${MARK}`, "POST /v1/sys/storage/raft/snapshot", ...looks]);
});

test("the mark of another restore, which the snapshot has, is not waited for", async () => {
  const looks: string[] = [];
  const api = await start((request, response) => {
    request.resume().on("end", () => {
      if (request.method === "GET") looks.push(request.url ?? "");
      response.writeHead(200).end('{"data":{"restore":"of another"}}');
    });
  });
  expect(await api.restore(piecesOf(BYTES, 50_000), false)).toBe("restored");
  expect(looks).toEqual([MARK]);
});

test("a snapshot of other keys is told from other failures", async () => {
  let error = "could not verify hash file, possibly the snapshot is using a different set of unseal keys";
  const api = await start((request, response) => {
    request.resume().on("end", () => response.writeHead(400).end(JSON.stringify({ errors: [error] })));
  });
  expect(await api.restore(piecesOf(BYTES), false)).toBe("other-keys");
  error = "failed to read snapshot file";
  await expect(api.restore(piecesOf(BYTES), false)).rejects.toMatchObject({ failure: "refused" });
});

test("a snapshot that fails while it is sent never arrives completely, and its own failure is told", async () => {
  let complete: boolean | undefined;
  const api = await start((request, response) => {
    if (request.url === MARK) return void response.writeHead(403).end("{}");
    request.resume().on("close", () => (complete = request.complete));
  });
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield* piecesOf(BYTES, 50_000);
    throw new Error("its checksum differs");
  };
  await expect(api.restore(failing(), false)).rejects.toThrow("its checksum differs");
  await expect.poll(() => complete).toBe(false);
});

test("the version is that of the server", async () => {
  const api = await start((_, response) => response.end('{"version":"2.7.2"}'));
  expect(await api.serverVersion()).toBe("2.7.2");
});
