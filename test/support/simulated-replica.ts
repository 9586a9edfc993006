import { Readable } from "node:stream";
import type { Replica } from "../../src/contract/instance";
import type { Secret } from "../../src/core/secret";
import type { OperationContext } from "../../src/operations/context";
import { ReplicaError } from "../../src/vault/errors";
import type { ReplicaState } from "../../src/vault/replica-state";
import { collect } from "./archive";
import { serverPeer } from "./simulated-faults";
import type { SimulatedInstance } from "./simulated-instance";
import type { SimulatedProcess, SimulatedWorld } from "./simulated-process";
import type { SimulatedServer } from "./simulated-server";

/** What a process asks a replica. */
export function replicaApi(
  world: SimulatedInstance & Pick<SimulatedWorld, "lossExcused">,
  process: SimulatedProcess,
  replica: Replica,
): ReturnType<OperationContext["replica"]> {
  const verified =
    <Result>(work: (server: SimulatedServer) => Result) =>
    (): Result => {
      const server = world.serverOf(replica);
      world.verify(server);
      if (server.pod !== undefined || server.neverStarts === true)
        throw new ReplicaError("unreachable", "ECONNREFUSED");
      return work(server);
    };
  const look = <Result>(value: (server: SimulatedServer) => Result): Promise<Result> => process.look(verified(value));
  const affect = <Result>(change: (server: SimulatedServer) => Result): Promise<Result> =>
    process.affect(verified(change));
  const peer = serverPeer(replica.name);
  return process.named(peer, {
    status: (request) => {
      process.name({ ...peer, isPatient: request?.uninterruptible === true }, "status");
      return process.look(() => world.status(world.serverOf(replica))).catch(unreachable);
    },
    initialize: async (seal, shares) => {
      process.name({ ...peer, isPatient: true }, "initialize");
      const answers = world.answers.length;
      try {
        return await affect((server) => world.initialize(server, seal, shares));
      } catch (error) {
        if (world.answers.length > answers) world.lossExcused = true;
        throw error;
      }
    },
    unseal: (key, migrate) => affect((server) => world.unseal(server, key, migrate)),
    resetUnseal: () => affect((server) => server.progress.clear()),
    join: () => affect((server) => world.join(server)),
    hasOwnData: () => look((server) => server.data !== undefined),
    leader: () => look(() => world.leaderSeenBy(replica)),
    raftPeers: () => look(() => [...world.members].map(([id, since]) => ({ id, voter: since <= world.now }))),
    raftHealthy: () => look(() => world.instance.replicas.every((each) => world.isUp(world.serverOf(each)))),
    removePeer: (_token, id) => affect(() => void world.members.delete(id)),
    stepDown: () => affect(() => world.stepDown(replica)),
    seal: () => affect((server) => world.sealOnRequest(replica, server)),
    appliedIndex: () => look(() => 100),
    auditDevices: () => look(() => ["file/"]),
    certificate: () => look((server) => world.serve(server)),
    shownFingerprint: () =>
      process
        .look(() => {
          const server = world.serverOf(replica);
          return server.pod === undefined ? world.serve(server).fingerprint : undefined;
        })
        .catch((error: unknown) => {
          if (error instanceof ReplicaError) return undefined;
          throw error;
        }),
  });
}

function unreachable(error: unknown): ReplicaState {
  if (error instanceof ReplicaError) return { state: "unreachable", reason: error.message };
  throw error;
}

/** What a process asks a replica for snapshots. */
export function snapshotsApi(
  world: SimulatedInstance,
  process: SimulatedProcess,
  replica: Replica,
  token: Secret,
): ReturnType<OperationContext["snapshots"]> {
  const server = world.serverOf(replica);
  const peer = serverPeer(replica.name);
  const path = "sys/storage/raft/snapshot";
  return process.named(peer, {
    serverVersion: () => process.look(() => "2.7.2"),
    take: () =>
      process.look(() => {
        world.verify(server);
        world.access.check(token, path, "read");
        const { data = 0 } = server;
        return Readable.from(world.snapshots.take({ data, keys: world.keysOf(data), access: world.access }), {
          objectMode: false,
        });
      }),
    restore: async (snapshot, force) => {
      const bytes = await collect(snapshot);
      process.name(peer, "restore");
      return process.affect(() => {
        world.verify(server);
        world.access.check(token, force ? `${path}-force` : path, "update");
        return world.restore(server, bytes, force);
      });
    },
  });
}
