import { beforeAll, expect, test } from "vitest";
import { NO_PASSWORD } from "../../../src/contract/people";
import { attempt } from "../support/attempts";
import type { VaultClient } from "../../../src/vault/client";
import type { CommandOutcome } from "../support/command";
import type { Login, PeopleBed } from "./people-bed";

/** A server with people, or a namespace of it. */
export interface PeopleServer {
  /** A client with a token; without one nobody. */
  client(token?: string): VaultClient;
  readonly root: VaultClient;
  /** @param path Of the login, below `auth/`. */
  logIn(path: string, body: object): Promise<Login>;
  /** What must be in no file. @default - nobody looks */
  readonly secrets?: Set<string>;
}

/** What everybody chooses. */
export const PASSWORD = "correct horse battery staple";

/** What a person does who got a wrapping token: unwraps it, and chooses a password. */
export async function chooseFirstPassword(bed: PeopleServer, user: string, wrapping: string): Promise<Login> {
  const first = await unwrap(bed, wrapping);
  await bed.client(first).send("POST", `auth/userpass/users/${user}/password`, { body: { password: PASSWORD } });
  return logIn(bed, user);
}

/** What is in a wrapping. */
export async function unwrap(bed: PeopleServer, wrapping: string): Promise<string> {
  const { body } = await bed.client(wrapping.trim()).send("POST", "sys/wrapping/unwrap");
  const { client_token } = body.auth as { client_token: string };
  bed.secrets?.add(client_token);
  return client_token;
}

/** A login by password. */
export function logIn(bed: PeopleServer, user: string, password = PASSWORD): Promise<Login> {
  return bed.logIn(`userpass/login/${user}`, { password });
}

/** A first login, which root hands over, as the first admin of an instance gets it. @returns The wrapping token. */
export async function invite(bed: PeopleServer, user: string, people: "users" | "admins"): Promise<string> {
  const { body } = await bed.root.send("POST", `auth/token/create/tenant-vault-first-login-${people}-${user}`, {
    body: { entity_alias: user },
    wrapTtl: 60,
  });
  return (body.wrap_info as { token: string }).token;
}

/** A person of the tenant file who has chosen a password. */
export async function person(bed: PeopleServer, user: string, people: "users" | "admins"): Promise<Login> {
  return chooseFirstPassword(bed, user, await invite(bed, user, people));
}

