import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SynthesizedStack } from "./synthesized-stack";

const run = promisify(execFile);

interface StateResource {
  readonly mode: string;
  readonly provider: string;
  readonly type?: string;
  readonly name?: string;
  readonly instances?: readonly { readonly index_key?: string | number }[];
}

/** The part of Terraform's state that the check reads. */
export interface TerraformState {
  readonly resources?: readonly StateResource[];
}

/**
 * What stacks no longer have, though their state has it: instances, and nodes that nobody named as destroyable. Stacks that were
 * not deployed on this machine are not checked. @returns One line per problem.
 *
 * @param folder Folder of the stacks that `cdktf` deployed.
 */
export async function checkStates(
  stacks: readonly SynthesizedStack[],
  folder: string,
  program: string,
): Promise<string[]> {
  const problems = stacks.map(async (stack) => {
    const cwd = join(folder, stack.name);
    if (!existsSync(join(cwd, ".terraform"))) return [];
    try {
      const { stdout } = await run(program, ["state", "pull"], { cwd, timeout: 60_000, maxBuffer: 1e9 });
      const state = JSON.parse(stdout === "" ? "{}" : stdout) as TerraformState;
      return [...orphanedInstances(stack, state), ...lostNames(stack, state)];
    } catch {
      // Terraform will say more clearly what is wrong with its backend.
      return [];
    }
  });
  return (await Promise.all(problems)).flat();
}

const RESTORE_INSTANCE = 'give the instance its former name, or restore its entry and set "retired: true"';

/** Providers of instances that resources of a state need, and that the stack does not configure any more. */
export function orphanedInstances(
  { name: stack, json }: SynthesizedStack,
  { resources = [] }: TerraformState,
): string[] {
  const configured = (json.provider?.vault ?? []).map(({ alias }) => alias);
  const counts = new Map<string, number>();
  for (const { mode, provider } of resources) {
    const [, instance] = /\.instance-([a-z0-9-]+)$/.exec(provider) ?? [];
    if (mode !== "managed" || instance === undefined || configured.includes(`instance-${instance}`)) continue;
    counts.set(instance, (counts.get(instance) ?? 0) + 1);
  }
  return [...counts].map(
    ([instance, count]) =>
      `${stack} has ${count} resources in the instance ${instance}, which the tenant file does not name any more; ${RESTORE_INSTANCE}.`,
  );
}

/** What to do about names that leave a block, by the end of the block's name. */
const FIXES = {
  not_destroyable: 'write it again, or remove it as docs/operating/remove-nodes.md says and name it in "destroyable"',
  instances_not_retired: RESTORE_INSTANCE,
} as const;

/** Nodes, volumes, gateways and instances that a plan would destroy, and for which Terraform refuses the plan. */
export function lostNames({ name: stack, json }: SynthesizedStack, { resources = [] }: TerraformState): string[] {
  const moved = (json.moved ?? []).map(({ from }) => from);
  return Object.entries(json.resource?.terraform_data ?? {}).flatMap(([block, { for_each: names, lifecycle }]) => {
    const [, fix] = Object.entries(FIXES).find(([end]) => block.endsWith(end)) ?? [];
    if (fix === undefined || (lifecycle as { prevent_destroy?: boolean }).prevent_destroy !== true) return [];
    const known = resources
      .filter(({ type, name }) => type === "terraform_data" && name === block)
      .flatMap(({ instances = [] }) => instances.map(({ index_key: key }) => String(key)));
    return known
      .filter((name) => !(name in (names as object)) && !moved.includes(`terraform_data.${block}["${name}"]`))
      .map((name) => `${stack} would destroy ${name}, which the tenant file does not have any more; ${fix}.`);
  });
}
