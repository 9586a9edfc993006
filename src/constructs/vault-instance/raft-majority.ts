import type { Construct } from "constructs";
import { DataKubernetesResources } from "../../terraform/providers/kubernetes";
import { MOST_REPLICAS, type ReleaseNames } from "../server-config/names";

/**
 * Refuses a plan that keeps fewer than a majority of raft's members. Helm stops the other servers before the hook removes them from
 * raft, so raft would accept no change any more, not even their removal.
 *
 * A replica may be a member as long as its data claim exists: the hook deletes the claim only after it has removed the member. So
 * the plan looks for the first claim of too many members. A number in Terraform's state would be wrong after a deployment that
 * failed between the two.
 *
 * @param instance `<tenant>/<name>`.
 */
export function refuseLostMajority(
  scope: Construct,
  instance: string,
  { release, namespace, pods }: ReleaseNames,
): void {
  const replicas = pods.length;
  const tooMany = 2 * replicas;
  if (tooMany > MOST_REPLICAS) return;
  const claim = `data-${release}-${tooMany - 1}`;
  const number = replicas === 1 ? "1 replica" : `${replicas} replicas`;
  new DataKubernetesResources(scope, "FormerMembers", {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    namespace,
    fieldSelector: `metadata.name=${claim}`,
    lifecycle: {
      postcondition: [
        {
          condition: "${length(self.objects) == 0}",
          errorMessage: `The instance ${instance} cannot go to ${number}, because raft would lose its majority without the replica of the claim ${claim}; ${wayOut(replicas)}.`,
        },
      ],
    },
  });
}

function wayOut(replicas: number): string {
  return replicas === 1
    ? "keep 3 replicas, or first remove the two other members as docs/operating/scale.md says"
    : `deploy ${replicas + 2} replicas first`;
}
