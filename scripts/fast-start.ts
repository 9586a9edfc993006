import { build, type Plugin } from "esbuild";

/** What the compiler writes for `export { A, B } from "./file"`. */
const EXPORTED_AGAIN =
  /^var (\w+) = require\(("[^"]+")\);\n((?:Object\.defineProperty\(exports, "\w+", \{ enumerable: true, get: function \(\) \{ return \1\.\w+; \} \}\);\n)+)/gm;

/**
 * Lets a compiled file load what it exports from other files when that is used for the first time. Of the library's entry
 * points and the classes of the providers, a program uses few.
 */
export function loadExportsLazily(code: string): string {
  return code.replace(EXPORTED_AGAIN, (_, name: string, file: string, exported: string) =>
    exported
      .replaceAll(`return ${name}.`, `return require(${file}).`)
      // Node.js finds the names of an import in the line `exports.A = void 0` instead; it must not read the getter.
      .replaceAll(/\(exports, ("\w+")/g, "(exports, [$1][0]"),
  );
}

/** What a program loads later: `import("./file.js")`. */
const LATER: Plugin = {
  name: "later",
  setup(bundle) {
    bundle.onResolve({ filter: /^\.\/.*\.js$/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};

/**
 * Compiles a program and what it loads at its start, with packages, into one file: for so little code, finding files takes
 * longest. What it loads later, by `import("./file.js")`, stays in files of its own.
 */
export async function bundleStart(source: string, target: string): Promise<void> {
  await build({
    entryPoints: [source],
    outfile: target,
    bundle: true,
    plugins: [LATER],
    platform: "node",
    target: "node20",
    supported: { "dynamic-import": false },
    // The project's own settings name the package's sources instead of the package.
    tsconfigRaw: {},
  });
}
