import { expect, test } from "vitest";
import type { DatabasePassword } from "../../../../src/contract/database-passwords";
import { Secret } from "../../../../src/core/secret";
import { writePassword } from "../../../../src/operations/databases/write-password";
import type { Content } from "../../../../src/vault/content";
import { ReplicaError } from "../../../../src/vault/errors";
import { instanceWith } from "../../../support/data-context";
import { MemoryContent } from "../../../support/memory-content";

const PATH = "database/cache/config/cache";
const DESCRIBED: DatabasePassword = {
  tenant: "customer10",
  name: "main",
  mount: "database/cache",
  connection: "cache",
  password: { mount: "operator", path: "customer10/cache", field: "password" },
  revision: 7,
  verify: true,
};

/** A server that keeps what a request leaves out, as databases do. */
class DatabaseContent extends MemoryContent {
  override async write(path: string, body: object): Promise<Content | undefined> {
    const { connection_details: former = {} } = this.objects[path] ?? {};
    await super.write(path, body);
    const { verify_connection: _, ...details } = body as Content;
    this.objects[path] = { connection_details: { ...(former as object), ...details } };
    return undefined;
  }
}

const made = () => new DatabaseContent({ [PATH]: { connection_details: { host: "redis", username: "vault" } } });
const hunter = (): Promise<Secret> => Promise.resolve(new Secret("hunter2"));

test("writes the password, once, and verifies a connection that Terraform has changed; all else stays", async () => {
  const api = made();
  const { universe, context } = await instanceWith(api);
  const run = () => writePassword({ ...context, ...universe.start(), content: () => api }, DESCRIBED, hunter);
  expect(await run()).toEqual({ mount: "database/cache", connection: "cache", steps: ["write"] });
  expect(await run()).toMatchObject({ steps: ["verify"] });
  expect(api.written).toEqual([
    [PATH, { password: "hunter2", password_revision: 7, verify_connection: true }],
    [PATH, { verify_connection: true }],
  ]);
  expect(api.objects[PATH]).toMatchObject({ connection_details: { host: "redis", username: "vault" } });
  expect(JSON.stringify(universe.events)).not.toContain("hunter2");
});

test("without verification, a second run does nothing", async () => {
  const api = made();
  const { context, tokens } = await instanceWith(api);
  const described = { ...DESCRIBED, verify: false };
  expect(await writePassword(context, described, hunter)).toMatchObject({ steps: ["write"] });
  expect(tokens).not.toContain("root-0");
  expect(await writePassword(context, described, hunter)).toMatchObject({ steps: [] });
  expect(api.written).toHaveLength(1);
});

test("settings of the description are written as well, and make the connection", async () => {
  const api = new DatabaseContent();
  const { context } = await instanceWith(api);
  const described = { ...DESCRIBED, settings: { plugin_name: "influxdb-database-plugin", host: "a" } };
  expect(await writePassword(context, described, hunter)).toMatchObject({ steps: ["write"] });
  expect(await writePassword(context, described, hunter)).toMatchObject({ steps: ["verify"] });
  expect(api.written).toEqual([
    [PATH, { ...described.settings, password: "hunter2", password_revision: 7, verify_connection: true }],
    [PATH, { ...described.settings, verify_connection: true }],
  ]);
});

test.each([
  [
    "a database that refuses the login",
    made(),
    hunter,
    "database-refused",
    /cannot log in to the database of database\/cache\/config\/cache of customer10\/main \(WRONGPASS\); correct .* raise revision, and/,
  ],
  [
    "a password that nobody has written",
    made(),
    () => Promise.resolve(undefined),
    "database-password",
    /is missing in the field password of operator\/customer10\/cache in the central Vault; write it there/,
  ],
  [
    "a connection that does not exist",
    new DatabaseContent(),
    hunter,
    "database-missing",
    /no connection database\/cache\/config\/cache of customer10\/main; deploy the stack customer10-config/,
  ],
])("%s ends the run", async (what, api, readPassword, code, message) => {
  const { context } = await instanceWith(api);
  if (what.includes("refuses")) api.write = () => Promise.reject(new ReplicaError("refused", "WRONGPASS.", 400));
  await expect(writePassword(context, DESCRIBED, readPassword)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
  });
});

test("waits for a server that comes and goes", async () => {
  const api = made();
  const { context } = await instanceWith(api);
  let failures = 2;
  api.onRequest = (path) => {
    if (path === PATH && failures-- > 0) throw new ReplicaError("unreachable", "ECONNREFUSED");
  };
  expect(await writePassword(context, DESCRIBED, hunter)).toMatchObject({ steps: ["write"] });
});

test("Cassandra: the answer of a client that no server lets in says why", async () => {
  const api = made();
  const { context } = await instanceWith(api);
  const answer = "error creating session: no connections were made when creating the session.";
  api.write = () => Promise.reject(new ReplicaError("refused", answer, 400));
  await expect(writePassword(context, DESCRIBED, hunter)).rejects.toThrow(
    /creating the session, because the IP addresses that the cluster reports .* set tlsServerName\); correct/,
  );
});