/** Tests of people who log in by password. Carol is an admin of users. */
export function testUsers(bed: () => PeopleBed): void {
  let carol = "";
  const command = (args: readonly string[], token = carol): Promise<CommandOutcome> =>
    bed().bed.run(["user", ...args], { ...bed().bed.environment(), VAULT_TOKEN: token });
  const succeed = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await command(args);
    expect(code, stderr).toBe(0);
    return stdout;
  };

  beforeAll(async () => {
    ({ client_token: carol } = await person(bed(), "carol", "admins"));
  });

  test("before the first login nobody logs in, with whatever password", async () => {
    for (const password of [NO_PASSWORD, "alice"])
      expect(await bed().refused("userpass/login/alice", { password })).toContain("invalid username");
  });

  test("a first login lets its holder choose a password, once and nothing else; then the group's policies apply", async () => {
    const wrapping = await succeed("add", "alice", "--valid", "604800");
    const first = await unwrap(bed(), wrapping);
    // A longer wrapping does not extend the login.
    const { body: own } = await bed().root.send("POST", "auth/token/lookup", { body: { token: first } });
    expect((own.data as { ttl: number }).ttl).toBeLessThanOrEqual(72 * 3600);
    expect(await attempt(bed().client(wrapping.trim()), "POST sys/wrapping/unwrap")).toBe(400);
    const client = bed().client(first);
    const password = { password: PASSWORD };
    expect(await attempt(client, "POST auth/userpass/users/alice/password", password)).toBe(204);
    expect(await attempt(client, "POST auth/userpass/users/alice/password", { password: "another" })).toBe(403);
    const login = await logIn(bed(), "alice");
    expect(login).toMatchObject({
      token_policies: ["default", "tenant-vault-own-password"],
      identity_policies: ["web"],
      lease_duration: 168 * 3600,
      num_uses: 700,
    });
    const alice = bed().client(login.client_token);
    expect(await attempt(alice, "GET kv/data/web/db")).toBe(200);
    expect(await attempt(alice, "GET kv/data/batch/db")).toBe(403);
    const { body } = await alice.send("GET", "auth/token/lookup-self");
    expect(body.data).toMatchObject({ explicit_max_ttl: 8760 * 3600, period: 168 * 3600 });
  });

  test.each([
    ["GET kv/data/web/db", undefined],
    ["GET auth/token/lookup-self", undefined],
    ["POST auth/userpass/users/bob/password", { password: PASSWORD }],
    ["POST auth/userpass/users/alice/password", { password_hash: NO_PASSWORD }],
    ["POST auth/userpass/users/alice", { password: PASSWORD }],
    ["POST auth/token/create", {}],
    ["POST cubbyhole/x", { x: 1 }],
  ])("a first login is of no use for %s", async (request, body) => {
    const first = await unwrap(bed(), await invite(bed(), "alice", "users"));
    expect(await attempt(bed().client(first), request, body)).toBe(403);
  });

  test("users change their own password, and nobody else's", async () => {
    const alice = bed().client((await logIn(bed(), "alice")).client_token);
    expect(await attempt(alice, "POST auth/userpass/users/bob/password", { password: "x" })).toBe(403);
    expect(await attempt(alice, "POST auth/userpass/users/alice/password", { password: "second" })).toBe(204);
    await logIn(bed(), "alice", "second");
  });

  test("a policy names the metadata of a user, and allows nothing where there is none", async () => {
    const [alice, leo] = await Promise.all([logIn(bed(), "alice", "second"), person(bed(), "leo", "users")]);
    const write = (who: Login, team: string): Promise<number> =>
      attempt(bed().client(who.client_token), `POST kv/data/teams/${team}`, { data: { note: "mine" } });
    expect(await Promise.all([write(alice, "shop/note"), write(alice, "other/note")])).toEqual([200, 403]);
    expect(await Promise.all([write(leo, "shop/note"), write(leo, "note")])).toEqual([403, 403]);
  });

  test("a policy names the metadata of a group, and has a raw statement", async () => {
    const alice = bed().client((await logIn(bed(), "alice", "second")).client_token);
    const body = { data: { note: "of the app" } };
    expect(await attempt(alice, "POST kv/data/apps/shop/note", body)).toBe(200);
    for (const other of ["POST kv/data/apps/other/note", "POST kv/data/apps/note", "POST kv/data/projects/acme/note"])
      expect(await attempt(alice, other, body)).toBe(403);
    expect(await attempt(alice, "LIST pki/certs")).toBe(200);
    for (const other of ["GET pki/roles/web", "POST pki/roles/web", "LIST pki/roles"])
      expect(await attempt(alice, other)).toBe(403);
  });

  test("users log in from their networks, and from no others", async () => {
    const { client_token } = await person(bed(), "leo", "users");
    expect(await attempt(bed().client(client_token), "GET kv/data/web/db")).toBe(200);
    const first = bed().client(await unwrap(bed(), await invite(bed(), "bob", "users")));
    const chosen = await attempt(first, "POST auth/userpass/users/bob/password", { password: PASSWORD });
    expect(chosen).toBe(204);
    expect(await bed().refused("userpass/login/bob", { password: PASSWORD })).toContain("permission denied");
    expect(await bed().refused("userpass/login/bob", { password: "wrong" })).toContain("invalid username");
    const { body } = await bed().root.send("GET", "auth/userpass/users/bob");
    expect(body.data).toMatchObject({ token_bound_cidrs: ["192.0.2.1", "2001:db8::1"] });
  });

  test("rotate leaves the password until another one is chosen; a second one voids the first", async () => {
    const voided = bed().client(await unwrap(bed(), await succeed("rotate", "alice")));
    const wrapped = await succeed("rotate", "alice");
    const last = await succeed("rotate", "alice");
    await logIn(bed(), "alice", "second");
    expect(await attempt(bed().client(wrapped.trim()), "POST sys/wrapping/unwrap")).toBe(400);
    const password = { password: PASSWORD };
    expect(await attempt(voided, "POST auth/userpass/users/alice/password", password)).toBe(403);
    await chooseFirstPassword(bed(), "alice", last);
    expect(await bed().refused("userpass/login/alice", { password: "second" })).toContain("invalid username");
  });

  test("reset takes password and tokens away", async () => {
    // The server writes names in lower case, and keeps tokens by the name as it came.
    const before = await Promise.all(["alice", "Alice", "ALICE"].map((name) => logIn(bed(), name)));
    const wrapping = await succeed("reset", "alice");
    for (const { client_token } of before)
      expect(await attempt(bed().client(client_token), "GET kv/data/web/db")).toBe(403);
    expect(await attempt(bed().client(carol), "LIST auth/userpass/users")).toBe(200);
    expect(await bed().refused("userpass/login/alice", { password: PASSWORD })).toContain("invalid username");
    await chooseFirstPassword(bed(), "alice", wrapping);
  });

  test("disable refuses a user, its tokens and first logins; enable needs no other password", async () => {
    const { client_token } = await logIn(bed(), "alice");
    const invited = await unwrap(bed(), await succeed("rotate", "alice"));
    expect(await succeed("disable", "alice")).toBe("alice is disabled, and its tokens are revoked\n");
    expect(await succeed("list")).toContain("alice: disabled\nbob\n");
    expect(await attempt(bed().client(client_token), "GET kv/data/web/db")).toBe(403);
    expect(await attempt(bed().client(invited), "POST auth/userpass/users/alice/password", { password: "x" })).toBe(
      403,
    );
    expect(await attempt(bed().client(), "POST auth/userpass/login/alice", { password: PASSWORD })).toBe(403);
    expect(await succeed("enable", "alice")).toBe("alice is enabled\n");
    expect(await attempt(bed().client(client_token), "GET kv/data/web/db")).toBe(403);
    await logIn(bed(), "alice");
  });

  test("remove refuses a user, its tokens and first logins, and takes the password away", async () => {
    const { client_token } = await person(bed(), "leo", "users");
    const invited = await unwrap(bed(), await succeed("rotate", "leo"));
    expect(await succeed("remove", "leo")).toBe(
      "leo is disabled and has no password; remove it from the tenant file and deploy\n",
    );
    expect(await succeed("list")).toContain("leo: disabled\n");
    expect(await attempt(bed().client(client_token), "GET kv/data/web/db")).toBe(403);
    const password = { password: PASSWORD };
    expect(await attempt(bed().client(invited), "POST auth/userpass/users/leo/password", password)).toBe(403);
    await bed().refused("userpass/login/leo", password);
    // Enabling the user does not give the password back.
    await succeed("enable", "leo");
    expect(await bed().refused("userpass/login/leo", password)).toContain("invalid username");
    await succeed("remove", "leo");
  });

  test("failed logins lock a user out, and enable ends that", async () => {
    for (let failure = 0; failure < 4; failure++) await bed().refused("userpass/login/alice", { password: "wrong" });
    expect(await bed().refused("userpass/login/alice", { password: PASSWORD })).toContain("permission denied");
    expect(await succeed("list")).toContain("alice: locked out\n");
    await succeed("enable", "alice");
    await logIn(bed(), "alice");
  });

  test("refusals name the way out", async () => {
    expect((await command(["add", "mallory"])).failure).toContain(
      '[user-unknown] The instance has no user "mallory"; add it to people.users of the tenant file',
    );
    expect((await command(["reset", "dave"])).failure).toContain("[user-not-allowed] This token may not manage");
    for (const change of ["disable", "enable", "rotate", "remove"])
      expect((await command([change, "dave"])).failure).toContain("[user-not-allowed] This token may not manage");
    const { client_token } = await logIn(bed(), "alice");
    expect((await command(["disable", "bob"], client_token)).failure).toContain("[replica-denied]");
    expect((await command(["list"], "")).failure).toContain("[usage] No token for the instance at");
  });
}
