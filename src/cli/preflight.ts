import { join } from "node:path";
import { connectToCentral } from "../central/login";
import { CentralError } from "../central/client";
import { RecordStore } from "../central/record-store";
import { setting } from "../core/environment";
import { OperationError } from "../core/errors";
import { proxiesOf } from "../core/proxies";
import { checkCentral } from "../operations/preflight/check-central";
import { checkCloud } from "../operations/preflight/check-cloud";
import { checkInstances } from "../operations/preflight/check-instances";
import { checkIntermediates, type IntermediateChecks } from "../operations/preflight/check-intermediates";
import { checkMachines } from "../operations/preflight/check-machines";
import { checkStates } from "../operations/preflight/check-state";
import { checkProviders } from "../operations/preflight/check-providers";
import { withSynthesis, type Synthesis } from "../operations/preflight/synthesize";
import { centralNamespace, type SynthesizedStack } from "../operations/preflight/synthesized-stack";
import { checkTerraform } from "../operations/preflight/terraform-version";
import type { CommandHost, CommandResult } from "./command";

/** Where `cdktf` keeps the stacks, with the lock files of their providers. */
const DEPLOYED = join("cdktf.out", "stacks");

/** Exit code if a deployment would fail. */
const NOT_READY = 2;

/** `tenant-vault preflight`: what would make a deployment of a tenant fail, all at once, before anything is created. */
export async function preflight(host: CommandHost, tenant: string): Promise<CommandResult> {
  // As for cdktf, the stacks name the namespace of the central Vault, and the app refuses the variable.
  const { VAULT_NAMESPACE: _, ...environment } = host.environment;
  return withSynthesis(environment, async (synthesis) => {
    const problems =
      synthesis.problems.length > 0
        ? synthesis.problems
        : await problemsOf(tenant, synthesis, environment, host.clock.date());
    const found = [...new Set(problems)];
    return {
      text: found.length === 0 ? `${tenant}: ready to deploy\n` : found.map((problem) => `${problem}\n`).join(""),
      json: { tenant, problems: found },
      exitCode: found.length === 0 ? 0 : NOT_READY,
    };
  });
}

async function problemsOf(
  tenant: string,
  synthesis: Synthesis,
  environment: NodeJS.ProcessEnv,
  now: Date,
): Promise<string[]> {
  const stacks = stacksOf(tenant, synthesis.stacks);
  const terraform = setting(environment, "TERRAFORM_BINARY_NAME") ?? "terraform";
  const access = { folder: synthesis.folder, program: terraform, environment };
  const found = await Promise.all([
    checkTerraform(terraform),
    checkStates(stacks, access),
    checkServers(stacks, { ...access, now }, environment),
    checkCloud(stacks, environment),
  ]);
  return [...found.flat(), ...checkProviders(stacks, DEPLOYED), ...checkMachines(stacks, environment)];
}

function stacksOf(tenant: string, stacks: readonly SynthesizedStack[]): SynthesizedStack[] {
  const found = stacks.filter(
    ({ name }) => name.startsWith(`${tenant}-`) && !name.slice(tenant.length + 1).includes("-"),
  );
  if (found.length > 0) return found;
  const known = stacks.map(({ name }) => name).join(", ");
  throw new OperationError(
    "usage",
    `"${tenant}" does not name a tenant of this project, whose stacks are ${known}; write its name, such as customer10.`,
  );
}

async function checkServers(
  stacks: readonly SynthesizedStack[],
  checks: IntermediateChecks,
  environment: NodeJS.ProcessEnv,
): Promise<string[]> {
  const { folder } = checks;
  try {
    const central = await connectToCentral({ ...environment, VAULT_NAMESPACE: centralNamespace(stacks) });
    try {
      const ofCentral = await checkCentral(central, stacks);
      const ofInstances = await checkInstances(stacks, {
        folder,
        caCertificate: central.caCertificate,
        proxyFor: (address) => proxiesOf(environment).proxyFor(address),
        record: (name, instance) => new RecordStore(central, name, instance),
      });
      return [...ofCentral, ...(await checkIntermediates(central, stacks, checks)), ...ofInstances];
    } finally {
      await central.close();
    }
  } catch (error) {
    // Nothing in the central Vault can be checked without it.
    if (error instanceof CentralError) return [error.message];
    throw error;
  }
}
