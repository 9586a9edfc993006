import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { blocksOf, GuideCommands } from "../../../lab/guide-commands";
import { obtainVaultServer } from "../../../lab/tools/vault-server";
import { attempt } from "../support/attempts";
import { runInTerminal } from "../support/terminal";
import type { Login, PeopleBed } from "./people-bed";
import { invite, PASSWORD, person, unwrap } from "./users";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PERIOD = 30_000;
const REFUSED = "failed to satisfy enforcement tenant-vault-mfa-userpass";

/**
 * The code that an authenticator app shows, by RFC 6238.
 *
 * @param later Number of periods from now. The server accepts those next to the present one.
 */
function codeOf(url: string, later = 0): string {
  const secret = new URL(url).searchParams.get("secret") ?? "";
  const bits = Array.from(secret, (each) => BASE32.indexOf(each).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / PERIOD) + later));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** What the server answers to a password that is right. */
interface Halfway {
  readonly client_token: string;
  readonly mfa_requirement: {
    readonly mfa_request_id: string;
    readonly mfa_constraints: Readonly<Record<string, { readonly any: readonly { readonly id: string }[] }>>;
  };
}

/** Tests of people who need a code of an authenticator app: those of the group `auditors`. Carol is an admin of users. */
export function testMfa(people: () => PeopleBed): void {
  let carol = "";
  let url = "";

  beforeAll(async () => {
    ({ client_token: carol } = await person(people(), "carol", "admins"));
  });

  async function command(...args: readonly string[]): Promise<string> {
    const environment = { ...people().bed.environment(), VAULT_TOKEN: carol };
    const { code, stdout, stderr } = await people().bed.run(["user", ...args], environment);
    expect(code, stderr).toBe(0);
    return stdout;
  }

  /** Remembers that no file may contain the second factor. */
  function known(address: string): string {
    const secret = new URL(address).searchParams.get("secret") ?? "";
    expect(secret).toHaveLength(32);
    people().secrets.add(secret);
    return address;
  }

  /** The address that a person unwraps, for the app. */
  async function secondFactor(user: string): Promise<string> {
    const { body } = await people()
      .client((await command("mfa", user)).trim())
      .send("POST", "sys/wrapping/unwrap");
    return known((body.data as { url: string }).url);
  }

  async function sendPassword(user: string): Promise<Halfway> {
    return (await people().logIn(`userpass/login/${user}`, { password: PASSWORD })) as unknown as Halfway;
  }

  /** Logs in with a code. @returns The login, or the errors of the refusal. */
  async function logIn(user: string, code: string): Promise<Login | string> {
    const { mfa_requirement: required } = await sendPassword(user);
    const [method = ""] = Object.values(required.mfa_constraints).flatMap(({ any }) => any.map(({ id }) => id));
    const { status, body } = await people()
      .client()
      .send("POST", "sys/mfa/validate", {
        body: { mfa_request_id: required.mfa_request_id, mfa_payload: { [method]: [code] } },
        accept: [400, 403],
      });
    return status === 200 ? (body.auth as Login) : JSON.stringify(body.errors);
  }

  test("a first login chooses the password; without a second factor the password gives no token", async () => {
    expect(await command("list")).toContain("judy: needs a second factor\n");
    const first = people().client(await unwrap(people(), await command("add", "judy")));
    const password = { password: PASSWORD };
    expect(await attempt(first, "POST auth/userpass/users/judy/password", password)).toBe(204);
    expect((await sendPassword("judy")).client_token).toBe("");
    expect(await logIn("judy", "000000")).toContain(REFUSED);
  });

  test("a second factor is handed over, once; then its code gives a token, once, and no other code does", async () => {
    const wrapping = people().client((await command("mfa", "judy")).trim());
    const { body } = await wrapping.send("POST", "sys/wrapping/unwrap");
    url = known((body.data as { url: string }).url);
    expect(url).toMatch(/^otpauth:\/\/totp\/customer10%20main:[\w-]+\?algorithm=SHA1&digits=6&/);
    expect(await attempt(wrapping, "POST sys/wrapping/unwrap")).toBe(400);
    const code = codeOf(url);
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
    expect(await logIn("judy", wrong)).toContain(REFUSED);
    expect(await logIn("judy", code)).toMatchObject({ identity_policies: ["auditor"] });
    expect(await logIn("judy", code)).toContain(REFUSED);
    expect(await logIn("judy", codeOf(url, 1))).toMatchObject({ identity_policies: ["auditor"] });
  });

  test("another one voids the former", async () => {
    const former = await secondFactor("judy");
    url = await secondFactor("judy");
    expect(await logIn("judy", codeOf(former))).toContain(REFUSED);
    const { client_token } = (await logIn("judy", codeOf(url))) as Login;
    expect(await attempt(people().client(client_token), "GET kv/data/web/db")).toBe(200);
  });

  test("a reset of the password leaves the second factor", async () => {
    const first = people().client(await unwrap(people(), await command("reset", "judy")));
    await first.send("POST", "auth/userpass/users/judy/password", { body: { password: PASSWORD } });
    expect(await logIn("judy", codeOf(url, 1))).toMatchObject({ identity_policies: ["auditor"] });
  });

  test("people in other groups, programs and the hook log in without one", async () => {
    expect((await person(people(), "ivan", "users")).client_token).not.toBe("");
    const role = "auth/approle/role/worker";
    const { role_id } = (await people().root.send("GET", `${role}/role-id`)).body.data as { role_id: string };
    const { secret_id } = (await people().root.send("POST", `${role}/secret-id`)).body.data as { secret_id: string };
    expect((await people().logIn("approle/login", { role_id, secret_id })).client_token).not.toBe("");
    const { body } = await people().root.send("GET", "identity/mfa/login-enforcement/tenant-vault-mfa-userpass");
    expect(body.data).toMatchObject({ auth_method_accessors: [], auth_method_types: [], identity_entity_ids: [] });
  });

  test("the guide leads a person from the first token to a login with a code", async () => {
    const guide = people().guide();
    const folder = mkdtempSync(join(tmpdir(), "tenant-vault-guide-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { program } = await obtainVaultServer();
    const environment = { CURL_CA_BUNDLE: people().bed.caFile };
    const commands = new GuideCommands({ guide, folder, program, environment });
    const section = guide.sections.find(({ title }) => title === "The role `auditor`");
    const found = blocksOf(section ?? { title: "", level: 2, parts: [] });
    const [first, factor, logInBlock, change] = found;
    if (first === undefined || factor === undefined || logInBlock === undefined || change === undefined)
      throw new Error("A block is missing.");
    expect(found).toHaveLength(4);
    const words = { NAME: "ken" };
    await commands.enter(first, { words, typed: `${await invite(people(), "ken", "users")}\n${PASSWORD}\n` });
    commands.logOut();
    const shown = await commands.enter(factor, { words, typed: await command("mfa", "ken") });
    const prepared = commands.prepare(logInBlock, { words });
    const terminal = await runInTerminal(prepared.command, prepared.env, [
      { to: "hidden", type: `${PASSWORD}\n` },
      { to: "passphrase", type: `${codeOf(shown.trim())}\n` },
    ]);
    expect(terminal.code, terminal.shown).toBe(0);
    await commands.enter(change, { words, typed: "another password\n" });
  });
}
