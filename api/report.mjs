// Writes the API report of each entry point, from its declarations in lib/. With --check, fails if a report is out of date.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CompilerState, Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const PROJECT = join(import.meta.dirname, "..");
const ENTRIES = ["index", "tenant", "spi"];
const DECLARATION = /^(export )?(abstract class|class|interface|type|function|const|enum) (\w+)/m;

/** The reports as api-extractor writes them, by entry point. */
function extract() {
  const scratch = mkdtempSync(join(tmpdir(), "tenant-vault-api-"));
  try {
    const configs = ENTRIES.map((name) => configure(name, scratch));
    const [first, ...others] = configs;
    // The entry points share one program, because compiling takes most of the time.
    const compilerState = CompilerState.create(first, {
      additionalEntryPoints: others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
    });
    for (const config of configs) {
      Extractor.invoke(config, { compilerState, localBuild: true, messageCallback: silence });
    }
    return new Map(ENTRIES.map((name) => [name, readFileSync(join(scratch, `${name}.api.md`), "utf8")]));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function configure(name, scratch) {
  return ExtractorConfig.prepare({
    packageJsonFullPath: join(PROJECT, "package.json"),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: PROJECT,
      mainEntryPointFilePath: join(PROJECT, "lib", `${name}.d.ts`),
      compiler: { tsconfigFilePath: join(PROJECT, "tsconfig.build.json") },
      newlineKind: "lf",
      apiReport: {
        enabled: true,
        // Types that no entry point exports are part of the API if an exported type names them.
        includeForgottenExports: true,
        reportFileName: `${name}.api.md`,
        reportFolder: scratch,
        reportTempFolder: scratch,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
    },
  });
}

/** Hides a message. ESLint and the unit tests check the documentation. */
function silence(message) {
  if (message.logLevel !== "error") message.logLevel = "none";
}

/**
 * Removes declarations that the entry point uses without exporting them, if another entry point exports them. Also removes
 * constants: their inferred types list union members in an order that differs from build to build.
 */
function withoutRepetition(reports) {
  const declarations = [...reports.values()].flatMap((report) => blocksOf(report).map(parseDeclaration));
  const exported = new Set(declarations.filter(({ isExported }) => isExported).map(({ name }) => name));
  const isKept = (block) => {
    const { isExported, kind, name } = parseDeclaration(block);
    return isExported || (kind !== "const" && !exported.has(name));
  };
  return new Map([...reports].map(([name, report]) => [name, blocksOf(report).filter(isKept).join("\n\n")]));
}

function parseDeclaration(block) {
  const [, prefix, kind, name] = DECLARATION.exec(block) ?? [];
  return { isExported: prefix !== undefined, kind, name };
}

function blocksOf(report) {
  return report.split("\n\n");
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

for (const [name, report] of withoutRepetition(extract())) {
  const file = join("api", `${name}.api.md`);
  if (!process.argv.includes("--check")) writeFileSync(join(PROJECT, file), report);
  else if (read(join(PROJECT, file)) !== report) {
    process.exitCode = 1;
    process.stderr.write(`${file} does not match the API; run "npm run api" and commit the report.\n`);
  }
}
