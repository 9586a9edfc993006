import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../../lab/cdktf";

/** Copies the project, as a clone would be after npm ci and a build. */
export function cloneProject(copy: string): void {
  mkdirSync(copy, { recursive: true });
  for (const part of ["src", "stacks", "tenants", "lib", "package.json", "cdktf.json", "tsconfig.json"]) {
    cpSync(join(PROJECT, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(PROJECT, "node_modules"), join(copy, "node_modules"));
}
