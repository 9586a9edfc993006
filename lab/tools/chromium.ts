import { join } from "node:path";
import { cachedFolder } from "./cache";
import { librariesIn, unpackDebianPackages, withLibraries } from "./debian";
import { findProgram } from "./path";

/** A browser without a window. */
export interface BrowserProgram {
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
}

const REMEDY = "A browser is missing; put chromium or chromium-headless-shell on PATH.";

/** Finds Chromium on PATH, else unpacks Debian's package without installing it. */
export async function obtainChromium(): Promise<BrowserProgram> {
  const installed = findProgram("chromium-headless-shell") ?? findProgram("chromium");
  if (installed !== undefined) return { program: installed, environment: process.env };
  const root = await cachedFolder("chromium", (folder) =>
    unpackDebianPackages(folder, { packages: ["chromium-headless-shell"], remedy: REMEDY }),
  );
  const program = join(root, "usr", "lib", "chromium", "chromium-headless-shell");
  return { program, environment: withLibraries(librariesIn(root)) };
}
