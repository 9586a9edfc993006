import { join } from "node:path";
import { cachedFolder } from "./cache";
import { buildProgram } from "./go";
import { findProgram } from "./path";

/** A program that serves the API of S3. */
export interface StorageProgram {
  readonly program: string;
  readonly kind: "minio" | "gofakes3";
}

/** A small server with the API of S3. MinIO itself takes minutes to build. */
const PROGRAM = {
  path: "github.com/johannesboyne/gofakes3",
  version: "v1.2.0",
  sum: "h1:I9VEzPWvvAUAGzDlhYFoZjF0AXMlkcEyZlmBwiI6Oms=",
  package: "./cmd/gofakes3",
  remedy: "An S3 server is missing; put minio on PATH, or install Go, which can build gofakes3.",
};

/** Finds `minio` on PATH, else builds gofakes3. */
export async function obtainObjectStorage(): Promise<StorageProgram> {
  const minio = findProgram("minio");
  if (minio !== undefined) return { program: minio, kind: "minio" };
  const folder = await cachedFolder(`gofakes3-${PROGRAM.version}`, (unfinished) =>
    buildProgram(PROGRAM, join(unfinished, "gofakes3")),
  );
  return { program: join(folder, "gofakes3"), kind: "gofakes3" };
}
