import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { blocksOf, GuideCommands } from "../../../lab/guide-commands";
import { obtainVaultServer } from "../../../lab/tools/vault-server";
import type { Block } from "../../../src/guide/section";
import type { VaultClient } from "../../../src/vault/client";
import { attempt } from "../support/attempts";
import { AUDIENCE, type PeopleBed } from "./people-bed";

const ROLE = "auth/approle/role";
const JOB = { sub: "a", aud: AUDIENCE, project_id: "46", ref: "main", ref_type: "branch", ref_protected: "true" };

/** Tests of secret IDs that the role `pipeline` creates, and of programs to which it hands them over. */
export function testSecretIds(bed: () => PeopleBed): void {
  let pipeline: VaultClient;

  beforeAll(async () => {
    const { client_token } = await bed().logIn("gitlab/login", { role: "pipeline", jwt: bed().issuer.token(JOB) });
    pipeline = bed().client(client_token);
  });

  /** Creates a secret ID. @returns The status, and the wrapping token. */
  async function create(role: string, body: object = {}, wrapTtl = 60) {
    const accept = [400, 403, 500];
    const { status, body: answer } = await pipeline.send("POST", `${ROLE}/${role}/secret-id`, {
      body,
      wrapTtl,
      accept,
    });
    return { status, wrapping: (answer.wrap_info as { token: string } | undefined)?.token ?? "" };
  }

  async function unwrap(wrapping: string): Promise<string> {
    const { body } = await bed().client(wrapping).send("POST", "sys/wrapping/unwrap");
    const { secret_id } = body.data as { secret_id: string };
    bed().secrets.add(secret_id);
    return secret_id;
  }

  async function credentials(role: string, secret_id: string) {
    const { body } = await bed().root.send("GET", `${ROLE}/${role}/role-id`);
    return { ...(body.data as { role_id: string }), secret_id };
  }

  test("the guide has the commands of both sides, and each works as it is written", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tenant-vault-secret-ids-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const guide = bed().guide();
    const { program } = await obtainVaultServer();
    const environment = { CURL_CA_BUNDLE: bed().bed.caFile };
    const commands = new GuideCommands({ guide, folder, program, environment });
    const blocks = (title: string): Block[] =>
      guide.sections
        .filter((section) => section.title === title)
        .flatMap(blocksOf)
        .filter(({ language }) => language === "sh");
    const [asJob] = blocks("The role `pipeline`");
    const [make, makeByCurl, list, listByCurl, ...byAccessor] = blocks("Secret IDs of the role `machine`");
    const [unwrapped, unwrappedByCurl, logIn, logInByCurl] = blocks("The role `machine`");
    const { role_id: ROLE_ID } = await credentials("machine", "");
    const enter = async (block: Block | undefined, entry = {}): Promise<string> =>
      commands.enter(block as Block, entry);
    for (const [created, opened, entered] of [
      [make, unwrapped, logIn],
      [makeByCurl, unwrappedByCurl, logInByCurl],
    ]) {
      await enter(asJob, { variables: { ID_TOKEN: bed().issuer.token(JOB) } });
      const typed = `${(await enter(created)).trim()}\n`;
      commands.logOut();
      const path = "auth/approle/role/machine/secret-id";
      expect(await enter(opened, { typed })).toContain(path);
      expect(statSync(join(folder, "customer10-main-machine-secret-id")).mode & 0o777).toBe(0o600);
      // A wrapping that was used shows no path, and the file stays as it is.
      expect(await enter(opened, { typed })).not.toContain(path);
      await enter(entered, { words: { ROLE_ID } });
      commands.logOut();
    }
    await enter(asJob, { variables: { ID_TOKEN: bed().issuer.token(JOB) } });
    // Those that were used are gone.
    await create("machine");
    await create("machine");
    const accessors = (await enter(list)).match(/[\w-]{36}/g) ?? [];
    expect(accessors).toHaveLength(2);
    expect(await enter(listByCurl)).toContain(accessors[0]);
    const [lookUp, lookUpByCurl, destroy, destroyByCurl, ...others] = byAccessor;
    expect(others).toEqual([]);
    for (const [ACCESSOR, found, destroyed] of [
      [accessors[0], lookUp, destroy],
      [accessors[1], lookUpByCurl, destroyByCurl],
    ] as const) {
      expect(await enter(found, { words: { ACCESSOR } })).toContain("creation_time");
      await enter(destroyed, { words: { ACCESSOR } });
    }
  });

  test("a secret ID is unwrapped once, logs in as often as it may, and so is its token used", async () => {
    const { wrapping } = await create("machine");
    const login = await credentials("machine", await unwrap(wrapping));
    expect(await attempt(bed().client(wrapping), "POST sys/wrapping/unwrap")).toBe(400);
    const { client_token, policies, num_uses } = await bed().logIn("approle/login", login);
    expect({ policies, num_uses }).toEqual({ policies: ["default", "machine"], num_uses: 2 });
    expect(await bed().refused("approle/login", login)).toContain("invalid");
    const machine = bed().client(client_token);
    const reads = async (): Promise<number> => attempt(machine, "GET kv/data/web/db");
    expect([await reads(), await reads(), await reads()]).toEqual([200, 200, 403]);
  });

  test("the maker of a secret ID does not get it unwrapped", async () => {
    expect(await attempt(pipeline, `POST ${ROLE}/machine/secret-id`)).toBe(403);
    expect(await create("machine", {}, 59)).toMatchObject({ status: 403 });
    expect(await create("machine", {}, 60)).toMatchObject({ status: 200 });
  });

  test.each([
    ["machine", { num_uses: 2 }],
    ["machine", { num_uses: 0 }],
    ["machine", { ttl: "721h" }],
    ["remote", { cidr_list: ["0.0.0.0/0"] }],
    ["remote", { token_bound_cidrs: ["127.0.0.1/32"] }],
  ])("no secret ID of %s is made with more than the role has: %j", async (role, body) => {
    expect((await create(role, body)).status).not.toBe(200);
  });

  test.each([
    ["POST auth/approle/role/batch/secret-id", {}],
    ["LIST auth/approle/role/batch/secret-id", undefined],
    ["POST auth/approle/role/machine/custom-secret-id", { secret_id: "known" }],
    ["POST auth/approle/role/machine/secret-id-num-uses", { secret_id_num_uses: 9 }],
    ["POST auth/approle/role/machine", { token_policies: ["root"] }],
    ["GET auth/approle/role/machine", undefined],
    ["DELETE auth/approle/role/machine", undefined],
    ["GET kv/data/web/db", undefined],
  ])("the maker of secret IDs may not %s", async (request, body) => {
    expect(await attempt(pipeline, request, body)).toBe(403);
  });

  test("a secret ID is refused from another network than that of its role", async () => {
    const { wrapping } = await create("remote");
    const login = await credentials("remote", await unwrap(wrapping));
    expect(await bed().refused("approle/login", login)).toMatch(/source address|unauthorized/);
  });

  test("a stolen wrapping is noticed, and the secret ID in it destroyed", async () => {
    const { body: before } = await pipeline.send("LIST", `${ROLE}/machine/secret-id`, { accept: [404] });
    const { wrapping } = await create("machine");
    const stolen = await credentials("machine", await unwrap(wrapping));
    expect(await attempt(bed().client(wrapping), "POST sys/wrapping/unwrap")).toBe(400);
    const { body: after } = await pipeline.send("LIST", `${ROLE}/machine/secret-id`);
    const keys = ({ data }: typeof after): string[] => (data as { keys?: string[] } | undefined)?.keys ?? [];
    const [accessor = "", ...others] = keys(after).filter((each) => !keys(before).includes(each));
    expect(others).toEqual([]);
    const body = { secret_id_accessor: accessor };
    const { body: found } = await pipeline.send("POST", `${ROLE}/machine/secret-id-accessor/lookup`, { body });
    expect(found.data).toMatchObject({ secret_id_num_uses: 1 });
    await pipeline.send("POST", `${ROLE}/machine/secret-id-accessor/destroy`, { body });
    expect(await bed().refused("approle/login", stolen)).toContain("invalid");
  });
}
