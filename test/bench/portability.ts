// Time and memory of an export and an import of many secrets: node --import tsx test/bench/portability.ts [secrets]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { VaultServer } from "../../lab/servers/vault-server";
import { COMMAND, TestBed } from "../integration/support/test-bed";
import { ageKey } from "../support/age";

/** Secrets that are written at once. */
const AT_ONCE = 50;

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 100_000);
  const bed = await TestBed.start();
  try {
    const key = await ageKey();
    const identity = join(bed.folder, "key.txt");
    writeFileSync(identity, key.identity);
    const { instance, servers } = await bed.startInstance("full", 1);
    const empty = await bed.startInstance("empty", 1);
    await bed.unseal(instance);
    await bed.unseal(empty.instance);
    await fill(bed, (servers as [VaultServer])[0], count);
    const file = join(bed.folder, "bundle");
    const common = ["--timeout", "3600"];
    for (const args of [
      ["export", "customer10/full", "--to", file, "--recipient", key.recipient, ...common],
      ["import", "customer10/empty", "--from", file, "--identity", identity, ...common],
      ["import", "customer10/empty", "--from", file, "--identity", identity, ...common],
    ]) {
      const begun = performance.now();
      const memory = await peakOf(args, bed.environment());
      const seconds = ((performance.now() - begun) / 1000).toFixed(0);
      process.stdout.write(`${args[0]}: ${seconds} s, at most ${memory} MiB\n`);
    }
    process.stdout.write(`bundle: ${(statSync(file).size / 1024 / 1024).toFixed(0)} MiB\n`);
  } finally {
    await bed.stop();
  }
}

async function fill(bed: TestBed, server: VaultServer, count: number): Promise<void> {
  const { "root-token": token } = await bed.central.readRecord("customer10", "full");
  const client = server.client(token);
  await client.send("POST", "sys/mounts/kv", { body: { type: "kv", options: { version: "2" } } });
  while ((await client.send("GET", "kv/config", { accept: [400] })).status !== 200) await sleep(100);
  for (let start = 0; start < count; start += AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - start) }, (_, index) => start + index).map((n) =>
        client.send("POST", `kv/data/folder-${n % 100}/${n}`, { body: { data: { n, password: "x".repeat(200) } } }),
      ),
    );
  await client.close();
}

/** Runs the command. @returns The most resident memory that it had, MiB. */
async function peakOf(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(process.execPath, [COMMAND, ...args], { env, stdio: "inherit" });
  const ended = once(child, "close").then(() => true);
  const status = `/proc/${child.pid}/status`;
  let most = 0;
  for (let isOver = false; !isOver; isOver = await Promise.race([ended, sleep(200, false)])) {
    const [, kibibytes = 0] = /VmHWM:\s+(\d+)/.exec(existsSync(status) ? readFileSync(status, "utf8") : "") ?? [];
    most = Math.max(most, Number(kibibytes));
  }
  return Math.round(most / 1024);
}

void main();
