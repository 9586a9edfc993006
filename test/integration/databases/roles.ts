import { expect, test } from "vitest";
import { waitUntil } from "../../../lab/wait";
import { Secret } from "../../../src/core/secret";
import { attempt } from "../support/attempts";
import type { DatabaseBed } from "./database-bed";
import { AUDIENCE } from "./tenant";

/** Roles for programs: one for a user that exists already, and one that the owners of a project requested for its jobs. */
export function testRoles(bed: DatabaseBed): void {
  test("a static role logs in with the password of the instance, and after a rotation with another one", async () => {
    const web = await (await bed.instance()).client("web");
    const credentials = async (): Promise<{ username: string; password: string }> =>
      (await web.send("GET", "database/orders/static-creds/batch")).body.data as { username: string; password: string };
    const canLogIn = (secret: string): Promise<boolean> => bed.lab.postgresql.canLogIn("batch_user", secret, "orders");
    const before = await credentials();
    expect(before.username).toBe("batch_user");
    expect([await canLogIn(before.password), await canLogIn("first")]).toEqual([true, false]);
    await bed.operator.send("POST", "database/orders/rotate-role/batch");
    const after = await credentials();
    expect([await canLogIn(after.password), await canLogIn(before.password)]).toEqual([true, false]);
    const comment = "SELECT shobj_description(oid, 'pg_authid') AS text FROM pg_roles WHERE rolname = 'batch_user'";
    expect(await bed.administer("orders", comment)).toEqual([{ text: "changed by the instance" }]);
  });

  test("a job of a project draws what its owners requested, for an hour at most; it ends with the job's token", async () => {
    const claims = {
      sub: "a",
      aud: AUDIENCE,
      project_id: "44",
      ref: "main",
      ref_type: "branch",
      ref_protected: "true",
    };
    const jwt = bed.issuer?.token(claims);
    const { body } = await bed.operator.send("POST", "auth/gitlab/login", { body: { role: "request-shop-web", jwt } });
    const { client_token, lease_duration } = body.auth as { client_token: string; lease_duration: number };
    expect(lease_duration).toBe(3600);
    const job = bed.operator.withToken(new Secret(client_token));
    const login = await bed.draw("database/orders", "readonly", job);
    expect(login.seconds).toBeLessThanOrEqual(3600);
    expect(await bed.query(login, "SELECT id FROM orders")).toHaveLength(1);
    expect(await attempt(job, "GET database/orders/creds/owner")).toBe(403);
    await job.send("POST", "auth/token/revoke-self");
    await waitUntil("the login is gone", async () => !(await bed.isAlive(login)));
  });

  test.each(["o'brien", "'--", `x" SUPERUSER PASSWORD 'known' --`, "$$;[]{}`\\"])(
    "what a login says of its client ends no statement: %s",
    async (sub) => {
      const policy = 'path "database/+/creds/readonly" { capabilities = ["read"] }';
      await bed.operator.send("PUT", "sys/policies/acl/named", { body: { policy } });
      const body = { role_type: "jwt", user_claim: "sub", bound_audiences: AUDIENCE, token_policies: "named" };
      await bed.operator.send("POST", "auth/gitlab/role/named", { body });
      const jwt = bed.issuer?.token({ sub, aud: AUDIENCE });
      const answer = await bed.operator.send("POST", "auth/gitlab/login", { body: { role: "named", jwt } });
      const { client_token } = answer.body.auth as { client_token: string };
      const client = bed.operator.withToken(new Secret(client_token));
      for (const mount of ["database/orders", "database/shop"]) {
        const login = await bed.draw(mount, "readonly", client);
        expect(login.username).toMatch(/^v-gitlab-[\w -]*-readonly-[A-Za-z0-9]+/);
        await bed.revoke(login);
        if (mount === "database/shop") continue;
        const left = `SELECT 1 FROM pg_roles WHERE rolname LIKE 'v-gitlab-%' OR rolname LIKE 'x%' AND rolsuper`;
        expect(await bed.administer("orders", left)).toEqual([]);
      }
    },
  );
}
