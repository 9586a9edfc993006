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
}
