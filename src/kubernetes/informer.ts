import { backoff } from "../core/backoff";
import type { Clock } from "../core/clock";
import { KubernetesError, type KubernetesClient } from "./client";

/** Pause before the next attempt, in milliseconds. */
const FAILED = { first: 1_000, most: 60_000 };

/** Reports changes of what a namespace contains, as soon as they happen. */
export interface Informer {
  close(): void;
}

/**
 * Follows the pods of a namespace. This is only a hint: a caller must also ask from time to time. A cluster
 * that cannot be reached is tried again, and one that refuses is not.
 *
 * @param changed Called for each pod at the beginning, and after each change. The API server ends a watch now and then
 *   (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes), and then there is another beginning.
 */
export function followPods(client: KubernetesClient, namespace: string, clock: Clock, changed: () => void): Informer {
  const closed = new AbortController();
  void follow(client, namespace, clock, changed, closed.signal);
  return { close: () => closed.abort() };
}

async function follow(
  client: KubernetesClient,
  namespace: string,
  clock: Clock,
  changed: () => void,
  closed: AbortSignal,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods?watch=true`;
  let failures = 0;
  while (!closed.aborted) {
    try {
      await client.follow(`watch the pods in ${namespace}`, path, closed, () => {
        failures = 0;
        changed();
      });
    } catch (error) {
      if (!(error instanceof KubernetesError)) throw error;
      if (error.status !== undefined && !error.retryable) return;
    }
    failures++;
    await clock.sleep(backoff(failures, FAILED), closed);
  }
}
