import { join } from "node:path";
import { PROJECT } from "../../../lab/cdktf";
import { run } from "../../../lab/run";
import type { AuthorityBed } from "./authority-bed";

const COMMAND = join(PROJECT, "lib", "cli", "main.js");

/** Result of a command with `--json`, as a person runs it. */
export async function command(
  bed: AuthorityBed,
  args: readonly string[],
  more: Record<string, string> = {},
): Promise<unknown> {
  const { stdout } = await run(process.execPath, [COMMAND, ...args, "--json"], {
    env: {
      ...bed.lab.cdktf.environment,
      VAULT_ADDR: bed.lab.central.server.address,
      VAULT_CACERT: bed.lab.caCertificateFile,
      ...more,
    },
  });
  return JSON.parse(stdout);
}
