import { buildSync } from "esbuild";

/**
 * Compiles a program and the files of this project that it imports, with the built package beside them. A loader of TypeScript
 * takes longer than the synthesis.
 */
export function compile(source: string, target: string): void {
  buildSync({
    entryPoints: [source],
    outfile: target,
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    // The project's own settings name the package's sources instead of the package.
    tsconfigRaw: {},
  });
}
