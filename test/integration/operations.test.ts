import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabAuthority } from "../../lab/certificates";
import type { VaultServer } from "../../lab/servers/vault-server";
import { Secret } from "../../src/core/secret";
import type { Instance, Replica } from "../../src/contract/instance";
import { ReplicaApi } from "../../src/vault/replica";
import { OperatorToken } from "../../src/operations/identities/operator-token";
import { AccessApi } from "../../src/vault/access";
import { unsealInstance } from "../../src/operations/unseal/unseal-instance";
import { VaultClient } from "../../src/vault/client";
import { contextOf, inStatefulSet, ProcessPods } from "./support/process-pods";
import { TestBed } from "./support/test-bed";

const PATIENCE = 180_000;
/** Milliseconds between a client's writes. */
const BEAT = 50;
/** Milliseconds that a client may be without service, while the active server changes. */
const LONGEST_OUTAGE = 10_000;

/** How much faster a clock runs, where nothing but time has to pass. */
const HASTE = 4;

let bed: TestBed;
beforeAll(async () => {
  bed = await TestBed.start();
});
afterAll(() => bed.stop());

async function rootTokenOf(instance: Instance): Promise<string> {
  return (await bed.central.readRecord(instance.tenant, instance.name))["root-token"] ?? "";
}

/** A client that writes, and reads back what it wrote, on whichever server answers. */
class Client {
  readonly written: number[] = [];
  longestOutage = 0;
  private stopped = false;
  private readonly done: Promise<void>;

  constructor(
    private readonly servers: readonly VaultServer[],
    private readonly token: string,
  ) {
    this.done = this.loop();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.done;
  }

  /** Which of the confirmed writes are not there. */
  async lost(): Promise<number[]> {
    const client = (this.servers[0] as VaultServer).client(this.token);
    const lost: number[] = [];
    // One after the other: hundreds at once could wait too long for a slow machine.
    for (const number of this.written) {
      const { body } = await client.send("GET", `load/${number}`, { accept: [404] });
      if ((body.data as { value?: string } | undefined)?.value !== String(number)) lost.push(number);
    }
    await client.close();
    return lost;
  }

  private async loop(): Promise<void> {
    let served = performance.now();
    for (let number = 0; !this.stopped; number++) {
      await sleep(BEAT);
      if (!(await this.write(number))) continue;
      this.longestOutage = Math.max(this.longestOutage, performance.now() - served);
      served = performance.now();
    }
  }

  private async write(number: number): Promise<boolean> {
    for (const server of this.servers) {
      const client = server.client(this.token);
      const options = { body: { value: String(number) }, timeout: 1_000 };
      const written = await client.send("POST", `load/${number}`, options).then(
        () => true,
        () => false,
      );
      await client.close();
      if (!written) continue;
      this.written.push(number);
      return true;
    }
    return false;
  }
}

describe("a rolling restart of three real servers", () => {
  test("loses no write of a client, and never leaves it without service for long", async () => {
    const { instance, servers } = await bed.startInstance("rolling", 3);
    const pods = new ProcessPods(servers);
    const context = contextOf(bed, instance, servers, pods);
    expect((await unsealInstance(context)).restarted).toEqual([]);
    const token = await rootTokenOf(instance);
    await servers[0]?.client(token).send("POST", "sys/mounts/load", { body: { type: "kv" } });

    const client = new Client(servers, token);
    pods.change();
    const begun = performance.now();
    const { restarted, raftPeers } = await unsealInstance(context);
    await client.stop();

    const lost = await client.lost();
    process.stdout.write(
      `restarted ${restarted.join(", ")} in ${Math.round(performance.now() - begun)} ms; ` +
        `${client.written.length} writes, longest outage ${Math.round(client.longestOutage)} ms\n`,
    );
    expect(restarted).toHaveLength(3);
    expect(raftPeers).toBe(3);
    expect(lost).toEqual([]);
    expect(client.longestOutage).toBeLessThan(LONGEST_OUTAGE);
    expect((await unsealInstance(context)).restarted).toEqual([]);
  });
});

describe("servers whose certificate is of a CA that is not trusted any more", () => {
  test("are restarted one by one with the new one, and get their keys", async () => {
    const { instance, servers } = await bed.startInstance("renewed", 3);
    const pods = new ProcessPods(servers);
    await unsealInstance(contextOf(bed, instance, servers, pods));
    const authority = await LabAuthority.create();
    const caCertificate = authority.certificate;
    pods.secret = { identity: await authority.issue("renewed"), caCertificate };

    const trusting = ({ address }: Replica, token?: Secret): VaultClient => {
      const client = new VaultClient({ address, caCertificate });
      return token === undefined ? client : client.withToken(token);
    };
    const former = contextOf(bed, instance, servers, pods);
    const access = (replica: Replica, token?: Secret) => new AccessApi(trusting(replica, token));
    const context = {
      ...former,
      replica: (replica: Replica) => new ReplicaApi(trusting(replica)),
      access,
      operator: new OperatorToken({ credentials: former.credentials, access }),
      // Half a minute, in which nothing is to happen, passes faster.
      clock: {
        now: () => performance.now() * HASTE,
        date: () => new Date(),
        sleep: (milliseconds: number) => sleep(milliseconds / HASTE),
      },
    };
    const deadline = context.clock.now() + PATIENCE * HASTE;
    const report = await unsealInstance({ ...context, deadline });

    expect(report.restarted).toHaveLength(3);
    expect(report.unsealed).toHaveLength(3);
    expect(report.raftPeers).toBe(3);
  });
});

