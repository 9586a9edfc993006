import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { PAGE, withCommands } from "./commands-reference/page";

/** Writes the reference of the commands into its page, between the two marks. */
async function main(): Promise<void> {
  const file = resolve(__dirname, "..", PAGE);
  writeFileSync(file, await withCommands(readFileSync(file, "utf8")));
}

main().catch((error: unknown) => {
  console.error(String(error));
  process.exitCode = 1;
});
