import { runCommand } from "../support/command";
import type { AuthorityBed } from "./authority-bed";

/** Result of a command with `--json`, as a person runs it. @throws Error if it fails. */
export async function command(
  bed: AuthorityBed,
  args: readonly string[],
  more: Record<string, string> = {},
): Promise<unknown> {
  const { code, stdout, stderr } = await runCommand([...args, "--json"], {
    ...bed.lab.cdktf.environment,
    VAULT_ADDR: bed.lab.central.server.address,
    VAULT_CACERT: bed.lab.caCertificateFile,
    ...more,
  });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
