import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import { waitUntil } from "../../lab/wait";
import { ReplicaApi } from "../../src/vault/replica";
import { staticSeal, transitSeal } from "./support/seals";
import { TestBed } from "./support/test-bed";

const RECORD_FIELDS = ["recovery-key-0", "recovery-key-1", "recovery-key-2", "recovery-key-3", "recovery-key-4"];

let bed: TestBed;
beforeAll(async () => {
  bed = await TestBed.start();
});
afterAll(() => bed.stop());

async function states(servers: readonly VaultServer[]): Promise<string[]> {
  return Promise.all(servers.map(async (server) => (await new ReplicaApi(server.client()).status()).state));
}

describe.each(["transit", "static"] as const)("an instance with the seal %s", (seal) => {
  test("is initialised with recovery keys, and unseals itself ever after", async () => {
    const settings = seal === "transit" ? await transitSeal(bed, "auto") : staticSeal(bed, "auto");
    const { instance, servers } = await bed.startInstance(`auto-${seal}`, 3, { seal, settings });

    const { stdout, stderr } = await bed.unseal(instance);

    expect(stderr).toMatch(/: initialised; .* replica=auto-\w+-0 keys=5 threshold=3 type=recovery\n/);
    expect(stdout).toMatch(
      /^customer10\/auto-\w+: 3 of 3 replicas unsealed, active at https:\/\/127\.0\.0\.1:\d+, 3 raft peers\n$/,
    );
    expect(Object.keys(await bed.central.readRecord("customer10", instance.name)).sort()).toEqual([
      "description-digest",
      ...RECORD_FIELDS,
      "root-token",
    ]);

    await servers[1]?.stop("SIGKILL");
    await servers[1]?.start();
    await waitUntil("it unseals itself", async () => (await states(servers))[1] === "unsealed");
    const status = await bed.run(["status", `customer10/${instance.name}`], bed.environment());
    expect(status.stdout).toMatch(/record: complete, 5 recovery keys, root token/);
    expect(status.code).toBe(0);
  });
});

test("an instance whose seal is not the described one is left alone", async () => {
  const { instance, servers } = await bed.startInstance("misdescribed", 1, { seal: "transit" });

  const { code, failure } = await bed.run(["unseal", "customer10/misdescribed"], bed.environment(instance));

  expect(code).toBe(1);
  expect(failure).toMatch(
    /^tenant-vault: \[seal-differs\] customer10\/misdescribed is not sealed as it is described: .* "shamir"; .*\n$/,
  );
  expect(await states(servers)).toEqual(["uninitialized"]);
});

/** Has OpenBao initialise itself; https://openbao.org/docs/configuration/self-init */
const INITIALIZE = `initialize "login" {
  request "userpass" {
    operation = "update"
    path = "sys/auth/userpass"
    data = {
      type = "userpass"
    }
  }
}`;

describe("an instance that initialises itself", () => {
  test("is verified, described and shown; its record needs no keys", async () => {
    const seal = staticSeal(bed, "self");
    const { instance, servers } = await bed.startInstance("self", 3, { seal: "static", settings: seal });
    // On one server alone: each that has the stanza makes a cluster of its own.
    await servers[0]?.stop();
    if (servers[0] !== undefined) servers[0].settings = `${seal}\n${INITIALIZE}`;
    await servers[0]?.start();

    const { stdout } = await bed.unseal({ ...instance, selfInitializes: true });

    expect(stdout).toMatch(/: 3 of 3 replicas unsealed, active at https:\/\/127\.0\.0\.1:\d+\n$/);
    const status = await bed.run(["status", "customer10/self"], bed.environment());
    expect(status.stdout).toMatch(/^customer10\/self {2}healthy .*\n {2}record: self-initialised/);
  });

  test("on every replica is no cluster, and is told so", async () => {
    const settings = `${staticSeal(bed, "split")}\n${INITIALIZE}`;
    const { instance } = await bed.startInstance("split", 3, { seal: "static", settings });

    const { code, stderr } = await bed.run(
      ["unseal", "customer10/split"],
      bed.environment({ ...instance, selfInitializes: true }),
    );

    expect(code).toBe(1);
    expect(stderr).toMatch(/are clusters of their own, since each initialised itself/);
  });
});

test("an instance whose data lived in memory begins anew once they are gone", async () => {
  const { instance, servers } = await bed.startInstance("volatile", 1);
  const described = { ...instance, volatile: true as const };
  await bed.unseal(described);
  const before = await bed.central.readRecord("customer10", "volatile");
  await servers[0]?.stop();
  servers[0]?.wipe();
  await servers[0]?.start();

  const { stderr } = await bed.unseal(described);

  expect(stderr).toMatch(
    /the data lived in memory and are gone; deleted the record's version, recoverably version=\d+/,
  );
  expect(await bed.central.readRecord("customer10", "volatile")).not.toEqual(before);
});
