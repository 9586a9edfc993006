import { beforeAll, describe, expect, test } from "vitest";
import type { VaultClient } from "../../../src/vault/client";
import type { AuthorityBed } from "./authority-bed";

/** Policies of a tree of apps and environments. */
export function testKeyValue(bed: AuthorityBed): void {
  describe("key-value", () => {
    const PATHS = ["web/web-dev", "web/web-dev/db", "web/web-prod", "billing/billing-dev"] as const;

    /** Statuses of one request for each of the paths. */
    async function statuses(client: VaultClient, method: "GET" | "POST", paths: readonly string[] = PATHS) {
      const found: number[] = [];
      for (const path of paths) {
        const body = method === "GET" ? {} : { body: { data: { password: "s" }, options: { cas: 1 } } };
        const accept = [403, 404];
        found.push((await client.send(method, `kvv2/data/company1/${path}`, { ...body, accept })).status);
      }
      return found;
    }

    /** A client whose token has the policies, as a login of people gives them. */
    async function withPolicies(...policies: readonly string[]): Promise<VaultClient> {
      const { body } = await bed.operator.send("POST", "auth/token/create", { body: { policies, ttl: "5m" } });
      const instance = await bed.instance();
      return instance.server(0).client((body.auth as { client_token: string }).client_token);
    }

    beforeAll(async () => {
      for (const path of PATHS)
        await bed.operator.send("POST", `kvv2/data/company1/${path}`, {
          body: { data: { password: "s" }, options: { cas: 0 } },
        });
    });

    test("casRequired refuses a write that names no version, also of the operator", async () => {
      const body = { data: { password: "t" } };
      expect((await bed.operator.send("POST", "kvv2/data/company1/web/web-dev", { body, accept: [400] })).status).toBe(
        400,
      );
    });

    test("the policy and the role of a user read development, and neither production nor another app", async () => {
      const instance = await bed.instance();
      for (const user of [await withPolicies("web-user"), await instance.client("reader")]) {
        expect(await statuses(user, "GET")).toEqual([200, 200, 403, 403]);
        expect(await statuses(user, "POST")).toEqual([403, 403, 403, 403]);
      }
    });

    test("administrators of an app, of an organization and of production write what is theirs", async () => {
      expect(await statuses(await withPolicies("web-admin"), "POST")).toEqual([200, 200, 403, 403]);
      const [, , production] = PATHS;
      expect(await statuses(await withPolicies("web-prod-user"), "GET", [production, PATHS[0]])).toEqual([200, 403]);
      expect(await statuses(await withPolicies("web-prod-admin"), "POST", [production, PATHS[0]])).toEqual([200, 403]);
      expect(await statuses(await withPolicies("company1-admin"), "GET")).toEqual([200, 200, 403, 200]);
    });
  });
}
