import { clusterFaults, faultsOf, inState, type ServerState } from "./server-states";

/** Formats the states of the servers for people. */
export function statesText(states: readonly ServerState[]): string {
  const width = Math.max(...states.map(({ address }) => address.length));
  const sealed = inState(states, "sealed");
  const lines = [
    `central Vault  ${faultsOf(states).length === 0 ? "healthy" : "NOT HEALTHY"}`,
    ...states.map((each) => `  ${each.address.padEnd(width)}  ${each.state.padEnd(13)}  ${details(each)}`.trimEnd()),
    ...clusterFaults(inState(states, "unsealed")).map((fault) => `  ${fault}`),
    ...(sealed.length === 0 ? [] : ['  each person with a key runs "tenant-vault central unseal"']),
  ];
  return `${lines.join("\n")}\n`;
}

function details(state: ServerState): string {
  if (state.state === "unreachable") return state.reason;
  const version = `version ${state.version}`;
  if (state.state === "uninitialized") return version;
  if (state.state === "sealed") return `${progressText(state)}, ${version}`;
  return `${state.active ? "active" : "standby"}, ${version}`;
}

/** How many keys a server has of those that it needs. */
export function progressText({
  progress,
  threshold,
}: {
  readonly progress: number;
  readonly threshold: number;
}): string {
  return `${progress} of ${threshold} keys`;
}
