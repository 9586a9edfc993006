import { join } from "node:path";
import { expect, test } from "vitest";
import { blocksOf, GuideCommands } from "../../../lab/guide-commands";
import { obtainVaultServer } from "../../../lab/tools/vault-server";
import { guideOf } from "../../../src/guide/guide";
import type { Block } from "../../../src/guide/section";
import type { VaultClient } from "../../../src/vault/client";
import type { Login } from "../people/people-bed";
import { chooseFirstPassword, logIn, PASSWORD, person, type PeopleServer } from "../people/users";
import { attempt } from "../support/attempts";
import { runInTerminal } from "../support/terminal";
import type { SharedBed } from "./shared-bed";

/** Tests of people: alice is a developer, carol an admin of users, dave one of security, and judy needs a second factor. */
export function testPeople(shared: SharedBed): void {
  test("people log in to the namespace, and admins of users hand logins and second factors over in it", async () => {
    const { bed, server } = shared;
    const namespace = "customer20.main";
    const client = (token?: string): VaultClient => server.client(token, namespace);
    const people: PeopleServer = {
      client,
      root: await shared.rootOf("customer20"),
      logIn: async (path, body) => (await client().send("POST", `auth/${path}`, { body })).body.auth as Login,
    };
    const carol = await person(people, "carol", "admins");
    const user = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await bed.run(["user", ...args], {
        ...bed.environment(),
        VAULT_ADDR: server.address,
        VAULT_NAMESPACE: namespace,
        VAULT_TOKEN: carol.client_token,
      });
      expect(code, stderr).toBe(0);
      return stdout;
    };
    const alice = await chooseFirstPassword(people, "alice", await user("add", "alice"));
    expect(alice).toMatchObject({ identity_policies: ["web"] });
    expect(await attempt(people.client(alice.client_token), "GET kv/data/app/x")).toBe(200);

    await user("disable", "alice");
    expect(await attempt(people.client(alice.client_token), "GET kv/data/app/x")).toBe(403);
    await user("enable", "alice");
    for (let failure = 0; failure < 5; failure++)
      await attempt(people.client(), "POST auth/userpass/login/alice", { password: "wrong" });
    expect(await user("list")).toContain("alice: locked out");
    await user("enable", "alice");
    await logIn(people, "alice");
    await chooseFirstPassword(people, "alice", await user("reset", "alice"));

    expect(await user("mfa", "judy")).toMatch(/\S/);
    const dave = people.client((await person(people, "dave", "admins")).client_token);
    const assign = "POST identity/group/name/developers";
    expect(await attempt(dave, assign, { policies: "web" })).toBe(204);
    expect(await attempt(dave, assign, { policies: "user-admin" })).toBe(403);
    expect(await attempt(dave, "POST auth/userpass/users/alice", { password: "known" })).toBe(403);
  }, 60_000);

  test("what the guide says about the namespace is right", async () => {
    const { bed, guided } = shared;
    if (guided === undefined) throw new Error("The stack says nothing about the instance.");
    const guide = guideOf(guided, { instance: "customer20/main", caCertificate: bed.authority.certificate });
    const folder = join(bed.folder, "guide");
    const { program } = await obtainVaultServer();
    const commands = new GuideCommands({ guide, folder, program, environment: { CURL_CA_BUNDLE: bed.caFile } });
    const blocks = (title: string): Block[] => {
      // Both roles may do something there; the one of the people is the last one.
      const section = guide.sections.findLast((each) => each.title === title);
      return section === undefined ? [] : blocksOf(section).filter(({ language }) => language === "sh");
    };
    const logIn = blocks("The role `web`").find(({ text }) => text.includes("login") && !text.includes("unwrap"));
    if (logIn === undefined) throw new Error("The block is missing.");
    const { command, env } = commands.prepare(logIn, { words: { NAME: "alice" } });
    const { code, shown } = await runInTerminal(command, env, [{ to: "hidden", type: `${PASSWORD}\n` }]);
    expect(code, shown).toBe(0);
    const reading = blocks("Secrets below `kv/app`").filter(({ text }) => /kv get|kv\/data/.test(text));
    expect(reading).toHaveLength(2);
    for (const block of reading)
      expect(await commands.enter(block, { words: { SECRET: "x" } })).toMatch(/secret"?[: ]+"?kept/);
  });
}
