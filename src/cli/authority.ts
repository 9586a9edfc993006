import { AUTHORITY_VARIABLE, parseAuthority } from "../contract/authorities";
import { ensureAuthority } from "../operations/authorities/ensure-authority";
import { ensureSshKey } from "../operations/authorities/ensure-ssh-key";
import type { CommandHost, CommandResult } from "./command";
import { hookDescription } from "./hook-description";
import { withInstance, type InstanceOptions } from "./instance";

/** `tenant-vault authority`: the hook of the config layer that brings a CA whose key the central Vault holds into its mount. */
export function authority(host: CommandHost, target: string, options: InstanceOptions): Promise<CommandResult> {
  const described = hookDescription(host.environment, target, {
    variable: AUTHORITY_VARIABLE,
    what: "the CA",
    parse: parseAuthority,
  });
  return withInstance(host, target, { ...options, supplies: false }, async (context) => {
    const report = await ("privateKey" in described
      ? ensureSshKey(context, described)
      : ensureAuthority(context, described));
    const did = report.steps.length === 0 ? "nothing to do" : report.steps.join(", ");
    return {
      text: `${target}: the mount ${report.mount} has the issuer ${report.issuer} (${did})\n`,
      json: { instance: target, ...report },
    };
  });
}
