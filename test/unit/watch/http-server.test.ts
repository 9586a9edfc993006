import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { parseListenAddress, serve } from "../../../src/watch/http-server";

describe("the server of a watcher", () => {
  test("answers what Prometheus and Kubernetes ask, and nothing else", async () => {
    let ready = false;
    const server = await serve({ host: "127.0.0.1", port: 0 }, { metrics: () => "m 1\n", ready: () => ready });
    const ask = async (path: string, method = "GET") => {
      const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { method });
      return [answer.status, await answer.text()];
    };
    expect(await ask("/metrics")).toEqual([200, "m 1\n"]);
    expect(await ask("/healthz")).toEqual([200, "ok\n"]);
    expect(await ask("/readyz")).toEqual([503, "the central Vault does not answer\n"]);
    ready = true;
    expect(await ask("/readyz")).toEqual([200, "ok\n"]);
    expect((await ask("/keys"))[0]).toBe(404);
    expect((await ask("/metrics", "POST"))[0]).toBe(405);
    await expect(
      serve(
        { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
        { metrics: () => "", ready: () => ready },
      ),
    ).rejects.toThrow(/^Cannot listen at 127\.0\.0\.1:\d+ \(EADDRINUSE\); choose another address with --listen\.$/);
    server.closeAllConnections();
    server.close();
  });
});

describe("an address to listen at", () => {
  test.each([
    { text: "127.0.0.1:9764", host: "127.0.0.1", port: 9764 },
    { text: "[::]:80", host: "::", port: 80 },
    { text: "localhost:0", host: "localhost", port: 0 },
  ])("is $text", ({ text, host, port }) => {
    expect(parseListenAddress(text)).toEqual({ host, port });
  });

  test.each(["9764", ":9764", "host:99999", "::1:80", "http://host:80"])("is not %s", (text) => {
    expect(() => parseListenAddress(text)).toThrow(`"${text}" is not an address to listen at`);
  });
});
