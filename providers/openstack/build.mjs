// Generates the bindings from schema.json and compiles them to lib/, unless lib/ already stems from the same.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const here = import.meta.dirname;
const require = createRequire(import.meta.url);
const generatorVersion = require("@cdktf/provider-generator/package.json").version;
const typescriptVersion = require("typescript/package.json").version;
const schemaText = readFileSync(join(here, "schema.json"), "utf8");
const compilerOptions = readFileSync(join(here, "tsconfig.json"), "utf8");
const stampFile = join(here, ".built-from");
const stamp = createHash("sha256")
  .update([generatorVersion, typescriptVersion, schemaText, compilerOptions].join("\n"))
  .digest("hex");

const built = existsSync(stampFile) && existsSync(join(here, "lib")) && readFileSync(stampFile, "utf8") === stamp;
if (built) process.exit(0);

const generated = join(here, "generated");
rmSync(generated, { recursive: true, force: true });
rmSync(join(here, "lib"), { recursive: true, force: true });

process.env.CHECKPOINT_DISABLE = "1"; // the generator would otherwise call a telemetry server
const { generateProviderBindingsFromSchema } = require("@cdktf/provider-generator");
await generateProviderBindingsFromSchema(generated, JSON.parse(schemaText));

execFileSync(process.execPath, [require.resolve("typescript/bin/tsc"), "--project", here], { stdio: "inherit" });
rmSync(generated, { recursive: true });
writeFileSync(stampFile, stamp);
