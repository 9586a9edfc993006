import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "../../lab/run";
import type { VaultServer } from "../../lab/servers/vault-server";
import type { Instance } from "../../src/contract/instance";
import type { VaultClient } from "../../src/vault/client";
import { TestBed } from "../integration/support/test-bed";
import { BankVaults } from "./bank-vaults";
import { median } from "./median";

const ROUNDS = 50;
const CLUSTER_ROUNDS = 10;
/** Milliseconds between two requests for the state. */
const LOOK = 4;
/** Seconds between two looks of the watcher. */
const POLL = "0.25";
/** Path of a binary of Bank-Vaults, and how often its server is sealed. */
const { BANK_VAULTS_PROGRAM } = process.env;
const OTHER_ROUNDS = 20;
/** Its time between two looks: its own, and that of the watcher. */
const OTHER_PERIODS = [
  { name: "its default poll, 5 s", period: undefined, milliseconds: 5_000 },
  { name: "a poll of 250 ms", period: "250ms", milliseconds: 250 },
];
/** Bars: times in milliseconds from the seal on, and the ratio to bare calls. */
const BARS = { p50: 300, p99: 1_000, ratio: 1.5 };

/** What people wait for after a restart: one server and three, on this machine, with a watcher beside them. */
async function main(): Promise<void> {
  const bed = await TestBed.start();
  try {
    const single = await Measured.start(bed, "single", 1);
    const cluster = await Measured.start(bed, "cluster", 3);
    const bare = await repeat(ROUNDS, async () => (await single.unsealByHand()).called);
    await compare(bed, single);
    const bareCluster = await repeat(CLUSTER_ROUNDS, async () => (await cluster.unsealByHand()).active);

    const watcher = new Watcher(bed);
    try {
      await watcher.ready;
      const times = await repeat(ROUNDS, () => single.sealAndWait());
      const own = watcher.seconds("single").map((seconds) => seconds * 1000);
      const ratio = median(own) / median(bare);
      const clusterTimes = await repeat(CLUSTER_ROUNDS, () => cluster.sealAndWait());
      print(`three bare calls:            p50 ${median(bare).toFixed(0)} ms`);
      print(`watcher, from sight to end:  p50 ${median(own).toFixed(0)} ms, ratio ${ratio.toFixed(2)} (${BARS.ratio})`);
      print(`one server, from the seal:   ${percentiles(times)} (${BARS.p50}, ${BARS.p99})`);
      print(`three servers, to an active: ${percentiles(clusterTimes)}`);
      print(`the same by bare calls:      ${percentiles(bareCluster)}, most of it raft's election`);
      const broken = ratio > BARS.ratio || median(times) > BARS.p50 || percentile(times, 0.99) > BARS.p99;
      if (broken) print("A bar is broken.");
      process.exitCode = broken ? 1 : 0;
    } finally {
      await watcher.stop();
    }
  } finally {
    await bed.stop();
  }
}

/** The same server and the same central Vault, with Bank-Vaults. */
async function compare(bed: TestBed, single: Measured): Promise<void> {
  if (BANK_VAULTS_PROGRAM === undefined) {
    print("Bank-Vaults: not measured; BANK_VAULTS_PROGRAM names its binary.");
    return;
  }
  await bed.central.mountKeyValue("secrets");
  for (const { name, period, milliseconds } of OTHER_PERIODS) {
    const other = await BankVaults.start(bed, BANK_VAULTS_PROGRAM, { ...(await single.opened()), period });
    try {
      print(`Bank-Vaults, ${name}: ${percentiles(await repeat(OTHER_ROUNDS, () => single.sealAndWait(milliseconds)))}`);
    } finally {
      await other.stop();
    }
  }
}

/** The real command as a daemon. */
class Watcher {
  readonly ready: Promise<void>;
  private readonly command: Command;
  private output = "";

  constructor(bed: TestBed) {
    const environment = { ...bed.environment(), VAULT_TOKEN: bed.central.rootToken };
    this.command = bed.begin(["watch", "--json", "--poll", POLL], environment, (text) => (this.output += text));
    this.ready = sleep(3_000);
  }

