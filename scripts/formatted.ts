import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { OxfmtConfig } from "oxfmt" with { "resolution-mode": "import" };

const PROJECT = resolve(__dirname, "..");
const OPTIONS = JSON.parse(readFileSync(join(PROJECT, ".oxfmtrc.json"), "utf8")) as OxfmtConfig;

/** A text as `npm run fix` would write it. @throws Error if it has a syntax error. */
export async function formatted(file: string, text: string): Promise<string> {
  const { format } = await import("oxfmt");
  const { code, errors } = await format(file, text, OPTIONS);
  if (errors.length > 0) throw new Error(`${file}: ${errors.map(({ message }) => message).join("; ")}`);
  return code;
}
