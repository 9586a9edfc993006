/** A variable of the environment; an empty one counts as unset, as shells and CI systems often leave it. */
export function setting(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = environment[name]?.trim();
  return value === "" ? undefined : value;
}
