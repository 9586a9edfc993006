import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LabAuthority } from "../../../lab/certificates";
import { centralEndpoint, connectToCentral, logInToCentral } from "../../../src/central/login";
import { FakeVault } from "../../support/vault-api";

let central: FakeVault;
let home: string;
/** Whether the next request, which is not a login, is denied. */
let denied: boolean;
beforeEach(async () => {
  denied = false;
  central = await FakeVault.start(({ path }) => {
    if (path === "auth/tenant-vault/login") return { body: { auth: { client_token: "FROM LOGIN" } } };
    if (path === "auth/operators-cluster/login") return { body: { auth: { client_token: "FROM JWT" } } };
    if (path === "auth/second-factor/login") return { body: { auth: { client_token: "", mfa_requirement: {} } } };
    if (!denied) return {};
    denied = false;
    return { status: 403 };
  });
  home = mkdtempSync(join(tmpdir(), "tenant-vault-login-"));
  vi.stubEnv("HOME", home);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
  await central.stop();
});

/** The token and the namespace that a client of this environment sends. */
async function sentWith(environment: NodeJS.ProcessEnv): Promise<unknown[]> {
  const client = await connectToCentral({ VAULT_ADDR: central.address, ...environment });
  await client.send("GET", "sys/health");
  await client.close();
  const { headers } = central.requests.at(-1) ?? {};
  return [headers?.["x-vault-token"], headers?.["x-vault-namespace"]];
}

test("a login that gives no token at once, because it asks for a second factor, is named", async () => {
  const jwt = join(home, "jwt");
  writeFileSync(jwt, "J");
  const login = { TENANT_VAULT_JWT_LOGIN: "second-factor", TENANT_VAULT_JWT_ROLE: "watch" };
  await expect(sentWith({ TENANT_VAULT_JWT_FILE: jwt, ...login })).rejects.toMatchObject({
    code: "central-denied",
    message: expect.stringContaining(
      "The login auth/second-factor of the central Vault gives no token at once",
    ) as string,
  });
});

describe("the central Vault is asked", () => {
  test("with the token of the environment, in its namespace", async () => {
    expect(await sentWith({ VAULT_TOKEN: "T", VAULT_NAMESPACE: "team" })).toEqual(["T", "team"]);
  });

  test("with the token that a login left on this machine", async () => {
    writeFileSync(join(home, ".vault-token"), "FROM FILE\n");
    expect(await sentWith({})).toEqual(["FROM FILE", undefined]);
    expect(await sentWith({ VAULT_TOKEN: "T" })).toEqual(["T", undefined]);
  });

  test("with the token of an AppRole login, if the environment names one", async () => {
    const environment = { VAULT_TOKEN: "T", TENANT_VAULT_ROLE_ID: "r", TENANT_VAULT_SECRET_ID: "s" };
    expect(await sentWith(environment)).toEqual(["FROM LOGIN", undefined]);
    expect(central.requests[0]).toMatchObject({ body: { role_id: "r", secret_id: "s" } });
  });
});

describe("a login with a signed token", () => {
  let environment: NodeJS.ProcessEnv;
  beforeEach(() => {
    const file = join(home, "token");
    writeFileSync(file, "JWT 1\n");
    environment = {
      TENANT_VAULT_JWT_FILE: file,
      TENANT_VAULT_JWT_ROLE: "watch",
      TENANT_VAULT_JWT_LOGIN: "operators-cluster",
    };
  });

  test("gives the token of the file to the login and role of the environment", async () => {
    expect(await sentWith({ VAULT_TOKEN: "T", ...environment })).toEqual(["FROM JWT", undefined]);
    expect(central.requests[0]).toMatchObject({ body: { role: "watch", jwt: "JWT 1" } });
  });

  test("reads the file again if the central Vault denies its token", async () => {
    const client = await connectToCentral({ VAULT_ADDR: central.address, ...environment });
    writeFileSync(environment.TENANT_VAULT_JWT_FILE ?? "", "JWT 2\n");
    denied = true;
    await client.send("GET", "sys/health");
    await client.close();
    const logins = central.requests.filter(({ path }) => path.endsWith("/login"));
    expect(logins.map(({ body }) => body)).toMatchObject([{ jwt: "JWT 1" }, { jwt: "JWT 2" }]);
  });

  test.each([
    ["TENANT_VAULT_JWT_ROLE", "", /TENANT_VAULT_JWT_FILE is set, but not the login that takes its token; set/],
    ["TENANT_VAULT_JWT_LOGIN", "", /TENANT_VAULT_JWT_FILE is set, but not the login that takes its token; set/],
    ["TENANT_VAULT_JWT_FILE", "/none", /names \/none, which does not exist or is empty; set it to a file/],
  ])("fails if %s is %j", async (name, value, message) => {
    await expect(sentWith({ ...environment, [name]: value })).rejects.toThrow(message);
  });
});