describe("a replica that lost its volume", () => {
  test("joins again under its old name", async () => {
    const { instance, servers } = await bed.startInstance("wiped", 3);
    const context = contextOf(bed, instance, servers);
    await unsealInstance(context);
    await servers[2]?.stop("SIGKILL");
    servers[2]?.wipe();
    await servers[2]?.start();

    expect(await unsealInstance(context)).toMatchObject({ joined: ["wiped-2"], unsealed: ["wiped-2"], raftPeers: 3 });
  });
});

describe("scaling", () => {
  test("up makes members, and down removes them from raft", async () => {
    const { instance, servers } = await bed.startInstance("scaled", 5);
    const all = inStatefulSet(instance);
    const few = { ...all, replicas: all.replicas.slice(0, 3) };
    await unsealInstance(contextOf(bed, few, servers));

    expect(await unsealInstance(contextOf(bed, all, servers))).toMatchObject({
      joined: ["scaled-3", "scaled-4"],
      raftPeers: 5,
    });

    await Promise.all(servers.slice(3).map((server) => server.stop()));
    const context = contextOf(bed, few, servers);
    expect(await unsealInstance(context)).toMatchObject({ raftPeers: 3 });
    // In the order in which raft lists them, which is that of joining.
    for (const gone of ["scaled-3", "scaled-4"]) {
      expect(context.events.map(({ fields }) => fields.member)).toContain(gone);
    }
  });

  test("a member that is no replica, and may be somebody's, is left alone", async () => {
    const { instance, servers } = await bed.startInstance("foreign", 3);
    await unsealInstance(contextOf(bed, instance, servers));
    const fewer = { ...instance, replicas: instance.replicas.slice(0, 2) };

    const { code, stderr } = await bed.run(["unseal", "customer10/foreign"], bed.environment(fewer));

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^tenant-vault: \[foreign-peers\] Raft of customer10\/foreign counts 3 peers .* describe the missing ones, or/,
    );
    const token = await rootTokenOf(instance);
    expect(await new ReplicaApi(servers[0]?.client() ?? bed.central.client).raftPeers(new Secret(token))).toHaveLength(
      3,
    );
  });
});

describe("status", () => {
  // Vault's standbys do not tell; its devices are made over the API.
  test("tells a replica without an audit device", async ({ skip }) => {
    if (bed.central.server.product !== "openbao") skip("Vault takes audit devices over its API");
    const { instance, servers } = await bed.startInstance("unaudited", 3);
    await bed.unseal(instance);
    const [, , last] = servers;
    await last?.stop();
    if (last !== undefined) last.auditFile = "other.log";
    await last?.start();
    await bed.unseal(instance);

    const { code, stdout } = await bed.run(["status", "customer10/unaudited"], bed.environment());

    expect(code).toBe(2);
    expect(stdout).toMatch(/^customer10\/unaudited {2}NOT HEALTHY/);
    expect(stdout).toMatch(/unaudited-1 .*1 audit device,/);
    expect(stdout).toMatch(/ {2}unaudited-2 has no working audit device, .* the same audit block in its configuration/);
  });
});

describe("purge", () => {
  const purge = (...args: string[]) => {
    const environment = { ...bed.environment(), VAULT_TOKEN: bed.central.rootToken };
    return bed.run(["purge", "customer10/purged", ...args], environment);
  };

  test("destroys the keys of a record that was deleted before, when it is named twice", async () => {
    const { instance } = await bed.startInstance("purged", 1);
    await bed.unseal(instance);
    const confirmation = ["--yes-destroy-the-keys", "customer10/purged"];

    expect((await purge(...confirmation)).stderr).toMatch(
      /^tenant-vault: \[record-kept\] The record .* is not deleted; delete it/,
    );
    await bed.central.client.send("DELETE", "customers/data/customer10/purged");
    expect((await purge()).stderr).toMatch(/are lost; confirm with --yes-destroy-the-keys customer10\/purged\.\n$/);
    const byHook = await bed.run(["purge", "customer10/purged", ...confirmation], bed.environment());
    expect(byHook.stderr).toMatch(/refuses the token for customers\/metadata\/customer10\/purged/);

    expect(await purge(...confirmation)).toMatchObject({ code: 0, stderr: "" });
    const { status } = await bed.central.client.send("GET", "customers/metadata/customer10/purged", { accept: [404] });
    expect(status).toBe(404);
    expect((await purge(...confirmation)).stderr).toMatch(/there is nothing to destroy/);
  });
});
