import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { askCentral, CentralError } from "../../../src/central/client";
import { Secret } from "../../../src/core/secret";
import { VaultClient } from "../../../src/vault/client";
import { answerEndlessly } from "../../support/endless";
import { FakeVault } from "../../support/vault-api";

let central: FakeVault | undefined;
afterEach(() => central?.stop());

describe("a failure of the central Vault", () => {
  test.each([
    [403, ["permission denied"], "central-denied", false, /refuses the token for a\/b; use one that is valid/],
    [404, [], "central-missing", false, /has nothing at a\/b; deploy the stack "central" first/],
    [503, ["Vault is sealed"], "central-sealed", true, /is sealed or not initialised; unseal it/],
    [400, ["check-and-set parameter did not match"], "central-conflict", true, /has a newer version of a\/b/],
    [400, ["no such role"], "central-refused", false, /refuses the request a\/b: 400 no such role\.$/],
    [500, ["internal error"], "central-refused", true, /refuses the request a\/b: 500 internal error\.$/],
    [429, [], "central-refused", true, /refuses the request a\/b: 429/],
  ])("by status %i %j is %s", async (status, errors, code, retryable, message) => {
    const started = (central = await FakeVault.start(() => ({ status, body: { errors } })));
    const asking = askCentral(started.client(), "GET", "a/b");
    await expect(asking).rejects.toBeInstanceOf(CentralError);
    await expect(asking).rejects.toMatchObject({ code, retryable, message: expect.stringMatching(message) as string });
  });

  const NO_LEADER = { status: 500, body: { errors: ["local node not active but active cluster node not found"] } };

  test.each([NO_LEADER, { status: 307 }])(
    "H3: that has no active server for a moment (%j) is not one",
    async (answer) => {
      let asked = 0;
      const started = (central = await FakeVault.start(() => (++asked < 3 ? answer : { body: { data: "there" } })));
      const { body } = await askCentral(started.client(), "POST", "a/b", { body: {} });
      expect(body.data).toBe("there");
      expect(started.asked).toEqual(["POST a/b", "POST a/b", "POST a/b"]);
    },
  );

  test("H3: that has no active server for long says so, and may pass", async () => {
    const started = (central = await FakeVault.start(() => NO_LEADER));
    const pauses: number[] = [];
    const clock = { sleep: (pause: number) => Promise.resolve(void pauses.push(pause)) };
    await expect(askCentral(started.client(), "GET", "a/b", {}, clock)).rejects.toMatchObject({
      code: "central-unreachable",
      retryable: true,
      message: expect.stringMatching(/has no active server; check its raft cluster and run this again\.$/) as string,
    });
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(15_000);
  });

  test("H13: that has no active server is not asked again after the deadline", async () => {
    const started = (central = await FakeVault.start(() => NO_LEADER));
    const end = AbortSignal.timeout(300);
    const began = performance.now();
    await expect(askCentral(started.client().withSignal(end), "GET", "a/b")).rejects.toBeInstanceOf(CentralError);
    expect(performance.now() - began).toBeLessThan(2_300);
  });

  test("that does not answer names how it is found", async () => {
    const client = new VaultClient({ address: "http://127.0.0.1:1", token: new Secret("t") });
    await expect(askCentral(client, "GET", "a")).rejects.toMatchObject({
      code: "central-unreachable",
      message: expect.stringMatching(/does not answer \(ECONNREFUSED\); check VAULT_ADDR/) as string,
    });
  });

  test("of a login on the way says so, and what that login was told", async () => {
    const started = (central = await FakeVault.start(() => ({ status: 403 })));
    const login = (): Promise<Secret> => Promise.reject(new CentralError("denied", "The secret ID has expired."));
    await expect(askCentral(started.client().withToken(new Secret("old"), login), "GET", "a")).rejects.toMatchObject({
      code: "central-denied",
      message:
        "The central Vault denies the token for a, and the login for a new token failed: The secret ID has expired.",
    });
  });
});

describe("what is not an answer of a Vault", () => {
  const PAGE = "<html>maintenance</html>";
  test.each([
    ["GET", 200, PAGE],
    ["GET", 200, ""],
    ["GET", 200, '{"status":"maintenance"}'],
    ["GET", 200, "[]"],
    ["GET", 200, '{"data":null}'],
    ["GET", 404, PAGE],
    ["GET", 404, ""],
    ["GET", 404, "{}"],
    ["LIST", 200, PAGE],
    ["LIST", 404, PAGE],
    ["POST", 200, PAGE],
    ["DELETE", 200, PAGE],
  ] as const)("is refused for a %s with the status %i and %j, and not quoted", async (method, status, text) => {
    const started = (central = await FakeVault.start(() => ({ status, text })));
    await expect(askCentral(started.client(), method, "a/b", { accept: [404] })).rejects.toMatchObject({
      code: "central-refused",
      retryable: false,
      message: `What ${started.address} answers for a/b (${status}) is not an answer of a Vault; check that VAULT_ADDR names the central Vault, and that no proxy or maintenance page answers in its place.`,
    });
  });

  test("is named as such also where a 404 would be a failure anyway", async () => {
    const started = (central = await FakeVault.start(() => ({ status: 404, text: PAGE })));
    await expect(askCentral(started.client(), "GET", "a/b")).rejects.toThrow(/is not an answer of a Vault/);
  });

  test("is an answer without end", async () => {
    const server = createServer((_request, response) => void answerEndlessly(response)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = new VaultClient({ address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    await expect(askCentral(client, "GET", "a/b", { limit: 1024 })).rejects.toThrow(
      /\(200\) is not an answer of a Vault/,
    );
    await client.close();
    server.close();
  });
});

describe("what a Vault answers", () => {
  test.each([
    ["GET", 404, { errors: [] }],
    ["GET", 404, { data: { data: null, metadata: { version: 1 } } }],
    ["GET", 200, { data: {} }],
    ["LIST", 404, { errors: [] }],
    ["LIST", 200, { data: null, warnings: ["w"] }],
    ["POST", 200, { data: null, auth: { client_token: "t" } }],
  ] as const)("to a %s with the status %i and %j is accepted", async (method, status, body) => {
    const started = (central = await FakeVault.start(() => ({ status, body })));
    expect(await askCentral(started.client(), method, "a/b", { accept: [404] })).toMatchObject({ status, body });
  });

  test.each(["GET", "LIST"] as const)(
    "to a %s below a mount that is missing does not mean that nothing is there",
    async (method) => {
      const body = { errors: ['no handler for route "a/b". route entry not found.'] };
      const started = (central = await FakeVault.start(() => ({ status: 404, body })));
      await expect(askCentral(started.client(), method, "a/b", { accept: [404] })).rejects.toMatchObject({
        code: "central-missing",
        message: expect.stringMatching(
          /has nothing at a\/b; deploy the stack "central" first, and check VAULT_NAMESPACE\.$/,
        ) as string,
      });
    },
  );
});
