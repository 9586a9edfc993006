import { parseTarget } from "../central/instances";
import { AUTHORITY_VARIABLE, parseAuthority, type AuthorityDescription } from "../contract/authorities";
import { setting } from "../core/environment";
import { OperationError } from "../core/errors";
import { ensureAuthority } from "../operations/authorities/ensure-authority";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";

/** `tenant-vault authority`: the hook of the config layer that brings a CA whose key the central Vault holds into its mount. */
export function authority(host: CommandHost, target: string, options: InstanceOptions): Promise<CommandResult> {
  const described = describedAuthority(host.environment, target);
  return withInstance(host, target, { ...options, supplies: false }, async (context) => {
    const report = await ensureAuthority(context, described);
    const did = report.steps.length === 0 ? "nothing to do" : report.steps.join(", ");
    return {
      text: `${target}: the mount ${report.mount} has the issuer ${report.issuer} (${did})\n`,
      json: { instance: target, ...report },
    };
  });
}

function describedAuthority(environment: NodeJS.ProcessEnv, target: string): AuthorityDescription {
  const { tenant, name } = parseTarget(target);
  const passed = setting(environment, AUTHORITY_VARIABLE);
  if (passed === undefined) {
    throw new OperationError(
      "not-described",
      `${AUTHORITY_VARIABLE} does not describe the CA of ${target}; deploy the stack ${tenant}-config, which runs this.`,
    );
  }
  const described = parseAuthority(passed);
  if (described.tenant === tenant && described.name === name) return described;
  throw new OperationError(
    "description-mismatch",
    `${AUTHORITY_VARIABLE} describes ${described.tenant}/${described.name}, not ${target}; unset it, or name the instance that it describes.`,
  );
}
