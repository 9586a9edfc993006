import { join } from "node:path";
import { run } from "../run";
import { cachedFolder } from "./cache";
import { downloadModule } from "./go";
import { findProgram } from "./path";

/** A program that serves the API of S3. */
export interface StorageProgram {
  readonly program: string;
  readonly kind: "minio" | "gofakes3";
}

/** A small server with the API of S3. MinIO itself takes minutes to build. */
const MODULE = {
  path: "github.com/johannesboyne/gofakes3",
  version: "v1.2.0",
  sum: "h1:I9VEzPWvvAUAGzDlhYFoZjF0AXMlkcEyZlmBwiI6Oms=",
};

/** Finds `minio` on PATH, else builds gofakes3. */
export async function obtainObjectStorage(): Promise<StorageProgram> {
  const minio = findProgram("minio");
  if (minio !== undefined) return { program: minio, kind: "minio" };
  const folder = await cachedFolder(`gofakes3-${MODULE.version}`, async (unfinished) => {
    const remedy = "An S3 server is missing; put minio on PATH, or install Go, which can build gofakes3.";
    const { go, folder: source } = await downloadModule(MODULE, remedy);
    const program = join(unfinished, "gofakes3");
    await run(go, ["build", "-trimpath", "-o", program, "./cmd/gofakes3"], { cwd: source });
  });
  return { program: join(folder, "gofakes3"), kind: "gofakes3" };
}
