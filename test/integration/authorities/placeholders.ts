import { describe, expect, test } from "vitest";
import type { InstanceStatus } from "../../../src/operations/status/inspect";
import type { AuthorityBed } from "./authority-bed";
import { command } from "./command";

const [DEVELOPMENT, PRODUCTION, SHARED] = [
  "company1/web/web-dev/smtp",
  "company1/web/web-prod/smtp",
  "shared/payments",
] as const;

/** What the instance's people wrote; no deployment may touch it. */
const WRITTEN = { password: "written by a person" };

/** What `status` says of placeholders. */
async function unfilled(bed: AuthorityBed): Promise<readonly string[]> {
  const [status] = (await command(bed, ["status", "trust/main"])) as InstanceStatus[];
  return (status?.placeholders ?? []).map(({ path, state }) => `${path} ${state}`);
}

async function metadata(bed: AuthorityBed, path: string): Promise<unknown> {
  return ((await bed.read(`kvv2/metadata/${path}`)) as { custom_metadata: unknown }).custom_metadata;
}

async function secret(bed: AuthorityBed, path: string): Promise<unknown> {
  return ((await bed.read(`kvv2/data/${path}`)) as { data: unknown }).data;
}

/** Secrets that people fill in after a deployment. */
export function testPlaceholders(bed: AuthorityBed): void {
  describe("placeholders", () => {
    test("the deployment writes them with their owner and type, and status lists them (KeyValueProps.placeholders, KeyValueAppProps.placeholders, PlaceholderContent.type, PlaceholderContent.owner, PlaceholderHookProps.keyValues)", async () => {
      expect(await secret(bed, DEVELOPMENT)).toEqual({ password: "TBD" });
      expect(await secret(bed, SHARED)).toEqual({ key: "TBD" });
      expect(await metadata(bed, DEVELOPMENT)).toEqual({ placeholder: "TBD", owner: "mail-team", type: "password" });
      expect(await unfilled(bed)).toEqual([SHARED, DEVELOPMENT, PRODUCTION].map((path) => `kvv2/${path} TBD`));
      expect(await bed.lab.cdktf.terraform("trust-config", "state", "pull")).not.toContain('"TBD"');
    });

    test("a password is generated, and no state has it (PlaceholderContent.generatedLength)", async () => {
      const { password = "" } = (await secret(bed, "shared/session")) as { password?: string };
      expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
      expect(await metadata(bed, "shared/session")).toEqual({ placeholder: "generated", type: "password" });
      expect(await bed.lab.cdktf.terraform("trust-config", "state", "pull")).not.toContain(password);
    });

    test("a password meets its rules (PlaceholderContent.generatedRules)", async () => {
      const { password = "" } = (await secret(bed, "shared/legacy")) as { password?: string };
      expect(password).toMatch(/^(?=(.*[#!%]){2})[a-km-np-z2-9#!%]{24}$/);
      expect(await metadata(bed, "shared/legacy")).toEqual({ placeholder: "generated", type: "password" });
      expect(await bed.lab.cdktf.terraform("trust-config", "state", "pull")).not.toContain(password);
    });

    test("status stops listing what a person has filled in, and names what was deleted", async () => {
      await bed.operator.send("POST", `kvv2/data/${DEVELOPMENT}`, { body: { data: WRITTEN, options: { cas: 1 } } });
      await bed.operator.send("DELETE", `kvv2/data/${SHARED}`);
      expect(await unfilled(bed)).toEqual([`kvv2/${SHARED} deleted`, `kvv2/${PRODUCTION} TBD`]);
    });

    test("another run of the hook writes nothing, and apply may not overwrite or read one", async () => {
      const placeholders = [DEVELOPMENT, SHARED].map((path) => ({ mount: "kvv2", path, keys: ["password"] }));
      const description = JSON.stringify({ tenant: "trust", name: "main", placeholders });
      const report = await command(bed, ["placeholders", "trust/main"], { TENANT_VAULT_PLACEHOLDERS: description });
      expect(report).toEqual({ instance: "trust/main", written: [], existing: 2 });

      const { body } = await bed.operator.send("POST", "auth/token/create", {
        body: { policies: ["tenant-vault-apply"], ttl: "5m" },
      });
      const { client_token } = body.auth as { client_token: string };
      const apply = (await bed.instance()).server(0).client(client_token);
      for (const path of [DEVELOPMENT, PRODUCTION, SHARED]) {
        const request = { body: { data: {}, options: { cas: 1 } }, accept: [403] };
        expect((await apply.send("POST", `kvv2/data/${path}`, request)).status).toBe(403);
        expect((await apply.send("GET", `kvv2/data/${path}`, { accept: [403] })).status).toBe(403);
      }
      // The next deployment of the parts that follow applies it.
      bed.change('owner: "mail-team" }', 'owner: "post-team" }, { keys: ["token"], environments: ["qa"] }');
    });
  });
}

/** What a deployment of another owner and another placeholder has done. */
export function testLaterPlaceholders(bed: AuthorityBed): void {
  test("a later deployment adds one, describes the others again, and leaves every secret alone (AppPlaceholderProps.name, AppPlaceholderProps.environments, PlaceholderContent.keys)", async () => {
    expect(await secret(bed, "company1/web/web-qa")).toEqual({ token: "TBD" });
    expect(await secret(bed, DEVELOPMENT)).toEqual(WRITTEN);
    expect(await metadata(bed, DEVELOPMENT)).toEqual({ placeholder: "TBD", owner: "post-team", type: "password" });
    const { data, status } = await bed.operator
      .send("GET", `kvv2/data/${SHARED}`, { accept: [404] })
      .then(({ status: found, body }) => ({ status: found, data: (body.data as { data: unknown }).data }));
    expect([status, data]).toEqual([404, null]);
    expect(await unfilled(bed)).toEqual([
      `kvv2/${SHARED} deleted`,
      `kvv2/${PRODUCTION} TBD`,
      "kvv2/company1/web/web-qa TBD",
    ]);
  });
}
