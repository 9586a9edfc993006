import { ReplicaError } from "../../vault/errors";
import type { SealStatus } from "../../vault/seal";
import { MAX_TRAILING } from "../raft";
import type { CentralServer } from "./central-server";

/** What a server says about its keys and its version. */
type Facts = Pick<SealStatus, "seal" | "version">;

/** State of a server of the central Vault. */
export type ServerState = { readonly address: string } & (
  | { readonly state: "unreachable"; readonly reason: string }
  | ({ readonly state: "uninitialized" } & Facts)
  | ({ readonly state: "sealed" } & Facts & Pick<SealStatus, "progress" | "threshold" | "shares">)
  | ({
      readonly state: "unsealed";
      readonly active: boolean;
      readonly cluster: string | undefined;
      /** Address that it takes for the active server's; undefined if it knows none. */
      readonly leader: string | undefined;
      /** Raft index up to which it has applied the log; undefined if the storage is not raft. */
      readonly applied: number | undefined;
    } & Facts &
      Pick<SealStatus, "threshold" | "shares">)
);

/** State of a server that is sealed or unsealed. */
export type StateOf<Name extends ServerState["state"]> = Extract<ServerState, { readonly state: Name }>;

/** Asks each server. A server that does not answer is unreachable. */
export function observeServers(servers: readonly CentralServer[]): Promise<readonly ServerState[]> {
  return Promise.all(servers.map(observe));
}

async function observe(server: CentralServer): Promise<ServerState> {
  const { address, replica } = server;
  try {
    const { initialized, sealed, progress, cluster, ...facts } = await server.seal.status();
    const { seal, version } = facts;
    if (!initialized) return { address, state: "uninitialized", seal, version };
    if (sealed) return { address, state: "sealed", ...facts, progress };
    const [leader, applied] = await Promise.all([replica.leader(), replica.appliedIndex()]);
    return {
      address,
      state: "unsealed",
      ...facts,
      cluster,
      active: leader?.isSelf === true,
      leader: leader?.address,
      applied,
    };
  } catch (error) {
    if (!(error instanceof ReplicaError)) throw error;
    return { address, state: "unreachable", reason: error.message };
  }
}

/** The states of one kind. */
export function inState<Name extends ServerState["state"]>(
  states: readonly ServerState[],
  name: Name,
): readonly StateOf<Name>[] {
  return states.filter((each): each is StateOf<Name> => each.state === name);
}

/** What keeps the central Vault from working with all its servers, in one sentence each; empty if nothing does. */
export function faultsOf(states: readonly ServerState[]): readonly string[] {
  return [
    ...inState(states, "unreachable").map(({ address, reason }) => `${address} does not answer (${reason})`),
    ...inState(states, "sealed").map(
      ({ address, progress, threshold }) => `${address} is sealed, ${progress} of ${threshold} keys`,
    ),
    ...inState(states, "uninitialized").map(({ address }) => `${address} has no data and is in no cluster`),
    ...clusterFaults(inState(states, "unsealed")),
  ];
}

/** What keeps unsealed servers from working together, in one sentence each. */
export function clusterFaults(unsealed: readonly StateOf<"unsealed">[]): readonly string[] {
  const leaders = new Set(unsealed.flatMap(({ leader }) => leader ?? []));
  const applied = unsealed.flatMap((each) => each.applied ?? []);
  return [
    ...foreign(unsealed).map(foreignText),
    ...unsealed.filter(({ leader }) => leader === undefined).map(({ address }) => `${address} knows no active server`),
    ...(leaders.size > 1 ? [`the servers do not agree which one is active: ${[...leaders].join(", ")}`] : []),
    ...(Math.max(...applied) - Math.min(...applied) > MAX_TRAILING ? ["a server lags behind in raft"] : []),
  ];
}

/** Servers that belong to another cluster than the first one, with the first one. */
export function foreign(
  unsealed: readonly StateOf<"unsealed">[],
): readonly { readonly server: StateOf<"unsealed">; readonly first: StateOf<"unsealed"> }[] {
  const [first] = unsealed;
  if (first === undefined) return [];
  return unsealed.filter(({ cluster }) => cluster !== first.cluster).map((server) => ({ server, first }));
}

/** One sentence without its end. */
export function foreignText({ server, first }: ReturnType<typeof foreign>[number]): string {
  return `${server.address} belongs to another cluster (${server.cluster ?? "unknown"}) than ${first.address} (${first.cluster ?? "unknown"})`;
}
