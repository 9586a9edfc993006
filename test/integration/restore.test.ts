import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import { waitUntil } from "../../lab/wait";
import type { Instance } from "../../src/contract/instance";
import { ReplicaApi } from "../../src/vault/replica";
import { ageKey, type AgeKey } from "../support/age";
import { all } from "../support/all";
import { staticSeal } from "./support/seals";
import type { CommandOutcome } from "./support/command";
import { TestBed } from "./support/test-bed";

/** Seconds after which a command says what it waits for. */
const PATIENCE = "240";

let bed: TestBed;
let key: AgeKey;
let identity: string;
let environment: Record<string, string>;
beforeAll(async () => {
  bed = await TestBed.start();
  key = await ageKey();
  identity = join(bed.folder, "key.txt");
  writeFileSync(identity, `${key.identity}\n`, { mode: 0o600 });
  environment = {
    ...bed.environment(),
    TENANT_VAULT_SNAPSHOTS: `file:${join(bed.folder, "snapshots")}`,
    TENANT_VAULT_SNAPSHOT_RECIPIENTS: key.recipient,
  };
});
afterAll(() => bed.stop());

/** An instance with a snapshot, whose data were changed since. */
class Scene {
  static async make(name: string, options: Parameters<TestBed["startInstance"]>[2] = {}): Promise<Scene> {
    const { instance, servers } = await bed.startInstance(name, 3, options);
    await bed.unseal(instance);
    const scene = new Scene(name, instance, servers, await bed.central.readRecord("customer10", name));
    await scene.send("POST", "sys/mounts/secrets", { type: "kv" });
    await scene.send("POST", "secrets/canary", { value: "before" });
    const { stdout } = await bed.run(["snapshot", "save", `customer10/${name}`, "--json"], environment);
    scene.snapshot = (JSON.parse(stdout) as { snapshot: string }).snapshot;
    await scene.send("POST", "secrets/canary", { value: "after" });
    return scene;
  }

  snapshot = "";

  private constructor(
    readonly name: string,
    readonly instance: Instance,
    readonly servers: readonly VaultServer[],
    /** The record at the time of the snapshot. */
    readonly record: Record<string, string>,
  ) {}

  get path(): string {
    return `customer10/${this.name}`;
  }

  arguments(...options: string[]): string[] {
    const from = ["--from", this.snapshot, "--identity", identity];
    return ["snapshot", "restore", this.path, ...from, "--timeout", PATIENCE, ...options];
  }

  restore(...options: string[]): Promise<CommandOutcome> {
    return bed.run(this.arguments(...options), environment);
  }

  async send(method: "GET" | "POST", path: string, body?: object): Promise<Record<string, unknown>> {
    const client = this.servers[0]?.client(this.record["root-token"]);
    return (await client?.send(method, path, { ...(body === undefined ? {} : { body }) }))?.body ?? {};
  }

  /** Takes the storage of every server. */
  async wipe(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop("SIGKILL")));
    for (const server of this.servers) server.wipe();
    await Promise.all(this.servers.map((server) => server.start()));
  }

  /** Fails unless each replica has the data of the snapshot, votes, and opens with the keys of the record after a crash. */
  async expectRestored(): Promise<void> {
    await this.expectData();
    await Promise.all(this.servers.map((server) => server.stop("SIGKILL")));
    await Promise.all(this.servers.map((server) => server.start()));
    const again = await bed.run(["unseal", this.path, "--timeout", PATIENCE], environment);
    expect([again.code, again.failure]).toEqual([0, ""]);
    await this.expectData();
    const status = await bed.run(["status", this.path, "--json"], environment);
    expect(JSON.parse(status.stdout)).toMatchObject([{ healthy: true, record: { state: "complete" } }]);
  }

  private async expectData(): Promise<void> {
    for (const server of all(this.servers)) {
      expect((await new ReplicaApi(server.client()).status()).state).toBe("unsealed");
      await waitUntil(`${server.name} answers`, async () => {
        const client = server.client(this.record["root-token"]);
        const read = await client.send("GET", "secrets/canary").catch(() => undefined);
        return JSON.stringify(read?.body.data) === '{"value":"before"}';
      });
    }
  }
}

