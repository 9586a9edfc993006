import { EXPLORED_OPERATIONS } from "../support/explored-operations";
import { Exploration } from "../support/exploration";
import { RandomSchedules } from "../support/random-schedules";

/** Seeds of the unit tests are below this one. */
const FIRST_SEED = 1_000_001;

/** Plays schedules of faults in the simulation: all single faults, pairs and interleavings, and random ones. */
async function main(): Promise<void> {
  const random = Number(process.argv[2] ?? 100_000);
  const begun = Date.now();
  const failures: string[] = [];
  for (const operation of EXPLORED_OPERATIONS) {
    const exploration = await Exploration.of(operation);
    const found = [
      ...(await exploration.singles()),
      ...(await exploration.pairs()),
      ...(await exploration.interleavings()),
    ];
    print(`${operation.name}: ${exploration.schedules} schedules, ${found.length} failed`);
    failures.push(...found);
  }
  const schedules = await RandomSchedules.of(EXPLORED_OPERATIONS);
  for (let seed = FIRST_SEED; seed < FIRST_SEED + random; seed++) failures.push(...(await schedules.failuresOf(seed)));
  for (const failure of failures) print(failure);
  const seconds = ((Date.now() - begun) / 1000).toFixed(0);
  print(`${random} random schedules; ${failures.length} of all failed, in ${seconds} s.`);
  if (failures.length > 0) process.exitCode = 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
