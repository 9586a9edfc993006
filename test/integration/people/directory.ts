import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { blocksOf, GuideCommands } from "../../../lab/guide-commands";
import { obtainLdapVaultServer } from "../../../lab/tools/vault-server";
import { attempt } from "../support/attempts";
import { runInTerminal } from "../support/terminal";
import { BIND, groupDn, passwordOf, personDn, type DirectoryBed } from "./directory-bed";
import type { Login, PeopleBed } from "./people-bed";

/** Tests of people whose passwords and groups are in a directory. */
export function testDirectory(people: () => PeopleBed): void {
  const bed = (): DirectoryBed => people().directory;

  const answerTo = async (
    name: string,
    password: string,
  ): Promise<{ status: number; auth?: Login; errors: string }> => {
    // Vault answers 500 where OpenBao answers 400.
    const path = `auth/ldap/login/${encodeURIComponent(name)}`;
    const { status, body } = await bed()
      .client()
      .send("POST", path, { body: { password }, accept: [400, 403, 500] });
    return { status, auth: body.auth as Login | undefined, errors: JSON.stringify(body.errors) };
  };
  const logIn = async (name: string, password = passwordOf(name)): Promise<Login> => {
    const { auth, errors } = await answerTo(name, password);
    if (auth === undefined) throw new Error(`${name} is refused: ${errors}`);
    return auth;
  };
  const reads = async ({ client_token }: Login): Promise<number[]> => {
    const client = bed().client(client_token);
    return [await attempt(client, "GET kv/data/web/db"), await attempt(client, "GET kv/data/batch/db")];
  };
  const leave = (name: string, group: string, change = "delete"): Promise<void> =>
    bed().ldap.modify(`dn: ${groupDn(group)}\nchangetype: modify\n${change}: member\nmember: ${personDn(name)}\n`);

  beforeAll(async () => {
    for (const path of ["web/db", "batch/db"])
      await bed().root.send("POST", `kv/data/${path}`, { body: { data: { password: "x" } } });
  });

  test("have the policies of their groups, under one identity however they type their name", async () => {
    const alice = await logIn("alice");
    expect(alice).toMatchObject({ token_policies: ["default"], identity_policies: ["web"], lease_duration: 3600 });
    expect(await reads(alice)).toEqual([200, 403]);
    expect(await reads(await logIn("carol"))).toEqual([200, 200]);
    for (const name of ["ALICE", "alice "])
      expect(await logIn(name, passwordOf("alice"))).toMatchObject({ entity_id: alice.entity_id });
  });

  test("may do nothing if they are in none of the groups", async () => {
    const bob = await logIn("bob");
    expect(bob).toMatchObject({ policies: ["default"] });
    expect(await reads(bob)).toEqual([403, 403]);
  });

  test.each([
    ["a wrong password", "alice", "wrong"],
    ["no password", "alice", ""],
    ["an account outside userDn", "mallory", passwordOf("mallory")],
    ["an unknown name", "nobody", "x"],
    ["a pattern", "alic*", passwordOf("alice")],
    ["another filter", "alice)(uid=*", passwordOf("alice")],
  ])("are refused with %s", async (_case, name, password) => {
    const { status, errors } = await answerTo(name, password);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(errors).toMatch(/failed to bind as user|password cannot be of zero length|invalid|missing/);
  });

  test("lose the policies of a group at the next renewal or login, with former tokens, too", async () => {
    const [renewed, former] = [await logIn("alice"), await logIn("carol")];
    await leave("alice", "developers");
    await leave("carol", "developers");
    expect(await reads(renewed)).toEqual([200, 403]);
    await bed().client(renewed.client_token).send("POST", "auth/token/renew-self");
    expect(await reads(renewed)).toEqual([403, 403]);
    const next = await logIn("carol");
    for (const token of [former, next]) expect(await reads(token)).toEqual([403, 200]);
    await leave("alice", "developers", "add");
    expect(await reads(await logIn("alice"))).toEqual([200, 403]);
  });

  test("are not asked for a password without TLS, or by another directory", async () => {
    const { body } = await bed().root.send("GET", "auth/ldap/config");
    const config = body.data as Record<string, unknown>;
    expect(config).toMatchObject({ starttls: true, insecure_tls: false, deny_null_bind: true });
    const change = async (changes: object): Promise<number> => {
      await bed().root.send("POST", "auth/ldap/config", { body: changes });
      return (await answerTo("alice", passwordOf("alice"))).status;
    };
    const { url, certificate } = config;
    const [, startTls] = bed().urls;
    expect(await change({ url: startTls })).toBe(200);
    expect(await change({ starttls: false })).toBeGreaterThanOrEqual(400);
    expect(await change({ starttls: true, certificate: "" })).toBeGreaterThanOrEqual(400);
    expect(await change({ url, certificate })).toBe(200);
  });

  test("the password of the account that searches is in no file of Terraform, and nobody reads it", async () => {
    const { state } = people();
    expect(state).toContain("bindpass_wo_version");
    expect(state).not.toContain(BIND.password);
    people().secrets.add(BIND.password);
    const { body } = await bed().root.send("GET", "auth/ldap/config");
    expect(JSON.stringify(body)).not.toContain(BIND.password);
  });

  test("log in as the guide says", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tenant-vault-guide-"));
    const guide = people().guide("customer10/directory");
    const { program } = await obtainLdapVaultServer();
    const environment = { CURL_CA_BUNDLE: people().bed.caFile };
    const commands = new GuideCommands({ guide, folder, program, scripts: {}, environment });
    const section = guide.sections.find(({ title }) => title === "The role `web`");
    const [block] = blocksOf(section ?? { title: "", level: 3, parts: [] });
    if (block === undefined) throw new Error("The block is missing.");
    const { command, env } = commands.prepare(block, { words: { NAME: "alice" } });
    const typed = [{ to: "hidden", type: `${passwordOf("alice")}\n` }];
    const { code, shown } = await runInTerminal(command, env, typed);
    rmSync(folder, { recursive: true });
    expect(code, shown).toBe(0);
    expect(shown).toContain('"web"');
  });
}
