import { keyTypeOf } from "../vault/keys";
import type { OperationContext } from "./context";
import type { SeenReplica } from "./seen";

/**
 * Evicts the pods of former members that are unsealed, so that nobody reads their old secrets. They come back sealed. One that
 * would unseal itself again is left alone.
 *
 * @param names Replicas that have data and are not members of raft.
 */
export async function sealOffFormerMembers(
  { pods, instance, log }: OperationContext,
  replicas: readonly SeenReplica[],
  names: readonly string[],
): Promise<void> {
  const stayingSealed = replicas.filter(({ name, status }) => {
    const seals = [instance.seal, "seal" in status ? status.seal : instance.seal];
    return names.includes(name) && seals.some((seal) => keyTypeOf(seal) === "unseal");
  });
  if (pods === undefined || stayingSealed.length === 0) return;
  for (const pod of (await pods.list()) ?? []) {
    if (!stayingSealed.some(({ name }) => name === pod.name) || !pod.ready || !(await pods.evict(pod))) continue;
    log.warn("ended a pod that served the old secrets of a former member", { replica: pod.name });
  }
}
