// Checks every shell script of the project. Needs shellcheck on PATH, or a Debian machine to obtain it from.
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { tryRun } from "../lab/run";
import { obtainShellcheck } from "../lab/tools/shellcheck";

const PROJECT = resolve(__dirname, "..");

/** Finds the shell scripts below a folder of the project. */
function scripts(folder: string): string[] {
  const found = readdirSync(join(PROJECT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sh"))
    .map((name) => join(folder, name));
  if (found.length === 0)
    throw new Error(`No shell script below ${folder}/; correct the search in scripts/shellcheck.ts.`);
  return found;
}

async function main(): Promise<void> {
  const files = [".ci/run", ...scripts("scripts"), ...scripts("src")];
  const { code, stdout, stderr } = await tryRun(await obtainShellcheck(), files, { cwd: PROJECT });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code;
}

main().catch((error: unknown) => {
  console.error(String(error));
  process.exitCode = 1;
});
