// Checks every shell script of the project. Needs shellcheck on PATH, or a Debian machine to obtain it from.
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { tryRun } from "../lab/run";
import { obtainShellcheck } from "../lab/tools/shellcheck";

const PROJECT = resolve(__dirname, "..");

async function main(): Promise<void> {
  const inSources = readdirSync(join(PROJECT, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sh"))
    .map((name) => join("src", name));
  if (inSources.length === 0)
    throw new Error("No shell script below src/; correct the search in scripts/shellcheck.ts.");
  const { code, stdout, stderr } = await tryRun(await obtainShellcheck(), [".ci/run", ...inSources], { cwd: PROJECT });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code;
}

main().catch((error: unknown) => {
  console.error(String(error));
  process.exitCode = 1;
});
