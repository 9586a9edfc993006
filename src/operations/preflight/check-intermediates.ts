import { askCentral, CentralError } from "../../central/client";
import { readCertificate } from "../../core/certificate";
import type { VaultClient } from "../../vault/client";
import { BackendError, pullState, type StateAccess, type TerraformState } from "./pull-state";
import { signaturesOf, type Signature, type SynthesizedStack } from "./synthesized-stack";

/** What the check of intermediates works with. */
export interface IntermediateChecks extends StateAccess {
  readonly now: Date;
}

/**
 * Intermediates that the next deployment has signed, and that would expire after the certificate of the root. Terraform refuses them
 * only when it plans. @returns One line per intermediate.
 */
export async function checkIntermediates(
  central: VaultClient,
  stacks: readonly SynthesizedStack[],
  checks: IntermediateChecks,
): Promise<string[]> {
  const found = stacks.flatMap((stack) =>
    signaturesOf(stack).map((each) => checkIntermediate(central, stack, each, checks)),
  );
  return (await Promise.all(found)).flat();
}

async function checkIntermediate(
  central: VaultClient,
  stack: SynthesizedStack,
  signature: Signature,
  checks: IntermediateChecks,
): Promise<string[]> {
  const { root, commonName, lifetime } = signature;
  const end = new Date(checks.now.getTime() + lifetime * 1000);
  const ofRoot = await expiryOf(central, root);
  if (ofRoot === undefined || end <= ofRoot || !(await isDue(stack, signature, checks))) return [];
  return [
    `${stack.name} would have the intermediate "${commonName}" signed, which expires on ${day(end)}, after the root CA ${root}, which expires on ${day(ofRoot)}; reduce pki.lifetime, or have it signed by another root CA.`,
  ];
}

function day(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** When the certificate of a CA expires. Everybody may read it. @returns Undefined if there is none; another check tells it. */
async function expiryOf(central: VaultClient, mount: string): Promise<Date | undefined> {
  try {
    const { body } = await askCentral(central, "GET", `${mount}/cert/ca`, { accept: [400, 403, 404] });
    const { certificate = "" } = (body.data ?? {}) as { certificate?: string };
    const read = readCertificate(certificate);
    return read && new Date(read.validTo);
  } catch (error) {
    if (error instanceof CentralError) return undefined;
    throw error;
  }
}

/** Whether a plan creates another intermediate now: the first one with this content, or the next one after half of its lifetime. */
async function isDue(stack: SynthesizedStack, signature: Signature, checks: IntermediateChecks): Promise<boolean> {
  try {
    const next = nextTime(await pullState(stack, checks), signature);
    return next === undefined || next <= checks.now;
  } catch (error) {
    // The check of the states tells it.
    if (error instanceof BackendError || (error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** When a plan creates the next intermediate; undefined if the state has none. */
export function nextTime({ resources = [] }: TerraformState, { block, lifetime }: Signature): Date | undefined {
  const instancesOf = (type: string, name: string) =>
    resources.filter((each) => each.type === type && each.name === name).flatMap(({ instances = [] }) => instances);
  const [origin] = instancesOf("terraform_data", block.replace(/signature$/, "origin"));
  const input = origin?.attributes?.input as { value?: { time?: string } } | undefined;
  const count = instancesOf("vault_pki_secret_backend_root_sign_intermediate", block).length;
  if (input?.value?.time === undefined || count === 0) return undefined;
  return new Date(Date.parse(input.value.time) + count * Math.ceil(lifetime / 2) * 1000);
}
