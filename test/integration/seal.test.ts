import { afterAll, beforeAll, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import { tenantPolicyName } from "../../src/contract/central-vault";
import type { Instance } from "../../src/contract/instance";
import { tenantPolicy } from "../../src/policy/central-policies";
import { ReplicaApi } from "../../src/vault/replica";
import { all } from "../support/all";
import { attempt } from "./support/attempts";
import { TestBed } from "./support/test-bed";

let bed: TestBed;
let instance: Instance;
let servers: VaultServer[];
beforeAll(async () => {
  bed = await TestBed.start();
  ({ instance, servers } = await bed.startInstance("incident", 3));
  await bed.unseal(instance);
});
afterAll(() => bed.stop());

const TARGET = "customer10/incident";

async function states(): Promise<string[]> {
  return Promise.all(servers.map(async (server) => (await new ReplicaApi(server.client()).status()).state));
}

async function activeName(): Promise<string | undefined> {
  const leaders = await Promise.all(servers.map((server) => new ReplicaApi(server.client()).leader()));
  return servers[leaders.findIndex((leader) => leader?.isSelf)]?.name;
}

/** What the servers answer to a request by themselves, without the active one. */
async function ask(server: VaultServer, path: string): Promise<number> {
  const { "root-token": token } = await bed.central.readRecord("customer10", "incident");
  const accept = [307, 400, 403, 500, 503];
  return (await server.client(token).send("PUT", path, { local: true, accept })).status;
}

test("the active replica gives up, and another one is active then", async () => {
  // A new member votes some seconds after it joined; status waits for that.
  expect(await bed.run(["status", TARGET], bed.environment())).toMatchObject({ code: 0 });
  const from = await activeName();
  // A standby sends the client to the active server.
  const standby = servers.find(({ name }) => name !== from);
  expect(standby && (await ask(standby, "sys/step-down"))).toBe(307);

  const { code, stdout, failure } = await bed.run(["step-down", TARGET, "--json"], bed.environment());
  expect([code, failure]).toEqual([0, ""]);
  const to = await activeName();
  expect(JSON.parse(stdout)).toEqual({ instance: TARGET, from, to });
  expect(to).not.toBe(from);
});

test("people manage the instances of the tenants whose policies their group in the central Vault has", async () => {
  const { client, server } = bed.central;
  await client.send("POST", "sys/auth/userpass", { body: { type: "userpass" } });
  const manager = async (name: string, tenant: string): Promise<string> => {
    const policy = tenantPolicy("hook", { tenant, secrets: [], intermediates: [] });
    await client.send("PUT", `sys/policies/acl/${tenantPolicyName(tenant, "hook")}`, { body: { policy } });
    await client.send("POST", `auth/userpass/users/${name}`, { body: { password: "correct horse" } });
    const login = async () =>
      (await client.send("POST", `auth/userpass/login/${name}`, { body: { password: "correct horse" } })).body.auth as {
        readonly entity_id: string;
        readonly client_token: string;
      };
    const { entity_id } = await login();
    await client.send("POST", "identity/group", {
      body: {
        name: `managers-${tenant}`,
        policies: [tenantPolicyName(tenant, "hook")],
        member_entity_ids: [entity_id],
      },
    });
    return (await login()).client_token;
  };
  const [own, foreign] = [await manager("mona", "customer10"), await manager("nils", "customer11")];
  const as = (token: string, ...args: readonly string[]) => bed.run(args, { ...bed.environment(), VAULT_TOKEN: token });

  expect(await as(own, "status", TARGET)).toMatchObject({ code: 0 });
  expect(await as(own, "step-down", TARGET)).toMatchObject({ code: 0, failure: "" });
  for (const command of [
    ["status", TARGET],
    ["step-down", TARGET],
    ["seal", TARGET, "--reason", "mine"],
    ["root-token", "generate", TARGET, "--print"],
  ])
    expect((await as(foreign, ...command)).failure).toContain("[central-denied]");
  expect(await states()).not.toContain("sealed");
  for (const token of [own, foreign]) {
    const person = server.client(token);
    expect(await attempt(person, "PUT sys/policies/acl/mine", { policy: "" })).toBe(403);
    expect(await attempt(person, "POST identity/group", { name: "managers-customer10", policies: ["root"] })).toBe(403);
    expect(await attempt(person, "POST customers/destroy/customer10/incident", { versions: [1] })).toBe(403);
  }
});

test("every replica is sealed, and stays so until a person unseals it", async () => {
  const before = await bed.central.readRecord("customer10", "incident");
  const sealed = await bed.run(["seal", TARGET, "--reason", "incident 42"], bed.environment());
  expect([sealed.code, sealed.failure]).toEqual([0, ""]);
  expect(sealed.stdout).toContain("3 of 3 replicas sealed, and held (incident 42)");
  expect(await states()).toEqual(["sealed", "sealed", "sealed"]);
  for (const secret of all(Object.values(before))) expect(sealed.stdout + sealed.stderr).not.toContain(secret);

  // A sealed server answers as if it had been sealed now.
  expect(await ask(servers[0] as VaultServer, "sys/seal")).toBe(204);
  const again = await bed.run(["seal", TARGET, "--json"], bed.environment());
  expect(JSON.parse(again.stdout)).toEqual({ instance: TARGET, replicas: 3, sealed: [], held: "incident 42" });

  const everyone = await bed.run(["unseal", "--tenant", "customer10"], bed.environment());
  expect([everyone.code, everyone.stdout]).toEqual([0, expect.stringContaining(`${TARGET}: skipped.`) as string]);
  const hook = await bed.run(["unseal", TARGET], bed.environment(instance));
  expect([hook.code, hook.failure]).toEqual([1, expect.stringContaining("[held]") as string]);
  expect(await states()).toEqual(["sealed", "sealed", "sealed"]);

  const person = await bed.run(["unseal", TARGET], bed.environment());
  expect([person.code, person.failure]).toEqual([0, ""]);
  expect(person.stderr).toContain("the instance stays held");
  expect(await states()).toEqual(["unsealed", "unsealed", "unsealed"]);
});

test("a run that was killed after the standbys were sealed is finished by the next one", async () => {
  const { "root-token": token = "" } = await bed.central.readRecord("customer10", "incident");
  const active = await activeName();
  for (const server of all(servers.filter(({ name }) => name !== active)))
    await server.client(token).send("PUT", "sys/seal", { local: true });
  const { code, failure, stdout } = await bed.run(["seal", TARGET, "--json"], bed.environment());
  expect([code, failure]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toMatchObject({ sealed: [active] });
  expect(await bed.run(["unseal", TARGET], bed.environment())).toMatchObject({ code: 0 });
});

test("a replica that does not answer may be open, so the run fails and names it", async () => {
  await servers[2]?.stop("SIGKILL");
  const { code, failure } = await bed.run(["seal", TARGET], bed.environment());
  expect([code, failure]).toEqual([1, expect.stringMatching(/\[seal-unconfirmed\] .*incident-2 \(https/) as string]);
  expect((await states()).slice(0, 2)).toEqual(["sealed", "sealed"]);
  await servers[2]?.start();
  expect(await bed.run(["seal", TARGET], bed.environment())).toMatchObject({ code: 0 });
  expect(await bed.run(["unseal", TARGET], bed.environment())).toMatchObject({ code: 0 });
});

test("the only replica stays active", async () => {
  const single = await bed.startInstance("single", 1);
  await bed.unseal(single.instance);
  const { code, failure } = await bed.run(["step-down", "customer10/single"], bed.environment());
  expect([code, failure]).toEqual([1, expect.stringContaining("[no-successor]") as string]);
});
