import { findProgram } from "./path";
import { run } from "../run";

/** A Go module whose source is fetched through Go's own proxy and verified. */
export interface GoModule {
  readonly path: string;
  readonly version: string;
  /** What `go mod download` verifies, and go.sum files hold. */
  readonly sum: string;
}

/** Fetches a module. @returns The folder of its source, read-only. @throws Error when the content is not the pinned one. */
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
