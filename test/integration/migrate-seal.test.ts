import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import type { Command } from "../../lab/run";
import type { Secret } from "../../src/core/secret";
import type { Instance } from "../../src/contract/instance";
import { migrateSeal } from "../../src/operations/migrate-seal/migrate-seal";
import { recordedKeys } from "../../src/central/record";
import { ReplicaApi } from "../../src/vault/replica";
import { inStatefulSet, ProcessPods, contextOf } from "./support/process-pods";
import { disabledSeal, transitSeal } from "./support/seals";
import { TestBed } from "./support/test-bed";
import { all } from "../support/all";

let bed: TestBed;
let instance: Instance;
let servers: VaultServer[];
let stanza: string;
/** As Shamir's seal dealt them; no migration changes them. */
let keys: readonly Secret[];

beforeAll(async () => {
  bed = await TestBed.start();
  ({ instance, servers } = await bed.startInstance("moved", 3));
  await bed.unseal(instance);
  stanza = await transitSeal(bed, "moved");
  const record = await bed.central.readRecord("customer10", "moved");
  keys = recordedKeys(record, "unseal");
  const client = servers[0]?.client(record["root-token"]);
  await client?.send("POST", "sys/mounts/kept", { body: { type: "kv" } });
  await client?.send("POST", "kept/data", { body: { value: "as it was" } });
});
afterAll(() => bed.stop());

async function expectSealed(seal: Instance["seal"]): Promise<void> {
  const states = await Promise.all(servers.map((server) => new ReplicaApi(server.client()).status()));
  expect(states).toMatchObject(servers.map(() => ({ state: "unsealed", seal })));
  const record = await bed.central.readRecord("customer10", "moved");
  expect(recordedKeys(record, seal === "shamir" ? "unseal" : "recovery")).toEqual(keys);
  expect(Object.keys(record)).toHaveLength(keys.length + 2);
  const { body } = (await servers[1]?.client(record["root-token"]).send("GET", "kept/data")) ?? {};
  expect(body?.data).toEqual({ value: "as it was" });
}

/** Restarts what the command says, as an operator does. @returns In which order. */
async function followAdvice(command: Command, output: () => string, settings: string): Promise<string[]> {
  const restarted: string[] = [];
  const ended = command.ended.then(() => "ended" as const);
  while ((await Promise.race([ended, sleep(100)])) !== "ended") {
    const advice = [...output().matchAll(/restart (\S+) now/g)].map(([, name = ""]) => name);
    for (const name of advice.slice(restarted.length)) {
      const server = servers.find((each) => each.name === name);
      await server?.stop();
      if (server !== undefined) server.settings = settings;
      await server?.start();
      restarted.push(name);
    }
  }
  return restarted;
}

describe("a seal", () => {
  test("that is described and not run with stops unseal, which says what to do, and does not touch the instance", async () => {
    const { code, stderr } = await bed.run(
      ["unseal", "customer10/moved"],
      bed.environment({ ...instance, seal: "transit" }),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/moved-0 runs with the seal "shamir"; .* run "tenant-vault migrate-seal customer10\/moved"/);
  });

  test("is migrated from Shamir's to transit, each server restarted by its operator", async () => {
    // The description is that which unseal left in the record.
    let output = "";
    const command = bed.begin(
      ["migrate-seal", "customer10/moved", "--timeout", "180"],
      bed.environment(),
      (text) => (output += text),
    );
    const restarted = await followAdvice(command, () => output, stanza);
    const { code, stdout, stderr } = await command.ended;

    expect(code).toBe(0);
    expect(restarted).toHaveLength(3);
    expect(stderr).toMatch(/stepped down, for another to migrate the data/);
    expect(stderr).toMatch(/the record's keys have a new type keys=5 type=recovery/);
    expect(stdout).toBe('customer10/moved: every replica runs with the seal "transit"\n');
    for (const key of all(keys)) expect(stdout + stderr).not.toContain(key.reveal());
    await expectSealed("transit");
    expect(await bed.run(["unseal", "customer10/moved"], bed.environment())).toMatchObject({ code: 0 });
  });

  test("is migrated back, in one go where the servers are pods, also when a replica goes with it", async () => {
    const fourth = await bed.startServer("moved-3", stanza);
    const replicas = [...instance.replicas, { name: fourth.name, address: fourth.address }];
    await bed.unseal({ ...instance, seal: "transit", replicas });
    await fourth.stop();
    const pods = new ProcessPods(servers);
    pods.change(disabledSeal(stanza));
    const context = contextOf(bed, inStatefulSet(instance), servers, pods);

    await migrateSeal(context);

    expect(context.events.map(({ fields }) => fields.member)).toContain("moved-3");
    await expectSealed("shamir");
    expect(await bed.run(["unseal", "customer10/moved"], bed.environment(instance))).toMatchObject({ code: 0 });
    await servers[2]?.stop();
    await servers[2]?.start();
    expect((await bed.unseal(instance)).stderr).toMatch(/replica unsealed replica=moved-2/);
  });
});

describe("K1: a server that was removed from raft", () => {
  let removed: VaultServer | undefined;
  const migrate = () =>
    bed.run(["migrate-seal", "customer10/moved", "--timeout", "60"], bed.environment({ ...instance, seal: "transit" }));

  test("ends a migration before any server restarts", async () => {
    const { "root-token": token = "" } = await bed.central.readRecord("customer10", "moved");
    const leaders = await Promise.all(servers.map((server) => new ReplicaApi(server.client()).leader()));
    const active = servers.find((_, index) => leaders[index]?.isSelf);
    removed = servers.find((server) => server !== active);
    await active?.client(token).send("POST", "sys/storage/raft/remove-peer", { body: { server_id: removed?.name } });

    const { code, stdout, stderr } = await migrate();
    expect(stdout + stderr).toMatch(
      /\[former-member\] moved-\d of customer10\/moved has data and is not a member of raft/,
    );
    expect(stderr).not.toMatch(/restart moved-/);
    expect(code).toBe(1);
  });

  test("gets no keys, once it runs with the described seal and waits for them", async () => {
    const server = removed ?? expect.fail("The test before this one removes a server.");
    await server.stop();
    server.settings = stanza;
    await server.start();
    const api = new ReplicaApi(server.client());
    expect(await api.status()).toMatchObject({ state: "sealed", seal: "transit", migrating: true });

    const { code, stderr } = await migrate();
    expect(stderr).toMatch(/\[former-member\]/);
    expect(code).toBe(1);
    expect(await api.status()).toMatchObject({ state: "sealed" });
  });
});
