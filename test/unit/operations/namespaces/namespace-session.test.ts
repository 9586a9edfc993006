import { afterEach, expect, test } from "vitest";
import { NamespaceSession } from "../../../../src/operations/namespaces/namespace-session";
import { FakeVault } from "../../../support/vault-api";

const TARGET = { instance: "customer20/main", sharedInstance: "shared/main" };
const CREDENTIAL = {
  "role-id": "r",
  "secret-id": "s",
  "secret-id-accessor": "a",
  "secret-id-expires": "2030-01-01T00:00:00Z",
};

const started: FakeVault[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await each.stop();
});

interface Given {
  readonly credential?: object | undefined;
  readonly version?: string;
  readonly accepted?: boolean;
}

async function session({ credential = CREDENTIAL, version = "2.7.2", accepted = true }: Given): Promise<{
  readonly session: NamespaceSession;
  readonly server: FakeVault;
  readonly central: FakeVault;
}> {
  const central = await FakeVault.start(() => ({
    body: {
      data: { data: credential, metadata: { version: 1, created_time: "", deletion_time: "", destroyed: false } },
    },
  }));
  let tokens = 0;
  const server = await FakeVault.start(({ path, headers }) => {
    if (path === "sys/seal-status") return { body: { version } };
    if (path === "auth/tenant-vault/login")
      return accepted ? { body: { auth: { client_token: `token-${++tokens}` } } } : { status: 403 };
    return headers["x-vault-token"] === "token-1" && path === "expired" ? { status: 403 } : {};
  });
  started.push(central, server);
  return { session: new NamespaceSession(central.client(), server.client(), TARGET), server, central };
}

test("it logs in once, with the credential that the hook of the shared instance made", async () => {
  const { session: opened, server, central } = await session({});
  await Promise.all([opened.open(), opened.open()]);
  expect(central.asked).toEqual(["GET access/data/shared/main/namespace-customer20.main"]);
  expect(server.asked).toEqual(["GET sys/seal-status", "POST auth/tenant-vault/login"]);
  await opened.end();
  expect(server.asked.at(-1)).toBe("POST auth/token/revoke-self");
});

test("it logs in again once its token has expired", async () => {
  const { session: opened, server } = await session({});
  await (await opened.open()).send("GET", "expired");
  expect(server.requests.at(-1)?.headers["x-vault-token"]).toBe("token-2");
});

test("it fails with the stack to deploy if there is no credential yet", async () => {
  const { session: opened } = await session({ credential: {} });
  await expect(opened.open()).rejects.toMatchObject({
    code: "namespace-login",
    message:
      "shared/main has no login for the namespace of customer20/main yet; deploy the stack shared-vault, whose hook makes it, and run this again.",
  });
});

test("it fails with the command that repairs a credential that does not work", async () => {
  const { session: opened } = await session({ accepted: false });
  await expect(opened.open()).rejects.toMatchObject({
    code: "namespace-login",
    message: expect.stringContaining('run "tenant-vault unseal shared/main"') as string,
  });
});

test("it fails with an OpenBao that would create a namespace without keys", async () => {
  const { session: opened, server } = await session({ version: "2.5.3" });
  await expect(opened.open()).rejects.toMatchObject({
    code: "namespaces-unsupported",
    message: expect.stringContaining("upgrade it to 2.6 or later") as string,
  });
  expect(server.asked).toEqual(["GET sys/seal-status"]);
});
