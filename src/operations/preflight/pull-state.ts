import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import type { SynthesizedStack } from "./synthesized-stack";

const run = promisify(execFile);

/** Milliseconds for one run of Terraform. */
const PATIENCE = 60_000;

/** What Terraform says if the initialisation of the backend has failed before. */
const NOT_INITIALISED = "Backend initialization required";

/** How states are read. */
export interface StateAccess {
  /** Folder of the synthesized stacks. Paths of a backend are relative to a folder in it. */
  readonly folder: string;
  /** The program: Terraform or OpenTofu. */
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Resources of a state. */
interface StateResource {
  readonly mode: string;
  readonly provider: string;
  readonly type?: string;
  readonly name?: string;
  readonly instances?: readonly {
    readonly index_key?: string | number;
    readonly attributes?: Readonly<Record<string, unknown>>;
  }[];
}

/** The part of Terraform's state that the preflight reads. */
export interface TerraformState {
  readonly resources?: readonly StateResource[];
}

/** Terraform cannot read a state. Its message is what Terraform says. */
export class BackendError extends Error {
  override readonly name = "BackendError";
}

/**
 * Reads the state of a stack from its backend, also in a checkout in which nothing was deployed. @returns An empty state before the
 * first deployment.
 *
 * @throws BackendError if the backend cannot be read, and the system's own error if there is no such program.
 */
export async function pullState({ json }: SynthesizedStack, access: StateAccess): Promise<TerraformState> {
  const cwd = mkdtempSync(join(access.folder, "preflight-"));
  try {
    const { backend, cloud } = json.terraform ?? {};
    writeFileSync(join(cwd, "cdk.tf.json"), JSON.stringify({ terraform: { backend, cloud } }));
    mkdirSync(join(cwd, "plugins"));
    // It initialises the backend and then fails, because the state needs providers and the folder has none. They would be downloaded.
    const prepared = await terraform(["init", "-input=false", "-no-color", "-plugin-dir=plugins"], cwd, access);
    const pulled = await terraform(["state", "pull"], cwd, access);
    if (pulled.failure === undefined) return JSON.parse(pulled.stdout.trim() || "{}") as TerraformState;
    const { failure } = pulled;
    throw new BackendError(failure.startsWith(NOT_INITIALISED) ? (prepared.failure ?? failure) : failure);
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

interface Ran {
  readonly stdout: string;
  /** What the program says is wrong; undefined if it succeeded. */
  readonly failure?: string;
}

async function terraform(args: readonly string[], cwd: string, { program, environment }: StateAccess): Promise<Ran> {
  // A folder that all stacks share would mix up their backends.
  const env = { ...environment, TF_DATA_DIR: undefined };
  try {
    const { stdout } = await run(program, args, { cwd, env, timeout: PATIENCE, maxBuffer: 1e9 });
    return { stdout };
  } catch (error) {
    const { code, message, stderr = "" } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === "ENOENT") throw error;
    return { stdout: "", failure: explanation(stderr) ?? message };
  }
}

/** The first error in what Terraform prints, up to an empty line, on one line. */
function explanation(output: string): string | undefined {
  const lines = stripVTControlCharacters(output).replaceAll(/^[│╷╵ ]+/gm, "");
  const [, first] = /(?:^|\n)Error: (.*(?:\n.+)*)/.exec(lines) ?? [];
  return first?.replaceAll(/\s+/g, " ").trim();
}
