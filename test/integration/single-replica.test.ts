import { afterAll, beforeAll, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import { waitUntil } from "../../lab/wait";
import type { Instance } from "../../src/contract/instance";
import type { VaultClient } from "../../src/vault/client";
import { ReplicaApi } from "../../src/vault/replica";
import { TestBed } from "./support/test-bed";

let bed: TestBed;
let instance: Instance;
let servers: VaultServer[];
beforeAll(async () => {
  bed = await TestBed.start();
  ({ instance, servers } = await bed.startInstance("shrunk", 3));
  await bed.unseal(instance);
});
afterAll(() => bed.stop());

async function isActive(server: VaultServer): Promise<boolean> {
  return (await new ReplicaApi(server.client()).leader())?.isSelf === true;
}

/** A client of a server that logged in as `operate`. */
async function operator(server: VaultServer): Promise<VaultClient> {
  const { body: stored } = await bed.central.client.send("GET", "access/data/customer10/shrunk/operate");
  const { "role-id": role_id, "secret-id": secret_id } = (stored.data as { data: Record<string, string> }).data;
  const { body } = await server.client().send("POST", "auth/tenant-vault/login", { body: { role_id, secret_id } });
  return server.client((body.auth as { client_token: string }).client_token);
}

/** As docs/operating/scale.md, "From 3 to 1". */
test("three replicas become one: operate removes two members, and the one keeps the data and unseals", async () => {
  const [first, ...others] = servers;
  if (first === undefined) throw new Error("no server");
  const { "root-token": root } = await bed.central.readRecord("customer10", "shrunk");
  const client = first.client(root);
  await client.send("POST", "sys/mounts/kept", { body: { type: "kv" } });
  await client.send("POST", "kept/a", { body: { value: "1" } });

  await waitUntil("the replica that stays is active", async () => {
    if (await isActive(first)) return true;
    for (const other of others) if (await isActive(other)) await (await operator(other)).send("POST", "sys/step-down");
    return false;
  });
  for (const other of others.reverse()) {
    await (await operator(first)).send("POST", "sys/storage/raft/remove-peer", { body: { server_id: other.name } });
    await other.stop();
  }
  expect(await isActive(first)).toBe(true);

  const alone = { ...instance, replicas: instance.replicas.slice(0, 1) };
  expect((await bed.unseal(alone)).stdout).toMatch(/1 of 1 replicas unsealed/);
  expect(await bed.run(["status", "customer10/shrunk"], bed.environment(alone))).toMatchObject({ code: 0 });
  // It has a majority by itself, also after a restart.
  await first.stop();
  await first.start();
  await bed.unseal(alone);
  expect((await client.send("GET", "kept/a")).body.data).toEqual({ value: "1" });
});
