import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run, tryRun } from "../run";
import { CACHE, cachedFolder } from "./cache";
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
  const lists = await packageLists(apt);
  const archives = join(folder, "archives");
  mkdirSync(join(archives, "partial"), { recursive: true });
  const options = [...settings(lists), "-o", `Dir::Cache::archives=${archives}`];
  await run(apt, [...options, "download", ...packages], { cwd: archives });
  // Of what they depend on, only what the machine lacks. apt takes no lock, because it installs nothing.
  const missing = ["-o", "Debug::NoLocking=1", "--download-only", "--no-install-recommends", "--yes"];
  await tryRun(apt, [...options, ...missing, "install", ...packages]);
  for (const archive of readdirSync(archives).filter((name) => name.endsWith(".deb"))) {
    await run("dpkg-deb", ["--extract", join(archives, archive), folder]);
  }
  rmSync(archives, { recursive: true });
}

/** Package lists of today, which all packages share. Those of the machine may be missing or old, and only root may update them. */
async function packageLists(apt: string): Promise<string> {
  const name = "debian-lists-";
  return cachedFolder(`${name}${new Date().toISOString().slice(0, 10)}`, async (lists) => {
    const former = readdirSync(CACHE).filter((each) => each.startsWith(name) && !each.endsWith(".lock"));
    for (const each of former) rmSync(join(CACHE, each), { recursive: true });
    mkdirSync(join(lists, "partial"));
    await run(apt, [...settings(lists), "update"]);
  });
}

/** What apt reads the lists with. It keeps what it has read beside them, also where a machine's settings say that it should not. */
function settings(lists: string): string[] {
  const folders = [`Dir::State::lists=${lists}`, `Dir::Cache=${lists}`, "Dir::Cache::pkgcache=pkgcache.bin"];
  return [...folders, "APT::Sandbox::User="].flatMap((setting) => ["-o", setting]);
}

/** Folders with libraries in a folder that packages were unpacked into. */
export function librariesIn(root: string): string[] {
  const files = readdirSync(root, { recursive: true, withFileTypes: true });
  return [...new Set(files.filter(({ name }) => /\.so(\.|$)/.test(name)).map(({ parentPath }) => parentPath))];
}
