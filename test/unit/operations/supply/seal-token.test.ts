import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { REPLACED_AT } from "../../../../src/contract/annotations";
import { SealTokenSecret } from "../../../../src/operations/supply/seal-token";
import { KubernetesApi } from "../../../support/kubernetes-api";
import { FakeVault } from "../../../support/vault-api";

/** A week in seconds, and a clock that stands still. */
const PERIOD = 604_800;
const CLOCK = { now: () => 0, date: () => new Date(0), sleep: () => Promise.resolve() };

let api: KubernetesApi;
let central: FakeVault;
let secret: SealTokenSecret;
/** Seconds that each token has left. */
let ttls: Record<string, number>;
/** Whether look-ups tell what was before a renewal, and whether they know no token. */
let stale: boolean;
let unknown: boolean;

beforeEach(async () => {
  ttls = {};
  stale = unknown = false;
  api = await KubernetesApi.start();
  central = await FakeVault.start(({ path, headers }) => {
    const token = String(headers["x-vault-token"]);
    if (path === "auth/token/create/seal") {
      ttls.made = PERIOD;
      return { body: { auth: { client_token: "made" } } };
    }
    if (ttls[token] === undefined) return { status: 403 };
    if (unknown && path === "auth/token/lookup-self") return { status: 403 };
    if (path === "auth/token/renew-self") return { body: { auth: { lease_duration: (ttls[token] = PERIOD) } } };
    const ttl = stale ? 1 : ttls[token];
    return { body: { data: { ttl, period: PERIOD, creation_ttl: PERIOD } } };
  });
  secret = SealTokenSecret.of(api.client, "vault", { secretName: "seal", role: "seal" });
});
afterEach(async () => {
  api.stop();
  await central.stop();
});

describe("the token of a seal", () => {
  test("is made if there is none, and no server has to be restarted for it", async () => {
    await secret.ensure(central.client("hook"), CLOCK);
    expect(api.field("seal", "token")).toBe("made");
    expect(api.annotations("seal")).toEqual({});
  });

  test("is left alone while it is valid for long enough", async () => {
    api.put("seal", { token: "kept" });
    ttls.kept = PERIOD / 2;
    await secret.ensure(central.client("hook"), CLOCK);
    expect(central.asked).toEqual(["GET auth/token/lookup-self"]);
    expect(api.field("seal", "token")).toBe("kept");
  });

  test("is renewed when less than a third of its period is left", async () => {
    api.put("seal", { token: "kept" });
    ttls.kept = PERIOD / 4;
    await secret.ensure(central.client("hook"), CLOCK);
    expect(central.asked).toContain("POST auth/token/renew-self");
    expect(api.field("seal", "token")).toBe("kept");
  });

  test("H2: is not replaced if a standby does not know of its renewal yet", async () => {
    api.put("seal", { token: "kept" });
    ttls.kept = PERIOD / 4;
    stale = true;
    await secret.ensure(central.client("hook"), CLOCK);
    expect(api.field("seal", "token")).toBe("kept");
  });

  test("H2: is not replaced if a standby does not know it yet", async () => {
    api.put("seal", { token: "kept" });
    ttls.kept = PERIOD;
    unknown = true;
    await secret.ensure(central.client("hook"), CLOCK);
    expect(api.field("seal", "token")).toBe("kept");
  });

  test("is replaced when it is not valid, and the Secret tells since when", async () => {
    api.put("seal", { token: "revoked" });
    await secret.ensure(central.client("hook"), CLOCK);
    expect(api.field("seal", "token")).toBe("made");
    expect(api.annotations("seal")).toEqual({ [REPLACED_AT]: "1970-01-01T00:00:00.000Z" });
  });

  test.each(["kept\n", "kept\u0000", "ké", ""])("is replaced when no server can send it (%j)", async (token) => {
    api.put("seal", { token });
    expect(await secret.remaining(central.client("hook"))).toBe(0);
    await secret.ensure(central.client("hook"), CLOCK);
    expect(api.field("seal", "token")).toBe("made");
    expect(api.annotations("seal")).toEqual({ [REPLACED_AT]: "1970-01-01T00:00:00.000Z" });
    // A look-up with it would say that the central Vault does not answer.
    expect(central.asked).toEqual(["POST auth/token/create/seal"]);
  });

  test("has nothing left if it is not valid, or missing", async () => {
    expect(await secret.remaining(central.client("hook"))).toBe(0);
    api.put("seal", { token: "kept" });
    expect(await secret.remaining(central.client("hook"))).toBe(0);
    ttls.kept = 7;
    expect(await secret.remaining(central.client("hook"))).toBe(7);
  });
});
