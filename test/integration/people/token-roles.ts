import { beforeAll, expect, test } from "vitest";
import type { VaultClient } from "../../../src/vault/client";
import { attempt } from "../support/attempts";
import type { Login, PeopleBed } from "./people-bed";

/** Tests of tokens that the role `batch` creates by token roles, and of those that it may not create. */
export function testTokenRoles(bed: () => PeopleBed): void {
  let creator: VaultClient;
  let parent = "";

  /** A token by a token role. */
  async function create(tokenRole: string, body: object = {}): Promise<Login & { readonly renewable: boolean }> {
    const answer = await creator.send("POST", `auth/token/create/${tokenRole}`, { body });
    return answer.body.auth as Login & { readonly renewable: boolean };
  }

  const reads = (token: string): Promise<number> => attempt(bed().client(token), "GET kv/data/web/db");

  beforeAll(async () => {
    const { body } = await bed().root.send("POST", "auth/token/create", { body: { policies: ["batch"] } });
    ({ client_token: parent } = body.auth as Login);
    creator = bed().client(parent);
  });

  test("a service token has the policy of the role, which its creator has not, and no longer life than the maximum", async () => {
    const token = await create("ci", { ttl: "9h", explicit_max_ttl: "9h" });
    expect(token).toMatchObject({ policies: ["default", "web"], lease_duration: 3600, renewable: true });
    expect(await reads(token.client_token)).toBe(200);
    expect(await reads(parent)).toBe(403);
  });

  test("a batch token is not stored", async () => {
    const token = await create("batch", { ttl: "30m" });
    expect(token).toMatchObject({ accessor: "", policies: ["default", "web"], lease_duration: 1800, renewable: false });
    expect(await reads(token.client_token)).toBe(200);
  });

  test("a periodic token is used from its networks alone", async () => {
    const token = await create("agent");
    expect(token).toMatchObject({ policies: ["batch", "default", "web"], lease_duration: 3600, renewable: true });
    expect(await reads(token.client_token)).toBe(403);
    const { body } = await bed().root.send("POST", "auth/token/lookup", { body: { token: token.client_token } });
    expect(body.data).toMatchObject({ orphan: true, explicit_max_ttl: 0 });
    const own = { token: token.client_token, increment: "9h" };
    const renewed = await bed().root.send("POST", "auth/token/renew", { body: own });
    expect(renewed.body.auth).toMatchObject({ lease_duration: 3600 });
  });

  test.each<[string, object, number]>([
    ["ci", { policies: ["root"] }, 400],
    ["ci", { policies: ["batch"] }, 400],
    ["ci", { policies: ["web", "security-admin"] }, 400],
    ["ci", { period: "1h" }, 400],
    ["ci", { id: "chosen" }, 400],
    ["ci", { entity_alias: "dave" }, 400],
    ["batch", {}, 403],
    ["batch", { ttl: "720h" }, 403],
    ["batch", { ttl: "30m", policies: ["root"] }, 400],
    ["tenant-vault-first-login-users-bob", { entity_alias: "bob" }, 403],
    ["unknown", {}, 403],
  ])("%s with %j is refused", async (tokenRole, body, status) => {
    expect(await attempt(creator, `POST auth/token/create/${tokenRole}`, body)).toBe(status);
  });

  test.each([
    ["POST auth/token/create", { policies: ["web"] }],
    ["POST auth/token/create-orphan", { policies: ["web"] }],
    ["POST auth/token/roles/ci", { allowed_policies: ["root"] }],
    ["GET auth/token/roles/ci", undefined],
  ])("the creator may not %s", async (request, body) => {
    expect(await attempt(creator, request, body)).toBe(403);
  });

  test("a token that is no orphan ends with its creator's", async () => {
    const { client_token: child } = await create("ci");
    const { client_token: batch } = await create("batch", { ttl: "1800" });
    await creator.send("POST", "auth/token/revoke-self", {});
    expect(await reads(child)).toBe(403);
    expect(await reads(batch)).toBe(200);
  });
}
