import type { Replica } from "../../src/contract/instance";
import type { OperationContext } from "../../src/operations/context";
import type { Pod } from "../../src/operations/pods";
import type { PodProblem } from "../../src/operations/pod-problems";
import type { SimulatedCluster } from "./simulated-cluster";
import { KUBERNETES } from "./simulated-faults";
import type { SimulatedProcess } from "./simulated-process";
import type { SimulatedServer } from "./simulated-server";

/** Milliseconds until an evicted pod is gone, and until its replacement answers. */
const POD_ENDS = 5_000;
const POD_STARTS = 2_000;

/** What a process asks Kubernetes about the pods of a cluster. */
export function podsApi(cluster: SimulatedCluster, process: SimulatedProcess): OperationContext["pods"] {
  return process.named(KUBERNETES, {
    list: () => process.look(() => cluster.instance.replicas.map((replica) => podOf(cluster, replica))),
    evict: (pod) => process.affect(() => evict(cluster, pod)),
    problemOf: (name) => process.look(() => problemOf(cluster, name)),
    claims: () => process.look(() => [...cluster.claims]),
    deleteClaim: (claim) => process.affect(() => cluster.claims.delete(claim)),
    certificate: () => process.look(() => String(cluster.certificate)),
  } satisfies OperationContext["pods"]);
}

function podOf(cluster: SimulatedCluster, replica: Replica): Pod {
  const server = cluster.serverOf(replica);
  cluster.settle(server);
  return {
    name: replica.name,
    uid: String(server.uid),
    outdated: server.revision !== cluster.revision,
    terminating: server.pod !== undefined,
    ready: isReady(cluster, server),
    scheduled: server.neverStarts !== true,
    started: server.neverStarts !== true,
    active: cluster.leader()?.name === replica.name,
  };
}

/** A server between two seals works, and its probe says that it is not ready. */
function isReady(cluster: SimulatedCluster, server: SimulatedServer): boolean {
  return cluster.isUp(server) && cluster.sealOf(server) === cluster.storedSeal(server);
}

/** Evicts a pod like the eviction API: only that pod, and only while the budget of one unavailable pod allows it. */
function evict(cluster: SimulatedCluster, pod: Pod): boolean {
  const server = cluster.serverOf({ name: pod.name, address: "" });
  if (String(server.uid) !== pod.uid) return true;
  const down = cluster.servers.filter((other) => other !== server && !cluster.isUp(other));
  const up = cluster.isUp(server);
  if (down.length > 0 && (up || !cluster.unreadyMayGo)) {
    // A request for a pod that cannot receive its keys does no harm.
    if (up || !cluster.refused.has(server.certificate)) cluster.violations.push(pod.name);
    return false;
  }
  if (cluster.servers.some((other) => other !== server && cluster.isUp(other) && !isReady(cluster, other)))
    return false;
  endPod(cluster, server, pod.name);
  return true;
}

/** As Kubernetes does, nothing of a pod that runs. */
function problemOf(cluster: SimulatedCluster, name: string): PodProblem | undefined {
  const server = cluster.serverOf({ name, address: "" });
  return server.neverStarts === true ? cluster.problems.get(name) : undefined;
}

function endPod(cluster: SimulatedCluster, server: SimulatedServer, name: string): void {
  cluster.seal(server);
  server.pod = { endsAt: cluster.now + POD_ENDS, answersAt: cluster.now + POD_ENDS + POD_STARTS };
  cluster.evictions.push(name);
  cluster.evictedAt.push(cluster.now);
  if (!cluster.hasQuorum()) cluster.violations.push(`${name} took the quorum`);
}

/** Deletes a pod, as a person does; no budget forbids that. */
export function deletePod(cluster: SimulatedCluster, name: string): void {
  endPod(cluster, cluster.serverOf({ name, address: "" }), name);
}
