import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { PROJECT } from "../../lab/cdktf";
import { run } from "../../lab/run";
import type { InstanceStatus } from "../../src/operations/status/inspect";
import { StubFleet } from "../support/stub-fleet";

const COMMAND = join(PROJECT, "lib", "cli", "main.js");
/** Bars for 1000 instances. 190 MiB are 200 MB. */
const BARS = { seconds: 30, memoryMiB: 190 };
/** Prints the highest resident memory of the command, in KiB, after everything else. */
const MEASURED = `process.on("exit", () => process.stderr.write("\\n" + process.resourceUsage().maxRSS));`;

/** Measures the status of many instances: time and memory. */
async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 1000);
  const fleet = await StubFleet.start(count);
  const folder = mkdtempSync(join(tmpdir(), "tenant-vault-bench-"));
  try {
    const [caFile, measured] = [join(folder, "ca.pem"), join(folder, "measured.cjs")];
    writeFileSync(caFile, fleet.authority.certificate);
    writeFileSync(measured, MEASURED);
    const env = { PATH: process.env.PATH, VAULT_ADDR: fleet.central, VAULT_CACERT: caFile, VAULT_TOKEN: "t" };
    const begun = performance.now();
    const { stdout, stderr } = await run(process.execPath, ["--require", measured, COMMAND, "status", "--json"], {
      env,
    });
    const seconds = (performance.now() - begun) / 1000;
    const memoryMiB = Number(stderr.split("\n").at(-1)) / 1024;
    const healthy = (JSON.parse(stdout) as InstanceStatus[]).filter((status) => status.healthy).length;

    print(`status of ${healthy} healthy of ${count} instances, one stub server each, over TLS.`);
    print(`time:                   ${seconds.toFixed(1)} s (at most ${BARS.seconds})`);
    print(`memory (resident):      ${memoryMiB.toFixed(0)} MiB (at most ${BARS.memoryMiB})`);
    if (healthy === count && seconds <= BARS.seconds && memoryMiB <= BARS.memoryMiB) return;
    print("A bar is broken.");
    process.exitCode = 1;
  } finally {
    fleet.stop();
    rmSync(folder, { recursive: true });
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
