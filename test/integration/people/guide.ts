import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { blocksOf, GuideCommands } from "../../../lab/guide-commands";
import { obtainVaultServer } from "../../../lab/tools/vault-server";
import type { Guide } from "../../../src/guide/guide";
import type { Block } from "../../../src/guide/section";
import { runInTerminal } from "../support/terminal";
import { AUDIENCE, type PeopleBed } from "./people-bed";
import { invite, PASSWORD } from "./users";

const JOB = { sub: "a", ref: "refs/heads/main", environment: "production" };
const GITLAB = { sub: "a", aud: AUDIENCE, project_id: "42", ref: "main", ref_type: "branch", ref_protected: "true" };
const GITHUB = { ...JOB, repository: "acme/shop", repository_id: "7", event_name: "push" };
const POD = {
  sub: "system:serviceaccount:sample:web",
  aud: ["https://kubernetes.default.svc"],
  "kubernetes.io": { namespace: "sample", serviceaccount: { name: "web", uid: "1" } },
};

/** Tests that each login in the guide works as it is written, and what the role may do after it. */
export function testGuide(people: () => PeopleBed): void {
  const folder = mkdtempSync(join(tmpdir(), "tenant-vault-guide-"));
  let guide: Guide;
  let commands: GuideCommands;

  beforeAll(async () => {
    guide = people().guide();
    const { program } = await obtainVaultServer();
    const browser = `#!/bin/sh\nprintf %s "$1" > ${folder}/address.new && mv ${folder}/address.new ${folder}/address\n`;
    commands = new GuideCommands({
      guide,
      folder,
      program,
      scripts: { "xdg-open": browser },
      environment: { CURL_CA_BUNDLE: people().bed.caFile },
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Blocks of the logins of the role, in the part that begins so. */
  function blocks(title: string): Block[] {
    const parts = guide.sections.find((section) => section.title === "The role `web`")?.parts ?? [];
    const first = parts.findIndex((part) => typeof part === "string" && part.startsWith(`**${title}`));
    expect(first).toBeGreaterThan(-1);
    const next = parts.findIndex((part, index) => index > first && typeof part === "string" && part.startsWith("**"));
    const section = { title, level: 3 as const, parts: parts.slice(first, next === -1 ? undefined : next) };
    return blocksOf(section).filter(({ language }) => language === "sh");
  }

  /** The token of the last login reads what is granted to the role. */
  async function reads(): Promise<void> {
    const section = guide.sections.find(({ title }) => title === "Secrets below `kv/web`");
    const found = blocksOf(section ?? { title: "", level: 3, parts: [] }).filter(({ text }) =>
      /kv get|kv\/data/.test(text),
    );
    expect(found).toHaveLength(2);
    for (const block of found)
      expect(await commands.enter(block, { words: { SECRET: "db" } })).toMatch(/password"?[: ]+"?x/);
    commands.logOut();
  }

  test("has every login of the role, and no secret", () => {
    const titles = ["As a job of gitlab", "As a job of github", "As a pod", "With a TLS", "At your", "With a password"];
    for (const title of titles) expect(blocks(title)).not.toHaveLength(0);
    expect(JSON.stringify(guide)).not.toContain("secret-of-the-oidc-client");
  });

  test("logs people in by password: the first time, later, and to change it", async () => {
    const [first, logIn, change] = blocks("With a password");
    if (first === undefined || logIn === undefined || change === undefined) throw new Error("A block is missing.");
    const words = { NAME: "ivan" };
    const wrapping = await invite(people(), "ivan", "users");
    await commands.enter(first, { words, typed: `${wrapping}\n${PASSWORD}\n` });
    commands.logOut();
    const inTerminal = async (password: string): Promise<void> => {
      const { command, env } = commands.prepare(logIn, { words });
      const { code, shown } = await runInTerminal(command, env, [{ to: "hidden", type: `${password}\n` }]);
      expect(code, shown).toBe(0);
    };
    await inTerminal(PASSWORD);
    await commands.enter(change, { words, typed: "another password\n" });
    commands.logOut();
    await inTerminal("another password");
    await reads();
  });

  test("logs jobs in", async () => {
    const { issuer } = people();
    issuer.identity = GITHUB;
    const github = { ACTIONS_ID_TOKEN_REQUEST_URL: issuer.actionsUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "job" };
    for (const [title, variables] of [
      ["As a job of gitlab", { ID_TOKEN: issuer.token(GITLAB) }],
      ["As a job of github", github],
    ] as const) {
      const found = blocks(title);
      expect(found).toHaveLength(2);
      for (const block of found) {
        await commands.enter(block, { variables });
        await reads();
      }
    }
  });

  test("logs pods and certificates in", async () => {
    const file = (name: string, content: string): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const { body } = await people().root.send("POST", "pki/issue/web", { body: { common_name: "web.acme.internal" } });
    const { certificate, private_key: key } = body.data as { certificate: string; private_key: string };
    const words = {
      TOKEN_FILE: file("pod-token", people().issuer.token(POD)),
      CERTIFICATE_FILE: file("web.pem", certificate),
      KEY_FILE: file("web.key", key),
    };
    for (const title of ["As a pod", "With a TLS"]) {
      const found = blocks(title);
      expect(found).toHaveLength(2);
      for (const block of found) {
        await commands.enter(block, { words });
        await reads();
      }
    }
  });

  // A role of its own, and the groups that need none.
  test.each(["developers", "readers"])(
    "logs people in at another provider of identities, as one of the %s",
    async (group) => {
      const [block] = blocks(`At your organization's login**, as a member of the group \`${group}\``);
      if (block === undefined) throw new Error("The block is missing.");
      const entered = commands.enter(block);
      const address = join(folder, "address");
      await expect.poll(() => existsSync(address), { timeout: 10_000 }).toBe(true);
      const { searchParams } = new URL(readFileSync(address, "utf8"));
      rmSync(address);
      const [state = "", nonce = "", callback = ""] = ["state", "nonce", "redirect_uri"].map(
        (name) => searchParams.get(name) ?? "",
      );
      people().issuer.identity = { sub: "1", groups: [group], nonce };
      expect((await fetch(`${callback}?state=${state}&code=a`)).status).toBe(200);
      await entered;
      await reads();
    },
  );

  test("writes to a folder of the person alone, and every login was run", async () => {
    const { issuer } = people();
    const [logIn] = blocks("As a job of gitlab");
    if (logIn === undefined) throw new Error("The block is missing.");
    await commands.enter(logIn, { variables: { ID_TOKEN: issuer.token(GITLAB) } });
    const own = guide.sections.find(({ title }) => title.startsWith("Secrets below `kv/people/"));
    const tasks = blocksOf(own ?? { title: "", level: 3, parts: [] });
    expect(tasks.length).toBeGreaterThan(10);
    // What is listed must be there.
    for (const block of [...tasks.slice(2), ...tasks.slice(0, 2)])
      await commands.enter(block, { words: { SECRET: "note" }, typed: "mine\n" });
    const left = commands.left.filter((block) => isOfRole(guide, block));
    expect(left.map(({ text }) => text)).toEqual([]);
  });
}

/** Whether a block is about the logins of the role. */
function isOfRole({ sections }: Guide, block: Block): boolean {
  return sections.find(({ title }) => title === "The role `web`")?.parts.includes(block) ?? false;
}
