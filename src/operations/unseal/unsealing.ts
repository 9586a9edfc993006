import type { Instance } from "../../contract/instance";
import { removeDeparted, undefinedIfDenied } from "./raft";
import { Stop } from "../stop";
import { VaultError } from "../../vault/client";
import type { World } from "../context";
import { recordPath } from "../../contract/central-vault";
import type { SeenReplica } from "../seen";

/** Milliseconds in which a replica that has just joined catches up after it got its keys; Vault takes about 2 s. */
const JOIN_PATIENCE = 10_000;
const POLL = 100;

/** The state that was reached at the end. */
export interface Verified {
  /** Address of the active replica, as it tells its peers. */
  readonly leader: string;
  /** Undefined where the storage is not raft, or the record holds no root token to ask with. */
  readonly raftPeers: number | undefined;
}

/**
 * Unseals one replica with as many keys as it wants and no more.
 *
 * @param migrate Whether its seal is being migrated.
 * @returns Whether it is unsealed.
 */
export async function unsealReplica(
  world: World,
  replica: SeenReplica,
  keys: readonly string[],
  migrate = false,
): Promise<boolean> {
  const threshold = replica.status.state === "sealed" ? replica.status.threshold : keys.length;
  const needed = keys.slice(0, threshold);
  if ((await sendKeys(world, replica, needed, migrate)) === "refused") {
    // Somebody else may have sent a key of another instance before ours: start afresh, once.
    await world.server(replica).resetUnseal();
    if ((await sendKeys(world, replica, needed, migrate)) === "refused") {
      throw new Stop(
        "keys-refused",
        `${replica.name} (${replica.address}) refuses the unseal keys in ${recordPath(world.store.path)}; check that this address belongs to this instance.`,
      );
    }
  }
  const giveUp = world.clock.now() + JOIN_PATIENCE;
  while (world.clock.now() < giveUp) {
    const { state } = await world.server(replica).status();
    if (state === "unsealed" || state === "migrating") return true;
    await world.clock.sleep(POLL);
  }
  return false;
}

async function sendKeys(
  world: World,
  replica: SeenReplica,
  keys: readonly string[],
  migrate: boolean,
): Promise<"sent" | "refused"> {
  try {
    for (const key of keys) {
      if (!(await world.server(replica).unseal(key, migrate)).sealed) return "sent";
    }
    return "sent";
  } catch (error) {
    if (error instanceof VaultError && error.failure === "refused" && error.status === 400) return "refused";
    throw error;
  }
}

/** Makes empty replicas members of the leader's cluster. */
export async function joinReplicas(
  world: World,
  instance: Instance,
  replicas: readonly SeenReplica[],
  leader: SeenReplica,
): Promise<void> {
  const active = await world.server(leader).leader();
  if (active === undefined) throw new VaultError("unreachable", "no replica is active yet");
  await Promise.all(replicas.map((replica) => world.server(replica).join(active.address, instance.caCertificate)));
}

/** Checks an instance whose replicas are all unsealed. @returns Why it is not ready yet, or what was verified. */
export async function verify(world: World, instance: Instance, token: string | undefined): Promise<Verified | string> {
  const views = await Promise.all(
    instance.replicas.map(async (replica) => ({ replica, leader: await world.server(replica).leader() })),
  );
  const addresses = new Set(views.map(({ leader }) => leader?.address));
  const [leader] = addresses;
  if (addresses.size > 1 || leader === undefined) return "the replicas do not agree on an active one yet";

  const active = views.find((view) => view.leader?.isSelf);
  if (active === undefined) return "no replica is active yet";
  if (token === undefined) return { leader, raftPeers: undefined };

  const peers = await world.server(active.replica).raftPeers(token).catch(undefinedIfDenied);
  if (peers === undefined) return { leader, raftPeers: undefined };
  const removed = await removeDeparted(world, instance, { active: active.replica, token, peers });
  if (removed !== undefined) return removed;
  if (peers.length < instance.replicas.length) {
    return `raft counts ${peers.length} peers, the instance has ${instance.replicas.length} replicas`;
  }
  return { leader, raftPeers: peers.length };
}
