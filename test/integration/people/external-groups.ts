import { expect, test } from "vitest";
import { attempt } from "../support/attempts";
import type { Claims } from "../support/token-issuer";
import type { Login, PeopleBed } from "./people-bed";

/** Role at which people of all external groups log in. */
const ROLE = "tenant-vault-groups";

/** Tests of people whose groups another provider of identities tells at each login. */
export function testExternalGroups(bed: () => PeopleBed): void {
  const logIn = async (sub: string, groups: readonly string[]): Promise<Login> => {
    const { auth } = await bed().logInByOidc(ROLE, { sub, groups });
    return auth as Login;
  };
  const reads = ({ client_token }: Login, path: string): Promise<number> =>
    attempt(bed().client(client_token), `GET kv/data/${path}`);

  test("have the policies of their groups, and lose those of a group at the next login, with former tokens, too", async () => {
    const [dora, eve] = [await logIn("dora", ["readers", "staff"]), await logIn("eve", ["readers"])];
    expect(dora).toMatchObject({ token_policies: ["default"], identity_policies: ["web"], lease_duration: 3600 });
    expect([await reads(dora, "web/db"), await reads(dora, "batch/db")]).toEqual([200, 403]);
    const moved = await logIn("dora", ["/acme/reports"]);
    expect(moved).toMatchObject({ token_policies: ["default"], identity_policies: ["reports"] });
    for (const token of [dora, moved])
      expect([await reads(token, "web/db"), await reads(token, "batch/db")]).toEqual([403, 200]);
    // Others stay members.
    expect(await reads(eve, "web/db")).toBe(200);
    const both = await logIn("dora", ["/acme/reports", "readers"]);
    expect([await reads(both, "web/db"), await reads(both, "batch/db")]).toEqual([200, 200]);
  });

  test("cannot renew a token, which would make them members again of the groups of its login", async () => {
    const former = await logIn("dora", ["readers"]);
    await logIn("dora", ["/acme/reports"]);
    expect(await attempt(bed().client(former.client_token), "POST auth/token/renew-self")).toBe(400);
    expect([await reads(former, "web/db"), await reads(former, "batch/db")]).toEqual([403, 200]);
  });

  test("keep what they may if their next login is refused, until their tokens expire or they are disabled", async () => {
    const former = await logIn("fay", ["readers"]);
    // Keycloak leaves the claim out for a person without groups.
    for (const claims of [{ sub: "fay", groups: ["staff"] }, { sub: "fay" }] as Claims[])
      expect(await bed().logInByOidc(ROLE, claims)).toMatchObject({ status: 400 });
    expect(await reads(former, "web/db")).toBe(200);
    await bed().root.send("POST", `identity/entity/id/${former.entity_id}`, { body: { disabled: true } });
    expect(await reads(former, "web/db")).toBe(403);
  });

  test("are members of none after a login at a role, until the next one without", async () => {
    const former = await logIn("eve", ["readers"]);
    expect(await bed().logInByOidc("web", { sub: "eve", groups: ["developers"] })).toMatchObject({ status: 200 });
    expect(await reads(former, "web/db")).toBe(403);
    await logIn("eve", ["readers"]);
    expect(await reads(former, "web/db")).toBe(200);
  });

  test("are refused if they are in none of the groups", async () => {
    for (const groups of [[], ["staff"], ["Readers"], ["readers,/acme/reports"]])
      expect(await bed().logInByOidc(ROLE, { sub: "mallory", groups })).toMatchObject({ status: 400 });
  });

  test("need not choose a role", async () => {
    expect(await bed().logInByOidc("", { sub: "eve", groups: ["readers"] })).toMatchObject({ status: 200 });
  });
}
