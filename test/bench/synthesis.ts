import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../lab/run";

/** What one synthesis in a process of its own took and made. */
export interface Measurement {
  /** Processor time. */
  readonly seconds: number;
  readonly peakMiB: number;
  /** How many resources there are of each type. */
  readonly resources: Readonly<Record<string, number>>;
}

/** Synthesizes tenants like the reference one, by the library or by plain cdktf code. */
export async function measureSynthesis(kind: "library" | "plain", tenants: number): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), "tenant-vault-bench-"));
  try {
    const script = join(__dirname, "synth-once.ts");
    const { stdout } = await run(
      process.execPath,
      ["--max-old-space-size=16384", "--import", "tsx", script, kind, String(tenants)],
      { env: { ...process.env, CDKTF_OUTDIR: folder } },
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
