import { findProgram } from "./path";
import { run } from "../run";

/** A Go module with its pinned checksum. */
export interface GoModule {
  readonly path: string;
  readonly version: string;
  /** Checksum as in go.sum files. */
  readonly sum: string;
}

/** Downloads a module. @returns The read-only folder of its source. @throws Error if the checksum differs. */
export async function downloadModule(
  { path, version, sum }: GoModule,
  remedy: string,
): Promise<{ go: string; folder: string }> {
  const go = findProgram("go", ["/usr/local/go/bin"]);
  if (go === undefined) throw new Error(remedy);
  const { stdout } = await run(go, ["mod", "download", "-json", `${path}@${version}`]);
  const downloaded = JSON.parse(stdout) as { Sum: string; Dir: string };
  if (downloaded.Sum !== sum) {
    throw new Error(
      `The Go module ${path}@${version} has the checksum ${downloaded.Sum} instead of ${sum}; do not use this proxy.`,
    );
  }
  return { go, folder: downloaded.Dir };
}
