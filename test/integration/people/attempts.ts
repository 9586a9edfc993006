import { beforeAll, describe, expect, test } from "vitest";
import type { VaultClient } from "../../../src/vault/client";
import { attempt } from "../support/attempts";
import { ALL, factorOf, FIRST, MFA, PEOPLE, ROWS, TOTP, USERS, type Body, type Own, type Who } from "./attempt-rows";
import type { PeopleBed } from "./people-bed";
import { person } from "./users";

/** Attempts as everybody. */
const ATTEMPTS = ROWS.flatMap(([request, body, may = [], could = []]) =>
  ALL.map((who) => ({
    who,
    request,
    body,
    may: may.includes(who),
    could: could.includes(who),
    what: typeof body === "function" ? "with its own entity" : JSON.stringify(body ?? ""),
  })),
);

function isOwn(body: Body): body is (own: Own) => object {
  return typeof body === "function";
}

/** Tests that no admin has, or gets, what another one may. */
export function testAttempts(bed: () => PeopleBed): void {
  const clients = new Map<Who, VaultClient>();
  const own = new Map<Who, Own>();

  beforeAll(async () => {
    const { body } = await bed().root.send("GET", "sys/auth");
    const { accessor } = (body.data as Record<string, { accessor: string }>)["userpass/"] as { accessor: string };
    const read = async (path: string): Promise<Record<string, unknown>> =>
      (await bed().root.send("GET", `identity/${path}`)).body.data as Record<string, unknown>;
    const [method] = (await read(`mfa/login-enforcement/${MFA}`)).mfa_method_ids as string[];
    const [judy, grace] = await Promise.all(
      ["judy", "grace"].map(async (name) => String((await read(`entity/name/user-${name}`)).id)),
    );
    const factor = { method: method ?? "", judy: judy ?? "", grace: grace ?? "" };
    for (const who of ALL) {
      const login = await person(bed(), PEOPLE[who], who === "user" ? "users" : "admins");
      clients.set(who, bed().client(login.client_token));
      own.set(who, { entity: login.entity_id, other: "", accessor, factor });
    }
    for (const [who, other] of [
      ["user", "users"],
      ["users", "security"],
      ["security", "users"],
      ["servers", "users"],
      ["privileged", "servers"],
    ] as const)
      own.set(who, { ...(own.get(who) as Own), other: own.get(other)?.entity ?? "" });
  });

  const send = (who: Who, request: string, body: Body): Promise<number> =>
    attempt(
      clients.get(who),
      request
        .replace("/accessor/", `/${own.get(who)?.accessor ?? ""}/`)
        .replace(/\/totp\/method$/, `/totp/${own.get(who)?.factor.method ?? ""}`),
      isOwn(body) ? body(own.get(who) as Own) : body,
    );

  test("the table has enough rows", () => {
    expect(ATTEMPTS.filter(({ may, could }) => !may && !could).length).toBeGreaterThan(600);
  });

  describe("nobody gets more", () => {
    test.each(ATTEMPTS.filter(({ may, could }) => !may && !could))(
      "$who may not $request $what",
      async ({ who, request, body }) => {
        expect(await send(who, request, body)).toBe(403);
      },
    );
  });

  describe("each has what the duty takes", () => {
    test.each(ATTEMPTS.filter(({ may }) => may))("$who may $request $what", async ({ who, request, body }) => {
      expect(await send(who, request, body)).toBeLessThan(300);
    });
  });

  test.each(ATTEMPTS.filter(({ could }) => could))("$who could $request $what", async ({ who, request }) => {
    const [method = "", path = ""] = request.split(" ");
    const { body } = (await clients.get(who)?.send("POST", "sys/capabilities-self", { body: { paths: [path] } })) ?? {};
    const needed = method === "DELETE" ? "delete" : "update";
    expect((body?.data as Record<string, string[]>)[path]).toContain(needed);
  });

  test("only privileged-access hands a first login over to an admin, and nobody gets one without a wrapping", async () => {
    const wrapped = async (who: Who, role: string, user: string): Promise<number> => {
      const body = { entity_alias: user };
      const accept = [400, 403];
      return (
        (await clients.get(who)?.send("POST", `${FIRST}-${role}`, { body, wrapTtl: 60, accept })) ?? { status: 0 }
      ).status;
    };
    for (const who of ALL) {
      expect(await wrapped(who, "users-bob", "bob"), who).toBe(USERS.includes(who) ? 200 : 403);
      expect(await wrapped(who, "admins-dave", "dave"), who).toBe(who === "privileged" ? 200 : 403);
      expect(await wrapped(who, "users-bob", "dave"), who).toBe(403);
      expect(await wrapped(who, "users-bob", "Bob"), who).toBe(403);
    }
  });

  test("a second factor is handed over to whom an admin manages, wrapped", async () => {
    const wrapped = async (who: Who, whose: "judy" | "grace"): Promise<number> => {
      const body = factorOf(whose)(own.get(who) as Own);
      return (
        (await clients.get(who)?.send("POST", `${TOTP}/admin-generate`, { body, wrapTtl: 60, accept: [403] }))
          ?.status ?? 0
      );
    };
    for (const who of ALL) {
      expect(await wrapped(who, "judy"), who).toBe(USERS.includes(who) ? 200 : 403);
      expect(await wrapped(who, "grace"), who).toBe(who === "privileged" ? 200 : 403);
    }
  });
}
