import type { Instance, Replica } from "../../contract/instance";
import type { RaftPeer } from "../../vault/replica";
import { Stop } from "../stop";
import { VaultError } from "../../vault/client";
import type { World } from "../context";

/** Entries that a member may lag behind; what Vault's autopilot allows, https://developer.hashicorp.com/vault/docs/concepts/integrated-storage/autopilot */
const MAX_TRAILING = 1000;

/**
 * Members of raft that are no replicas any more, since the StatefulSet was scaled down.
 *
 * @throws Stop when it is not certain that they are such.
 */
function departedPeers({ tenant, name, kubernetes, replicas }: Instance, peers: readonly RaftPeer[]): string[] {
  if (peers.length <= replicas.length) return [];
  const expected = new Set(replicas.map((replica) => replica.name));
  const others = peers.map(({ id }) => id).filter((id) => !expected.has(id));
  const ordinal = new RegExp(`^${kubernetes?.statefulSet ?? ""}-(\\d+)$`);
  const foreign = others.filter((id) => !(Number(ordinal.exec(id)?.[1]) >= replicas.length));
  if (kubernetes === undefined || foreign.length > 0) {
    throw new Stop(
      "foreign-peers",
      `Raft of ${tenant}/${name} counts ${peers.length} peers (${peers.map(({ id }) => id).join(", ")}), the instance has ${replicas.length} replicas; ` +
        'describe the missing ones, or remove those that are gone for good with "vault operator raft remove-peer ID", and run this again.',
    );
  }
  return others;
}

/**
 * Takes members out of raft that are gone.
 *
 * @returns What was done, or what has to come first; undefined where nobody is gone.
 */
export async function removeDeparted(
  world: World,
  instance: Instance,
  { active, token, peers }: RaftView,
): Promise<string | undefined> {
  const { replicas } = instance;
  const departed = departedPeers(instance, peers);
  if (departed.length === 0) return undefined;
  const ending = await endingPods(world, instance, departed);
  if (ending.length > 0) return `${ending.join(", ")} ends`;
  // Each that stays has a vote before the first goes, so that the majority only grows.
  const voters = new Set(peers.filter(({ voter }) => voter).map(({ id }) => id));
  const voteless = replicas.filter(({ name }) => !voters.has(name));
  if (voteless.length > 0) return `${voteless.map(({ name }) => name).join(", ")} has no vote in raft yet`;
  for (const id of departed) {
    await world.server(active).removePeer(token, id);
    world.say(`${world.store.path}: removed ${id}, which is no replica any more, from raft`);
  }
  return "raft forgets the replicas that are gone";
}

/**
 * Pods of members that are to go.
 *
 * @throws Stop when one is there to stay: then the description is older than the StatefulSet, and it is a member like any other.
 */
async function endingPods({ pods }: World, { tenant, name }: Instance, members: readonly string[]): Promise<string[]> {
  const found = ((await pods?.list()) ?? []).filter((pod) => members.includes(pod.name));
  const staying = found.find(({ terminating }) => !terminating);
  if (staying !== undefined) {
    throw new Stop(
      "replica-undescribed",
      `The pod ${staying.name} of ${tenant}/${name} runs and is no replica that is described; deploy the stack ${tenant}-vault, which brings the description up to date.`,
    );
  }
  return found.map((pod) => pod.name);
}

/** A root token that was revoked cannot ask; that is no reason to call an unsealed instance unfinished. */
export function undefinedIfDenied(error: unknown): undefined {
  if (error instanceof VaultError && error.failure === "denied") return undefined;
  throw error;
}

/** Raft as its active server sees it. */
interface RaftView {
  readonly active: Replica;
  readonly token: string;
  readonly peers: readonly RaftPeer[];
}

/**
 * Whether each replica has a vote in raft and answers its leader.
 *
 * @param asked Any replica that answers.
 * @returns Undefined where the storage is not raft.
 */
export async function allVote(
  world: World,
  { replicas }: Instance,
  asked: Replica,
  token: string,
): Promise<boolean | undefined> {
  const server = world.server(asked);
  const peers = await server.raftPeers(token);
  if (peers === undefined) return undefined;
  return peers.filter(({ voter }) => voter).length === replicas.length && (await server.raftHealthy(token));
}

/**
 * Whether one replica may go down: all have the same data and, as far as there is a root token to ask with, each has a
 * vote in raft and answers its leader.
 *
 * @param onDenied Called where raft refuses the token, as one that was revoked. @default - nothing else happens
 * @returns Undefined where the storage is not raft.
 */
export async function hasCaughtUp(
  world: World,
  instance: Instance,
  active: Replica,
  token: string | undefined,
  onDenied: () => void = () => undefined,
): Promise<boolean | undefined> {
  if (token !== undefined) {
    try {
      const vote = await allVote(world, instance, active, token);
      if (vote !== true) return vote;
    } catch (error) {
      undefinedIfDenied(error);
      onDenied();
    }
  }
  const indices = await Promise.all(instance.replicas.map((replica) => world.server(replica).appliedIndex()));
  const known = indices.filter((index) => index !== undefined);
  if (known.length < indices.length) return undefined;
  return Math.max(...known) - Math.min(...known) <= MAX_TRAILING;
}
