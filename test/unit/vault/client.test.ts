import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { Secret } from "../../../src/core/secret";
import { VaultClient } from "../../../src/vault/client";
import { ReplicaApi } from "../../../src/vault/replica";
import { answerEndlessly } from "../../support/endless";
import { FakeVault } from "../../support/vault-api";

/** A server that knows one token, and one path that this token may not use. */
let server: Server;
let valid: string;
let tokens: (string | undefined)[];
let logins: number;
let client: VaultClient;

beforeAll(async () => {
  server = createServer((request, response) => {
    const token = request.headers["x-vault-token"] as string | undefined;
    tokens.push(token);
    const denied = token !== valid || request.url === "/v1/forbidden";
    response.writeHead(denied ? 403 : 200).end(JSON.stringify({ errors: ["permission denied"] }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
});
afterAll(() => server.close());
beforeEach(() => {
  valid = "second";
  tokens = [];
  logins = 0;
  client = new VaultClient({ address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});

function logIn(): Promise<Secret> {
  logins++;
  return Promise.resolve(new Secret(valid));
}

test("a request that is denied is repeated with the token of a new login, which stays", async () => {
  const loggedIn = client.withToken(new Secret("first"), logIn);
  await loggedIn.send("GET", "a");
  await loggedIn.send("GET", "a");
  expect(tokens).toEqual(["first", "second", "second"]);
  expect(logins).toBe(1);
});

test("of requests that are denied at once one logs in, for all", async () => {
  const loggedIn = client.withToken(new Secret("first"), logIn);
  await Promise.all([loggedIn.send("GET", "a"), loggedIn.send("GET", "b"), loggedIn.send("GET", "c")]);
  expect(logins).toBe(1);
});

test("one that is still denied is repeated no more", async () => {
  const loggedIn = client.withToken(new Secret("second"), logIn);
  await expect(loggedIn.send("GET", "forbidden")).rejects.toMatchObject({ failure: "denied", status: 403 });
  expect(tokens).toEqual(["second", "second"]);
  expect(logins).toBe(1);
});

test("a login that fails is the failure of all that wait for it, and is tried again by the next", async () => {
  let works = false;
  const loggedIn = client.withToken(new Secret("first"), () =>
    works ? logIn() : Promise.reject(new Error("no login")),
  );
  const [one, another] = await Promise.allSettled([loggedIn.send("GET", "a"), loggedIn.send("GET", "b")]);
  expect([one, another]).toMatchObject([{ reason: { message: "no login" } }, { reason: { message: "no login" } }]);
  works = true;
  expect(await loggedIn.send("GET", "a")).toMatchObject({ status: 200 });
});

test("a token of no namespace is one that is denied, as Vault 1.21.4 answers with 500", async () => {
  const errors = ["error performing token check: failed to look up namespace from the token: no namespace"];
  const vault = await FakeVault.start(({ headers }) =>
    headers["x-vault-token"] === valid ? {} : { status: 500, body: { errors } },
  );
  onTestFinished(() => vault.stop());
  const damaged = vault.client("hvs.a.b");
  await expect(damaged.send("GET", "a")).rejects.toMatchObject({ failure: "denied", status: 403, retryable: false });
  expect(await damaged.send("GET", "a", { accept: [403] })).toMatchObject({ status: 403, body: { errors } });
  await expect(damaged.download("a")).rejects.toMatchObject({ failure: "denied", status: 403 });
  expect(await damaged.withToken(new Secret("s.a.b"), logIn).send("GET", "a")).toMatchObject({ status: 200 });
});

test("a secret that contains what a denial says is an answer", async () => {
  const body = { data: { note: "failed to look up namespace from the token" } };
  const vault = await FakeVault.start(() => ({ body }));
  onTestFinished(() => vault.stop());
  expect(await vault.client().send("GET", "a")).toMatchObject({ status: 200, body });
});

test("a token that was given is all there is, also beside a login", async () => {
  await expect(client.withToken(new Secret("first")).send("GET", "a")).rejects.toMatchObject({ failure: "denied" });
  await expect(
    client.withToken(new Secret("x"), logIn).withToken(new Secret("first")).send("GET", "a"),
  ).rejects.toMatchObject({
    failure: "denied",
  });
  expect(logins).toBe(0);
});

test("a denial that is an answer is no reason to log in", async () => {
  expect(await client.withToken(new Secret("first"), logIn).send("GET", "a", { accept: [403] })).toMatchObject({
    status: 403,
  });
  expect(logins).toBe(0);
});

test("a list is a GET, because some proxies refuse Vault's own verb", async () => {
  const seen: string[] = [];
  const lists = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end("{}");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => lists.once("listening", resolve));
  const asking = new VaultClient({ address: `http://127.0.0.1:${(lists.address() as AddressInfo).port}` });
  await asking.send("LIST", "customers/metadata/");
  await asking.close();
  lists.close();
  expect(seen).toEqual(["GET /v1/customers/metadata/?list=true"]);
});

describe("an answer without end", () => {
  let sent: Promise<number>;
  beforeEach(async () => {
    const endless = createServer((request, response) => {
      sent = answerEndlessly(response, request.url === "/v1/failed" ? 500 : 200);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => endless.once("listening", resolve));
    client = new VaultClient({ address: `http://127.0.0.1:${(endless.address() as AddressInfo).port}` });
    onTestFinished(async () => {
      await client.close();
      endless.close();
    });
  });

  test("is not that of a Vault, and is cut off", async () => {
    await expect(client.send("GET", "a", { limit: 1024 })).rejects.toMatchObject({
      code: "replica-refused",
      message: "a: the answer is not that of a Vault or OpenBao",
    });
    expect(await sent).toBeLessThan(32 * 1024 * 1024);
  });

  test("has a limit of its own for a failure", async () => {
    await expect(client.send("GET", "failed")).rejects.toMatchObject({ failure: "refused", status: 500 });
    await expect(client.download("failed")).rejects.toMatchObject({ failure: "refused", status: 500 });
    expect(await sent).toBeLessThan(64 * 1024 * 1024);
  });

  test("to the question for the seal status ends early, since a watcher asks many servers", async () => {
    expect(await new ReplicaApi(client).status()).toMatchObject({
      state: "unreachable",
      reason: "sys/seal-status: the answer is not that of a Vault or OpenBao",
    });
    expect(await sent).toBeLessThan(16 * 1024 * 1024);
  });

  test("is read as a stream where a stream is asked for", async () => {
    const stream = await client.download("a");
    for await (const part of stream as AsyncIterable<Buffer>) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    expect(stream.destroyed).toBe(true);
  });
});
