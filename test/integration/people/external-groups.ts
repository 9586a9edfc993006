import { expect, test } from "vitest";
import { attempt } from "../support/attempts";
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

  test("are refused if they are in none of the groups", async () => {
    for (const groups of [[], ["staff"], ["Readers"], ["readers,/acme/reports"]])
      expect(await bed().logInByOidc(ROLE, { sub: "mallory", groups })).toMatchObject({ status: 400 });
  });

  test("need not choose a role", async () => {
    expect(await bed().logInByOidc("", { sub: "eve", groups: ["readers"] })).toMatchObject({ status: 200 });
  });
}
