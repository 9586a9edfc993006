import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LabAuthority } from "../../../lab/certificates";
import { connectToCentral } from "../../../src/central/login";
import { FakeVault } from "../../support/vault-api";

let central: FakeVault;
let home: string;
beforeEach(async () => {
  central = await FakeVault.start(({ path }) =>
    path === "auth/tenant-vault/login" ? { body: { auth: { client_token: "FROM LOGIN" } } } : {},
  );
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
  writeFileSync(join(home, "ca.pem"), authority.certificate);
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