/** Keys of a record, in order. */
function keysOf(record: Record<string, string>): string[] {
  return [0, 1, 2, 3, 4, 5, 6].flatMap((index) => record[`unseal-key-${index}`] ?? []);
}

describe("a running instance of three replicas", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.make("running");
  });

  test("goes back to its snapshot, and no secret is told", async () => {
    const { code, failure, stdout, stderr } = await scene.restore();
    expect([code, failure]).toEqual([0, ""]);
    expect(stdout).toContain(`restored ${scene.snapshot}; 3 of 3 replicas unsealed`);
    for (const secret of all([...Object.values(scene.record), key.identity]))
      expect(stdout + stderr).not.toContain(secret);
    await scene.expectRestored();
  });

  test("goes back to it after the keys were rotated only by force, with the former keys in its record", async () => {
    const rotated = await bed.run(["rotate-keys", scene.path, "--shares", "7", "--threshold", "4"], environment);
    expect([rotated.code, rotated.failure]).toEqual([0, ""]);
    const later = await bed.central.readRecord("customer10", scene.name);
    const refused = await scene.restore();
    expect(refused.failure).toContain("[snapshot-keys]");
    expect(await bed.central.readRecord("customer10", scene.name)).toEqual(later);

    const { code, failure, stderr } = await scene.restore("--force", "--break-glass", "a test");
    expect([code, failure]).toEqual([0, ""]);
    expect(stderr).toContain('reason="a test"');
    const record = await bed.central.readRecord("customer10", scene.name);
    expect(keysOf(record)).toEqual(keysOf(scene.record));
    expect(Object.keys(record).filter((name) => name.startsWith("new-"))).toEqual([]);
    await scene.expectRestored();
  });
});

describe("three servers that lost their storage", () => {
  let scene: Scene;
  /** Milliseconds of a whole run. */
  let whole: number;
  beforeAll(async () => {
    scene = await Scene.make("blank");
  });

  test("are restored from nothing but the snapshot and the record, whose keys stay", async () => {
    await scene.wipe();
    expect((await scene.restore()).failure).toContain("[data-lost]");
    const before = await bed.central.readRecord("customer10", scene.name);
    const began = Date.now();
    const { code, failure, stderr } = await scene.restore("--force", "--break-glass", "storage lost");
    whole = Date.now() - began;
    console.info(`restore into empty servers: ${whole} ms`);
    expect([code, failure]).toEqual([0, ""]);
    expect(stderr).toContain("initialised an empty server with temporary keys");
    expect(keysOf(await bed.central.readRecord("customer10", scene.name))).toEqual(keysOf(before));
    await scene.expectRestored();
  });

  test("by runs that are killed at any moment: the next one ends well, and no key is lost", async () => {
    const rounds = 2;
    for (let round = 1; round <= rounds; round++) {
      await scene.wipe();
      const killed = bed.begin(scene.arguments("--force", "--break-glass", "storage lost"), environment);
      await sleep((whole * round) / (rounds + 2));
      killed.kill("SIGKILL");
      await killed.ended;
      let next = await scene.restore("--force", "--break-glass", "storage lost");
      if (next.failure.includes("[restore-unfinished]")) {
        await scene.wipe();
        next = await scene.restore("--force", "--break-glass", "storage lost");
      }
      expect([round, next.code, next.failure]).toEqual([round, 0, ""]);
      expect(keysOf(await bed.central.readRecord("customer10", scene.name))).toEqual(keysOf(scene.record));
    }
    await scene.expectRestored();
  });
});

test("servers that unseal themselves are restored once a person restarts the first", async () => {
  const scene = await Scene.make("static", { seal: "static", settings: staticSeal(bed, "static") });
  await scene.wipe();
  const restored = await scene.restore("--force", "--break-glass", "storage lost");
  expect(restored.failure).toContain("[restart-needed]");
  await scene.servers[0]?.stop();
  await scene.servers[0]?.start();
  expect(await bed.run(["unseal", scene.path], environment)).toMatchObject({ code: 0, failure: "" });
  await scene.expectRestored();
});
