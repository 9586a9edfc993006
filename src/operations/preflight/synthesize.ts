import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { setting } from "../../core/environment";
import { OperationError } from "../../core/errors";
import type { StackJson, SynthesizedStack } from "./synthesized-stack";

const run = promisify(execFile);

/** Milliseconds. A thousand tenants take less. */
const PATIENCE = 300_000;

/** What the app of the current folder synthesizes, or what it says is wrong. */
export interface Synthesis {
  /** Folder of the stacks; it exists while the work is done. */
  readonly folder: string;
  readonly stacks: readonly SynthesizedStack[];
  /** One line per problem; none if the app succeeded. */
  readonly problems: readonly string[];
}

/** Synthesizes the project in the current folder, as `cdktf` does, and removes the result when the work is done. */
export async function withSynthesis<Result>(
  environment: NodeJS.ProcessEnv,
  work: (synthesis: Synthesis) => Promise<Result>,
): Promise<Result> {
  const output = mkdtempSync(join(tmpdir(), "tenant-vault-preflight-"));
  try {
    return await work(await synthesize(findApp(environment), output, environment));
  } finally {
    rmSync(output, { recursive: true });
  }
}

async function synthesize(app: string, output: string, environment: NodeJS.ProcessEnv): Promise<Synthesis> {
  const folder = join(output, "stacks");
  try {
    await run("sh", ["-c", app], { env: { ...environment, CDKTF_OUTDIR: output }, timeout: PATIENCE });
  } catch (error) {
    const { stderr = "", message } = error as { stderr?: string; message: string };
    const lines = stderr.split("\n").filter((line) => line.trim() !== "");
    return { folder, stacks: [], problems: lines.length === 0 ? [message] : lines };
  }
  const stacks = readdirSync(folder).map((name) => ({
    name,
    json: JSON.parse(readFileSync(join(folder, name, "cdk.tf.json"), "utf8")) as StackJson,
  }));
  return { folder, stacks, problems: [] };
}

/** The command that cdktf runs to synthesize. */
function findApp(environment: NodeJS.ProcessEnv): string {
  const named = setting(environment, "CDKTF_APP");
  if (named !== undefined) return named;
  try {
    const { app } = JSON.parse(readFileSync("cdktf.json", "utf8")) as { app?: string };
    if (app !== undefined) return app;
  } catch {
    // The same as a file without an app.
  }
  throw new OperationError("usage", "This folder has no cdktf.json that names an app; run this in the project.");
}