  /** What the watcher measured itself for an instance. */
  seconds(name: string): number[] {
    return this.output
      .split("\n")
      .filter((line) => line.includes('"replicas unsealed"') && line.includes(`customer10/${name}`))
      .map((line) => (JSON.parse(line) as { seconds: number }).seconds);
  }

  async stop(): Promise<void> {
    this.command.kill("SIGTERM");
    await this.command.ended;
  }
}

/** An instance that is sealed again and again. */
class Measured {
  static async start(bed: TestBed, name: string, count: number): Promise<Measured> {
    const { instance, servers } = await bed.startInstance(name, count);
    await bed.unseal(instance);
    return new Measured(bed, instance, servers);
  }

  private constructor(
    private readonly bed: TestBed,
    private readonly instance: Instance,
    private readonly servers: readonly VaultServer[],
  ) {}

  /** Times of the calls alone, and until one server is active. Milliseconds. */
  async unsealByHand(): Promise<{ readonly called: number; readonly active: number }> {
    const record = await this.record();
    await this.seal();
    const from = performance.now();
    await Promise.all(
      this.servers.map((server) =>
        this.with(server, undefined, async (client) => {
          for (let share = 0; share < this.instance.secretThreshold; share++)
            await client.send("PUT", "sys/unseal", { body: { key: record[`unseal-key-${share}`] } });
        }),
      ),
    );
    const called = performance.now() - from;
    await this.activated();
    return { called, active: performance.now() - from };
  }

  /** What another program needs to unseal the first server. */
  async opened(): Promise<{ readonly server: VaultServer; readonly keys: readonly string[] }> {
    const record = await this.record();
    const [server] = this.servers as [VaultServer];
    return { server, keys: [0, 1, 2, 3, 4].flatMap((share) => record[`unseal-key-${share}`] ?? []) };
  }

  /**
   * Milliseconds from the seal until one server is active.
   *
   * @param poll Milliseconds between two looks of the program that unseals. @default - those of the watcher
   */
  async sealAndWait(poll = Number(POLL) * 1_000): Promise<number> {
    await this.seal();
    const from = performance.now();
    await this.activated();
    const time = performance.now() - from;
    // The next seal is to come at any moment between two looks.
    await sleep(500 + Math.random() * poll);
    return time;
  }

  private async seal(): Promise<void> {
    const token = (await this.record())["root-token"];
    // A standby passes a seal on to no one; the active one is sealed last.
    for (const server of this.servers) await this.with(server, token, sealed);
  }

  private async activated(): Promise<void> {
    const clients = this.servers.map((server) => server.client());
    const isActive = (client: VaultClient): Promise<boolean> =>
      client.send("GET", "sys/leader").then(
        ({ body }) => body.is_self === true,
        () => false,
      );
    while (!(await Promise.all(clients.map(isActive))).includes(true)) await sleep(LOOK);
    await Promise.all(clients.map((client) => client.close()));
  }

  private async record(): Promise<Readonly<Record<string, string>>> {
    const { body } = await this.bed.central.client.send("GET", `customers/data/customer10/${this.instance.name}`);
    return (body.data as { data: Record<string, string> }).data;
  }

  private async with<Answer>(
    server: VaultServer,
    token: string | undefined,
    ask: (client: VaultClient) => Promise<Answer>,
  ): Promise<Answer> {
    const client = server.client(token);
    try {
      return await ask(client);
    } finally {
      await client.close();
    }
  }
}

/** A server that is about to become active refuses a seal. */
async function sealed(client: VaultClient): Promise<void> {
  while ((await client.send("PUT", "sys/seal", { accept: [500, 503] })).status === 500) await sleep(LOOK);
}

async function repeat(rounds: number, measure: () => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await measure());
  return times;
}

function percentile(times: readonly number[], part: number): number {
  return [...times].sort((a, b) => a - b)[Math.ceil(times.length * part) - 1] ?? Number.NaN;
}

function percentiles(times: readonly number[]): string {
  return `p50 ${median(times).toFixed(0)} ms, p99 ${percentile(times, 0.99).toFixed(0)} ms`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
