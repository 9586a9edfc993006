import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PROJECT } from "../../lab/cdktf";
import { freePort } from "../../lab/ports";
import { startChild } from "../../lab/children";
import { waitUntil } from "../../lab/wait";
import { StubFleet } from "../support/stub-fleet";

const COMMAND = join(PROJECT, "lib", "cli", "main.js");
/** Clock ticks of /proc/<pid>/stat per second. */
const TICKS = 100;
const IDLE_SECONDS = 20;
const SEALED_ONE_BY_ONE = 100;
const SEALED_AT_ONCE = 50;
/** Instances that start cold. */
const COLD = 200;
/** Seconds until people unseal the central Vault. By then the watcher tries seldom. */
const CENTRAL_SEALED_SECONDS = 45;
/** Bars for 1000 instances, with the default poll. 143 MiB are 150 MB. */
const BARS = { memoryMiB: 143, idleCore: 0.1, p99Seconds: 2, atOnceSeconds: 5, coldStartSeconds: 60 };

/** Measures a watcher over many instances: memory, processor time when nothing happens, and the time to unseal. */
async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 1000);
  const fleet = await StubFleet.start(count);
  const folder = mkdtempSync(join(tmpdir(), "tenant-vault-bench-"));
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, fleet.authority.certificate);
  const port = await freePort();
  const watcher = startChild(
    process.execPath,
    [COMMAND, "watch", "--json", "--listen", `127.0.0.1:${port}`, ...process.argv.slice(3)],
    {
      env: {
        PATH: process.env.PATH ?? "",
        // As the unit of systemd and the image have it.
        NODE_OPTIONS: "--max-semi-space-size=2",
        VAULT_ADDR: fleet.central,
        VAULT_CACERT: caFile,
        VAULT_TOKEN: "t",
      },
      stdio: ["ignore", "ignore", "inherit"],
    },
    "SIGTERM",
  );
  const pid = watcher.pid ?? 0;
  try {
    await waitUntil("every instance is watched", async () => {
      // Each answer is long, and a watcher is asked as seldom as Prometheus does it.
      await sleep(5_000);
      const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
        (answer) => answer.text(),
        () => "",
      );
      return text.split("\n").filter((line) => line.startsWith("tenant_vault_watch_sealed_replicas{")).length === count;
    });
    await sleep(5_000);
    const before = processorSeconds(pid);
    await sleep(IDLE_SECONDS * 1000);
    const idle = (processorSeconds(pid) - before) / IDLE_SECONDS;
    const memory = memoryMiB(pid);

    const times: number[] = [];
    for (let round = 0; round < SEALED_ONE_BY_ONE; round++) {
      const server = fleet.servers[(round * 7919) % count];
      if (server !== undefined) times.push((await server.seal()) / 1000);
    }
    times.sort((a, b) => a - b);
    const p50 = times[Math.floor(times.length / 2)] ?? Number.NaN;
    const p99 = times[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;
    const together =
      Math.max(...(await Promise.all(fleet.servers.slice(0, SEALED_AT_ONCE).map((server) => server.seal())))) / 1000;

    const coldStart = await startCold(fleet);

    print(`${count} instances, one stub server each, over TLS.`);
    print(`memory (resident):      ${memory.toFixed(0)} MiB (at most ${BARS.memoryMiB})`);
    print(`idle:                   ${(idle * 100).toFixed(1)} % of a core (at most ${BARS.idleCore * 100})`);
    print(`one sealed:             p50 ${p50.toFixed(2)} s, p99 ${p99.toFixed(2)} s (at most ${BARS.p99Seconds})`);
    print(`${SEALED_AT_ONCE} sealed at once:      ${together.toFixed(2)} s (at most ${BARS.atOnceSeconds})`);
    print(
      `cold start of ${COLD}:      ${coldStart.toFixed(2)} s after the central Vault (at most ${BARS.coldStartSeconds})`,
    );
    if (coldStart > BARS.coldStartSeconds) process.exitCode = 1;
    if (memory > BARS.memoryMiB || idle > BARS.idleCore || p99 > BARS.p99Seconds || together > BARS.atOnceSeconds) {
      print("A bar is broken.");
      process.exitCode = 1;
    }
  } finally {
    watcher.kill("SIGTERM");
    fleet.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Everything is sealed after a power failure. @returns Seconds from the unsealing of the central Vault until all others are unsealed. */
async function startCold(fleet: StubFleet): Promise<number> {
  fleet.isCentralSealed = true;
  const sealed = fleet.servers.slice(0, COLD).map((server) => server.seal());
  await sleep(CENTRAL_SEALED_SECONDS * 1000);
  fleet.isCentralSealed = false;
  return Math.max(...(await Promise.all(sealed))) / 1000 - CENTRAL_SEALED_SECONDS;
}

function processorSeconds(pid: number): number {
  // Fields after the name in parentheses; proc(5): utime and stime are the 14th and 15th of the line.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function memoryMiB(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kibibytes) / 1024;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
