import { join } from "node:path";
import { PROJECT } from "../../lab/cdktf";
import { run } from "../../lab/run";
import { median } from "./median";

const ROUNDS = 15;
const COMMAND = join(PROJECT, "lib", "cli", "main.js");
/** Bars that the start of the command and of the library must keep. */
const HIGHEST_RATIO = 1.3;
const HIGHEST_REQUIRE_MS = 300;

/** Measures what users wait for first: the command's start, and the library's. */
async function main(): Promise<void> {
  print(`Processor time, medians of ${ROUNDS} rounds in which each is run once.\n`);
  const bare: number[] = [];
  const help: number[] = [];
  const version: number[] = [];
  const required: number[] = [];
  const used: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await processorTime("--eval", "0"));
    help.push(await processorTime(COMMAND, "--help"));
    version.push(await processorTime(COMMAND, "--version"));
    required.push(await loadTime('require("tenant-vault")'));
    used.push(await loadTime('Object.values(require("tenant-vault"))'));
  }
  const ratios = { "--help": help, "--version": version };
  print(`node:                    ${median(bare).toFixed(0)} ms`);
  let broken = median(required) > HIGHEST_REQUIRE_MS;
  for (const [option, times] of Object.entries(ratios)) {
    const ratio = median(times.map((time, round) => time / (bare[round] ?? Number.NaN)));
    broken ||= !(ratio <= HIGHEST_RATIO);
    print(
      `tenant-vault ${option.padEnd(12)}${median(times).toFixed(0)} ms, ratio to node ${ratio.toFixed(2)} (at most ${HIGHEST_RATIO})`,
    );
  }
  print(`require("tenant-vault"): ${median(required).toFixed(0)} ms (at most ${HIGHEST_REQUIRE_MS} ms)`);
  print(`with all its exports:    ${median(used).toFixed(0)} ms`);
  if (broken) {
    print("A bar is broken.");
    process.exitCode = 1;
  }
}

/** Milliseconds of processor time, user and system, that a run of Node.js takes. */
async function processorTime(...args: readonly string[]): Promise<number> {
  const script = 'TIMEFORMAT="%U %S"; time "$@" > /dev/null';
  const { stderr } = await run("bash", ["-c", script, "bash", process.execPath, ...args]);
  const [user = Number.NaN, system = Number.NaN] = stderr.trim().split(" ").map(Number);
  return (user + system) * 1000;
}

/** Milliseconds of processor time that code, such as loading the library, takes in a process that runs already. */
async function loadTime(code: string): Promise<number> {
  const script = `const start = process.cpuUsage(); ${code}; const { user, system } = process.cpuUsage(start); console.log((user + system) / 1000);`;
  return Number((await run(process.execPath, ["--eval", script], { cwd: PROJECT })).stdout);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
