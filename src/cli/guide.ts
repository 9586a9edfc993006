import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { GuidedInstance } from "../contract/guide";
import { certificatesOf } from "../contract/instance";
import { OperationError } from "../core/errors";
import { guideOf } from "../guide/guide";
import { guidedInstance, guidedInstances } from "../guide/guided-instance";
import { guideMarkdown } from "../guide/markdown";
import { withSynthesis, type Synthesis } from "../operations/preflight/synthesize";
import { instanceProviders, type SynthesizedStack } from "../operations/preflight/synthesized-stack";
import type { CommandHost, CommandResult } from "./command";

/** Options of `guide`. */
export interface GuideOptions {
  /** Name of the only role that the page is for. @default - all */
  readonly role?: string;
}

/** `tenant-vault guide`: the page for the people of an instance. It asks no server. */
export async function guide(host: CommandHost, instance: string, { role }: GuideOptions): Promise<CommandResult> {
  // As for cdktf, the stacks name the namespace of the central Vault, and the app refuses the variable.
  const { VAULT_NAMESPACE: _, ...environment } = host.environment;
  return withSynthesis(environment, (synthesis) => {
    if (synthesis.problems.length > 0)
      throw new OperationError(
        "synthesis-failed",
        `The project cannot be synthesized: ${synthesis.problems.join("; ")}`,
      );
    const { stack, guided } = find(instance, synthesis.stacks);
    const caCertificate = caCertificateOf(guided, stack, synthesis);
    const page = guideOf({ ...guided, roles: rolesOf(guided, role) }, { instance, caCertificate });
    return Promise.resolve({ text: guideMarkdown(page), json: page });
  });
}

function find(
  instance: string,
  stacks: readonly SynthesizedStack[],
): { readonly stack: SynthesizedStack; readonly guided: GuidedInstance } {
  for (const stack of stacks) {
    const guided = guidedInstance(stack.json, instance);
    if (guided !== undefined) return { stack, guided };
  }
  const known = stacks.flatMap(({ json }) => guidedInstances(json));
  throw new OperationError(
    "usage",
    `"${instance}" is not an instance of this project, whose instances are ${known.join(", ") || "none"}; write tenant and instance, such as customer10/main.`,
  );
}

function rolesOf({ roles }: GuidedInstance, name: string | undefined): GuidedInstance["roles"] {
  const chosen = roles.filter((role) => name === undefined || role.name === name);
  if (chosen.length > 0 || name === undefined) return chosen;
  throw new OperationError(
    "usage",
    `"${name}" is not a role of the instance, whose roles are ${roles.map((role) => role.name).join(", ") || "none"}; write one of them.`,
  );
}

/** The file that Terraform trusts for the instance. That of the central root is there once somebody has written it. */
function caCertificateOf(
  { address }: GuidedInstance,
  stack: SynthesizedStack,
  { folder }: Synthesis,
): string | undefined {
  const file = instanceProviders(stack).find((provider) => provider.address === address)?.caFile;
  const path = file === undefined ? undefined : resolve(folder, stack.name, file);
  const certificates = path !== undefined && existsSync(path) ? certificatesOf(readFileSync(path, "utf8")) : "";
  return certificates === "" ? undefined : certificates;
}
