import { median } from "./median";
import { measureSynthesis, type Measurement } from "./synthesis";

interface Row {
  readonly tenants: number;
  readonly library: Measurement;
  readonly plain: Measurement;
  /** Of the times of the two. */
  readonly ratio: number;
}

const COUNTS = [0, 1, 10, 100, 1000];
const ROUNDS = 3;
/** Bars that the synthesis is to keep. With few tenants, the start of the process decides, whose time varies. */
const HIGHEST_RATIO = 1.2;
const MANY = { tenants: 100, highestRatio: 1 };
const HIGHEST_FIRST_TENANT = 1.5;
const HIGHEST_GROWTH = 2;

async function main(): Promise<void> {
  print(
    "Synthesis of tenants like the reference one, beside plain cdktf code that makes the same number of resources of each type.",
  );
  print(`Processor time of the whole process; medians of ${ROUNDS} pairs.\n`);
  print("tenants  resources     library       plain   ratio   per tenant   peak memory, library / plain");
  const rows: Row[] = [];
  for (const tenants of COUNTS) {
    const row = await measurePairs(tenants);
    rows.push(row);
    print(render(row));
  }
  const [none, one, , hundred, thousand] = rows;
  if (none === undefined || one === undefined || hundred === undefined || thousand === undefined)
    throw new Error("no rows");
  const firstTenant = one.library.seconds - none.library.seconds;
  const growth = thousand.library.seconds / 1000 / (hundred.library.seconds / 100);
  print(`\nOne tenant above none: ${firstTenant.toFixed(2)} s (at most ${HIGHEST_FIRST_TENANT} s).`);
  print(
    `A tenant of 1000 takes ${growth.toFixed(2)} times as long as one of 100 (linear: 1; at most ${HIGHEST_GROWTH}).`,
  );
  if (
    firstTenant > HIGHEST_FIRST_TENANT ||
    growth > HIGHEST_GROWTH ||
    rows.some(({ tenants, ratio }) => ratio > (tenants < MANY.tenants ? HIGHEST_RATIO : MANY.highestRatio))
  ) {
    print(
      `A bar is broken: ratios are to be at most ${HIGHEST_RATIO}, and ${MANY.highestRatio} from ${MANY.tenants} tenants on.`,
    );
    process.exitCode = 1;
  }
}

async function measurePairs(tenants: number): Promise<Row> {
  const pairs: [Measurement, Measurement][] = [];
  for (let round = 0; round < ROUNDS; round++)
    pairs.push([await measureSynthesis("library", tenants), await measureSynthesis("plain", tenants)]);
  const library = medianOf(pairs.map(([measured]) => measured));
  const plain = medianOf(pairs.map(([, measured]) => measured));
  return { tenants, library, plain, ratio: median(pairs.map(([a, b]) => a.seconds / b.seconds)) };
}

function render({ tenants, library, plain, ratio }: Row): string {
  return [
    String(tenants).padStart(7),
    String(total(library.resources)).padStart(11),
    `${library.seconds.toFixed(2)} s`.padStart(12),
    `${plain.seconds.toFixed(2)} s`.padStart(12),
    ratio.toFixed(2).padStart(8),
    (tenants === 0 ? "-" : `${((library.seconds / tenants) * 1000).toFixed(0)} ms`).padStart(13),
    `${library.peakMiB.toFixed(0)} / ${plain.peakMiB.toFixed(0)} MiB`.padStart(23),
  ].join("");
}

function medianOf(measurements: readonly Measurement[]): Measurement {
  return {
    seconds: median(measurements.map(({ seconds }) => seconds)),
    peakMiB: median(measurements.map(({ peakMiB }) => peakMiB)),
    resources: measurements[0]?.resources ?? {},
  };
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
