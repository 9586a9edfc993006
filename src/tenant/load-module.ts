import { pathToFileURL } from "node:url";

/** Endings of the names of modules that a project may have. */
export const MODULES = [".ts", ".js", ".mts", ".mjs"];

/** Imports a module. @returns Its default export. */
export async function importDefault(file: string): Promise<unknown> {
  return defaultExport((await import(pathToFileURL(file).href)) as object);
}

/** A module's default export. Node.js wraps a CommonJS module once more. */
function defaultExport(module: object): unknown {
  const { default: outer } = module as { default?: unknown };
  return typeof outer === "object" && outer !== null && "__esModule" in outer
    ? (outer as { default?: unknown }).default
    : outer;
}
