import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../lab/run";
import { median } from "./median";

interface Measurement {
  readonly seconds: number;
  readonly peakMiB: number;
  /** How many resources there are of each type. */
  readonly resources: Readonly<Record<string, number>>;
}

interface Row {
  readonly tenants: number;
  readonly library: Measurement;
  readonly plain: Measurement;
  /** Of the times of the two. */
  readonly ratio: number;
}

const COUNTS = [0, 1, 10, 100, 1000];
const ROUNDS = 3;
/** Bars that the synthesis is to keep. */
const HIGHEST_RATIO = 1.2;
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
    rows.some(({ ratio }) => ratio > HIGHEST_RATIO)
  ) {
    print(`A bar is broken: ratios are to be at most ${HIGHEST_RATIO}.`);
    process.exitCode = 1;
  }
}

async function measurePairs(tenants: number): Promise<Row> {
  const pairs: [Measurement, Measurement][] = [];
  for (let round = 0; round < ROUNDS; round++)
    pairs.push([await measure("library", tenants), await measure("plain", tenants)]);
  const library = medianOf(pairs.map(([measured]) => measured));
  const plain = medianOf(pairs.map(([, measured]) => measured));
  for (const type of new Set([...Object.keys(library.resources), ...Object.keys(plain.resources)])) {
    const [made = 0, expected = 0] = [plain.resources[type], library.resources[type]];
    if (made !== expected) throw new Error(`The plain code makes ${made} resources of ${type} instead of ${expected}.`);
  }
  return { tenants, library, plain, ratio: median(pairs.map(([a, b]) => a.seconds / b.seconds)) };
}

async function measure(kind: "library" | "plain", tenants: number): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), "tenant-vault-bench-"));
  try {
    const script = join(__dirname, "synth-once.ts");
    const { stdout } = await run(
      process.execPath,
      ["--max-old-space-size=16384", "--import", "tsx", script, kind, String(tenants)],
      {
        env: { ...process.env, CDKTF_OUTDIR: folder },
      },
    );
    return { ...(JSON.parse(stdout) as Omit<Measurement, "resources">), resources: countResources(folder) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function countResources(folder: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const stack of readdirSync(join(folder, "stacks"))) {
    const json = JSON.parse(readFileSync(join(folder, "stacks", stack, "cdk.tf.json"), "utf8")) as {
      resource?: Record<string, object>;
    };
    for (const [type, named] of Object.entries(json.resource ?? {}))
      counts[type] = (counts[type] ?? 0) + Object.keys(named).length;
  }
  return counts;
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