test.each<[string, NodeJS.ProcessEnv, string, RegExp]>([
  ["no address", { VAULT_ADDR: "" }, "central-unreachable", /VAULT_ADDR is not set to a TLS address/],
  ["an address without TLS", { VAULT_ADDR: "http://vault.example:8200" }, "central-unreachable", /a TLS address/],
  ["no token", {}, "central-denied", /No token for the central Vault at http:.*; set VAULT_TOKEN/],
  [
    "a CA file that is missing",
    { VAULT_CACERT: "/none.pem" },
    "central-untrusted",
    /VAULT_CACERT names \/none\.pem, which does not exist or is empty/,
  ],
  [
    "a CA folder that is missing",
    { VAULT_CAPATH: "/none" },
    "central-untrusted",
    /VAULT_CAPATH names \/none, which does not exist or is empty/,
  ],
  [
    "a CA file that is a folder",
    { VAULT_CACERT: __dirname },
    "central-untrusted",
    /VAULT_CACERT names .*, which cannot be read \(EISDIR\)/,
  ],
  [
    "a CA folder that is a file",
    { VAULT_CAPATH: __filename },
    "central-untrusted",
    /VAULT_CAPATH names .*, which cannot be read \(ENOTDIR\)/,
  ],
  [
    "a token of two lines",
    { VAULT_TOKEN: "a\nb" },
    "central-denied",
    /^The token in VAULT_TOKEN or .* contains line breaks .*; set it to the token alone\.$/,
  ],
  [
    "a file with a token that is a folder",
    { TENANT_VAULT_JWT_FILE: __dirname, TENANT_VAULT_JWT_ROLE: "watch", TENANT_VAULT_JWT_LOGIN: "operators-cluster" },
    "central-denied",
    /, with a token, cannot be read \(EISDIR\)/,
  ],
])("%s is named, with the variable to set", async (_, environment, code, message) => {
  await expect(connectToCentral({ VAULT_ADDR: central.address, ...environment })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
  });
});

test("C3: the CA may be a folder, and the name in the certificate another than the host's", async () => {
  const authority = await LabAuthority.create();
  const identity = await authority.issue("vault");
  const server = createServer({ cert: identity.certificate, key: identity.key }, (_, response) => response.end("{}"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  // As in /etc/ssl/certs, where a folder may be among the files.
  mkdirSync(join(home, "more", "empty"), { recursive: true });
  writeFileSync(join(home, "more", "ca.pem"), authority.certificate);
  const VAULT_ADDR = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = { VAULT_ADDR, VAULT_CAPATH: home, VAULT_TOKEN: "t" };

  const named = await connectToCentral({ ...environment, VAULT_TLS_SERVER_NAME: "localhost" });
  expect(await named.send("GET", "sys/health")).toMatchObject({ status: 200 });
  await named.close();
  const misnamed = await connectToCentral({ ...environment, VAULT_TLS_SERVER_NAME: "elsewhere.example" });
  await expect(misnamed.send("GET", "sys/health")).rejects.toMatchObject({ failure: "untrusted" });
  await misnamed.close();
  server.close();
});

describe("one server of the central Vault", () => {
  test("is reached at its own address, with the CA and the name of the others", () => {
    const environment = { VAULT_ADDR: "https://vault.example:8200", VAULT_TLS_SERVER_NAME: "vault.example" };
    expect(centralEndpoint(environment)).toMatchObject({ address: "https://vault.example:8200" });
    expect(centralEndpoint(environment, "https://10.0.0.1:8200")).toMatchObject({
      address: "https://10.0.0.1:8200",
      tlsServerName: "vault.example",
    });
  });

  test.each(["http://vault.example:8200", "vault.example", "https://user@vault.example"])(
    "is not asked at %s, where a key could be read",
    (address) => {
      expect(() => centralEndpoint({}, address)).toThrow(/is not a TLS address/);
    },
  );

  test("is given the token of the same variables", async () => {
    const login = { TENANT_VAULT_ROLE_ID: "r", TENANT_VAULT_SECRET_ID: "s" };
    expect((await logInToCentral(central.client(), { VAULT_TOKEN: "T" })).reveal()).toBe("T");
    expect((await logInToCentral(central.client(), login)).reveal()).toBe("FROM LOGIN");
    await expect(logInToCentral(central.client(), {})).rejects.toMatchObject({ code: "central-denied" });
  });
});
