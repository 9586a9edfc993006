import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run, tryRun } from "../run";
import { requireProgram } from "./path";

/** Packages to unpack. */
export interface DebianPackages {
  readonly packages: readonly string[];
  /** Message if there is no apt. */
  readonly remedy: string;
}

/** Environment of programs that were unpacked with these folders of libraries. @param libraries None of installed programs. */
export function withLibraries(libraries: readonly string[]): NodeJS.ProcessEnv {
  return libraries.length === 0 ? process.env : { ...process.env, LD_LIBRARY_PATH: libraries.join(":") };
}

/**
 * Unpacks packages of the machine's Debian into a folder without installing them, and those that they need and the machine lacks. apt
 * verifies their signatures.
 */
export async function unpackDebianPackages(folder: string, props: DebianPackages): Promise<void> {
  const { packages, remedy } = props;
  const apt = requireProgram("apt-get", remedy);
  // Separate package lists, because those of the machine may be missing or old, and only root may update them.
  const state = join(folder, "apt");
  const archives = join(state, "cache", "archives");
  mkdirSync(join(state, "lists", "partial"), { recursive: true });
  mkdirSync(join(archives, "partial"), { recursive: true });
  const options = [
    "-o",
    `Dir::State::lists=${join(state, "lists")}`,
    "-o",
    `Dir::Cache=${join(state, "cache")}`,
    "-o",
    "APT::Sandbox::User=",
  ];
  await run(apt, [...options, "update"]);
  await run(apt, [...options, "download", ...packages], { cwd: archives });
  // Of what they depend on, only what the machine lacks. apt takes no lock, because it installs nothing.
  const missing = ["-o", "Debug::NoLocking=1", "--download-only", "--no-install-recommends", "--yes"];
  await tryRun(apt, [...options, ...missing, "install", ...packages]);
  for (const archive of readdirSync(archives).filter((name) => name.endsWith(".deb"))) {
    await run("dpkg-deb", ["--extract", join(archives, archive), folder]);
  }
  rmSync(state, { recursive: true });
}

/** Folders with libraries in a folder that packages were unpacked into. */
export function librariesIn(root: string): string[] {
  const files = readdirSync(root, { recursive: true, withFileTypes: true });
  return [...new Set(files.filter(({ name }) => /\.so(\.|$)/.test(name)).map(({ parentPath }) => parentPath))];
}
