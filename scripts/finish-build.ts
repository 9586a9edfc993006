import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { bundleStart, loadExportsLazily } from "./fast-start";

const TYPESCRIPT = /(?<!\.d)\.ts$/;
/** Sources that constructs read at synthesis; the compiler ignores them. */
const COPIED = ".sh";
/** The compiler's own file. It stays, so that the next build is incremental. */
const BUILD_INFO = ".tsbuildinfo";

/**
 * Completes the compiler's output: copies shell scripts into it, and removes files whose source does not exist any more.
 *
 * @param sources Folder of the sources.
 * @param output Folder that the compiler writes to.
 */
export function finishBuild(sources: string, output: string): void {
  const files = list(sources);
  const copied = files.filter((file) => file.endsWith(COPIED));
  const compiled = files.filter((file) => TYPESCRIPT.test(file)).map((file) => file.replace(TYPESCRIPT, ""));
  for (const file of copied) {
    mkdirSync(dirname(join(output, file)), { recursive: true });
    copyFileSync(join(sources, file), join(output, file));
  }
  const kept = new Set([BUILD_INFO, ...copied, ...compiled.flatMap((file) => [`${file}.js`, `${file}.d.ts`])]);
  for (const file of list(output)) if (!kept.has(file)) rmSync(join(output, file));
  removeEmptyFolders(output);
  for (const file of compiled) rewrite(join(output, `${file}.js`), loadExportsLazily);
}

function rewrite(file: string, change: (text: string) => string): void {
  const text = readFileSync(file, "utf8");
  const changed = change(text);
  if (changed !== text) writeFileSync(file, changed);
}

/** Lists the files below a folder, relative to it. */
function list(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}

function removeEmptyFolders(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }).filter((found) => found.isDirectory())) {
    const inner = join(folder, entry.name);
    removeEmptyFolders(inner);
    if (readdirSync(inner).length === 0) rmdirSync(inner);
  }
}

/** Lets the shell run a package's commands. npm does so only where it installs them, and the compiler writes new files. */
export function makeExecutable(project: string): void {
  const { bin } = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as { bin: Record<string, string> };
  for (const file of Object.values(bin)) chmodSync(join(project, file), 0o755);
}

if (require.main === module) {
  const project = resolve(__dirname, "..");
  finishBuild(join(project, "src"), join(project, "lib"));
  void bundleStart(join(project, "src", "cli", "main.ts"), join(project, "lib", "cli", "main.js")).then(() =>
    makeExecutable(project),
  );
}
