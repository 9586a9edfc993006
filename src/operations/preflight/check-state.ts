import { BackendError, pullState, type StateAccess, type TerraformState } from "./pull-state";
import type { SynthesizedStack } from "./synthesized-stack";

/**
 * What stacks no longer have, though their state has it: instances, and nodes that nobody named as destroyable. A state that cannot
 * be read is a problem, too. @returns One line per problem.
 */
export async function checkStates(stacks: readonly SynthesizedStack[], access: StateAccess): Promise<string[]> {
  return (await Promise.all(stacks.map((stack) => checkState(stack, access)))).flat();
}

async function checkState(stack: SynthesizedStack, access: StateAccess): Promise<string[]> {
  try {
    const state = await pullState(stack, access);
    return [...orphanedInstances(stack, state), ...lostNames(stack, state)];
  } catch (error) {
    if (error instanceof BackendError)
      return [
        `${stack.name} was not compared with its state, because Terraform cannot read it (${error.message}); check the backend in stacks/operator.ts and its credentials.`,
      ];
    // Another check names a program that does not exist.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
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
  imported_keys: "list that key in importedKeys again, because the instance would generate another one in its place",
} as const;

/** Nodes, volumes, gateways, instances and imported keys that a plan would destroy, and for which Terraform refuses the plan. */
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
