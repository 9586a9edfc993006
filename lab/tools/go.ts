import { findProgram } from "./path";
import { run } from "../run";

/** A Go module with its pinned checksum. */
export interface GoModule {
  readonly path: string;
  readonly version: string;
  /** Checksum as in go.sum files. */
  readonly sum: string;
}

/**
 * Nobody debugs the programs, so the compiler need not describe them. Without inlining it takes a quarter less time. Functions of Go's
 * own packages are inlined: each process of a provider makes keys for TLS, and would take a third longer without. All programs are
 * built alike, so that they share these packages.
 */
const FLAGS = [
  ...["-mod=readonly", "-trimpath", "-ldflags=-s -w"],
  ...["-gcflags=all=-dwarf=false -l", "-gcflags=std=-dwarf=false"],
];

/** A program that a module has the source of. */
export interface GoProgram extends GoModule {
  /** Package of the program in the module. @default "." */
  readonly package?: string;
  /** Completes an error if Go is missing: what is missing, and how to obtain it. */
  readonly remedy: string;
}

/**
 * Downloads a module and builds its program as a file. In the module's own folder, because "go install" refuses a module that
 * replaces a dependency.
 *
 * @throws Error if Go is missing, or the checksum differs.
 */
export async function buildProgram(program: GoProgram, file: string): Promise<void> {
  const go = findProgram("go", ["/usr/local/go/bin"]);
  if (go === undefined) throw new Error(program.remedy);
  const source = await downloadModule(go, program);
  // Tests wait for it, so it may use more processors than they leave to each server.
  await run(go, ["build", "-C", source, ...FLAGS, "-o", file, program.package ?? "."], {
    env: { ...process.env, CGO_ENABLED: "0", GOMAXPROCS: undefined },
  });
}

/** @returns The read-only folder of its source. */
async function downloadModule(go: string, { path, version, sum }: GoModule): Promise<string> {
  const { stdout } = await run(go, ["mod", "download", "-json", `${path}@${version}`]);
  const downloaded = JSON.parse(stdout) as { Sum: string; Dir: string };
  if (downloaded.Sum !== sum) {
    throw new Error(
      `The Go module ${path}@${version} has the checksum ${downloaded.Sum} instead of ${sum}; do not use this proxy.`,
    );
  }
  return downloaded.Dir;
}
