import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import { IDENTITIES, type Identity } from "../../src/contract/identities";
import type { Instance } from "../../src/contract/instance";
import type { VaultClient } from "../../src/vault/client";
import { TestBed } from "./support/test-bed";

let bed: TestBed;
let instance: Instance;
let servers: VaultServer[];

/** What the central Vault holds of an identity. */
async function credentialOf(identity: Identity): Promise<Record<string, string>> {
  const { body } = await bed.central.client.send("GET", `access/data/customer10/main/${identity}`);
  return (body.data as { data: Record<string, string> }).data;
}

/** A client that logged in with an identity's credentials. */
async function clientOf(identity: Identity): Promise<VaultClient> {
  const { "role-id": role_id, "secret-id": secret_id } = await credentialOf(identity);
  const server = servers[0] as VaultServer;
  const { body } = await server.client().send("POST", "auth/tenant-vault/login", { body: { role_id, secret_id } });
  return server.client((body.auth as { client_token: string }).client_token);
}

beforeAll(async () => {
  bed = await TestBed.start();
  ({ instance, servers } = await bed.startInstance("main", 1));
  instance = {
    ...instance,
    identities: {
      mounts: [
        { path: "pki", type: "pki" },
        { path: "ssh", type: "ssh" },
        { path: "database/orders", type: "database" },
        { path: "kv", type: "kv" },
      ],
      logins: [{ path: "approle", type: "approle" }],
      tokenTtl: 3_600,
      secretIdTtl: 7_776_000,
      boundCidrs: ["127.0.0.1/32"],
    },
  };
  await bed.unseal(instance);
});
afterAll(() => bed.stop());

describe("after escrow", () => {
  test.each(IDENTITIES)(
    "%s logs in with what the central Vault holds, for as long as is described",
    async (identity) => {
      const { body } = await (await clientOf(identity)).send("GET", "auth/token/lookup-self");
      expect(body.data).toMatchObject({
        policies: [`tenant-vault-${identity}`],
        creation_ttl: 3_600,
        bound_cidrs: ["127.0.0.1"],
      });
      const { "secret-id-expires": expires = "" } = await credentialOf(identity);
      expect((Date.parse(expires) - Date.now()) / 86_400_000).toBeCloseTo(90, 1);
    },
  );

  test("another run changes nothing and sends few requests", async () => {
    const before = await Promise.all(IDENTITIES.map(credentialOf));
    const log = (): string[] =>
      readFileSync(join(bed.folder, "main-0", "audit.log"), "utf8")
        .trim()
        .split("\n");
    const requests = log().length;
    await bed.unseal(instance);
    expect(await Promise.all(IDENTITIES.map(credentialOf))).toEqual(before);
    expect((log().length - requests) / 2).toBeLessThan(30);
  });
});

describe("rootToken: revoke", () => {
  const record = (): Promise<Record<string, string>> => bed.central.readRecord("customer10", "main");
  const revoking = (): Instance => ({
    ...instance,
    identities: { ...(instance.identities as NonNullable<Instance["identities"]>), rootToken: "revoke" },
  });
  /** Paths of ceremonies on the server, which depend on the product. */
  const ATTEMPT = "sys/generate-root-token/attempt";
  let before: Record<string, string>;

  test("is refused while somebody has begun a ceremony", async () => {
    before = await record();
    const ceremony = await clientOf("ceremony");
    await ceremony.send("PUT", ATTEMPT, { body: {} });
    const { code, failure } = await bed.run(["unseal", "customer10/main"], bed.environment(revoking()));
    expect(code).toBe(1);
    expect(failure).toContain("[identity-rehearsal] The root token of customer10/main is kept");
    expect((await record())["root-token"]).toBe(before["root-token"]);
    await ceremony.send("DELETE", ATTEMPT);
  });

  test("revokes the token and removes it from the record; the hook and status work without it", async () => {
    await bed.unseal(revoking());
    const { "root-token": token, ...others } = before;
    const { "description-digest": _before, ...kept } = others;
    expect(await record()).toMatchObject(kept);
    expect(await record()).not.toHaveProperty("root-token");
    const { status } = await (servers[0] as VaultServer)
      .client(token)
      .send("GET", "auth/token/lookup-self", { accept: [403] });
    expect(status).toBe(403);

    await bed.unseal(revoking());
    const { code, stdout } = await bed.run(["status", "customer10/main", "--json"], bed.environment());
    expect(code, stdout).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { healthy: true, record: { rootToken: false }, replicas: [{ auditDevices: 1 }] },
    ]);
  });

  test("ceremony generates a new root token with the keys of the record", async () => {
    const ceremony = await clientOf("ceremony");
    const { body } = await ceremony.send("PUT", ATTEMPT, { body: {} });
    const { nonce, otp } = (body.data ?? body) as { nonce: string; otp: string };
    const fields = await record();
    let encoded = "";
    for (const key of [0, 1, 2].map((index) => fields[`unseal-key-${index}`])) {
      const answer = await ceremony.send("PUT", "sys/generate-root-token/update", { body: { nonce, key } });
      encoded = ((answer.body.data ?? answer.body) as { encoded_token?: string }).encoded_token ?? "";
    }
    const bytes = Buffer.from(encoded, "base64");
    const token = bytes.map((byte, index) => byte ^ otp.charCodeAt(index)).toString();
    const { body: own } = await (servers[0] as VaultServer).client(token).send("GET", "auth/token/lookup-self");
    expect(own.data).toMatchObject({ policies: ["root"] });
  });
});
