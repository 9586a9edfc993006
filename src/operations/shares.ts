import { wantedSharesOf, type Instance } from "../contract/instance";
import type { ReplicaState } from "../vault/replica-state";

/** Number and threshold of the unseal or recovery keys. */
export type Shares = NonNullable<Instance["wantedShares"]>;

/** Number and threshold of the keys that a server has; undefined if it does not say. */
export function sharesOfState(status: ReplicaState): Shares | undefined {
  if (status.state !== "sealed" && status.state !== "unsealed") return undefined;
  const { shares, threshold } = status;
  return shares === undefined || shares < 1 || threshold < 1 ? undefined : { shares, threshold };
}

/**
 * Number and threshold of the keys, as the replicas say: the active one if it does, because a standby of OpenBao reports what it
 * read when it started.
 */
export function sharesOfReplicas(
  replicas: readonly { readonly shares?: Shares | undefined; readonly active: boolean }[],
): Shares | undefined {
  return [...replicas.filter(({ active }) => active), ...replicas].find(({ shares }) => shares !== undefined)?.shares;
}

/**
 * A sentence about servers that have another number or threshold of keys than the tenant's file asks for; undefined if they
 * have not.
 */
export function differingShares(
  instance: Pick<Instance, "tenant" | "name" | "wantedShares" | "secretShares" | "secretThreshold" | "sharedInstance">,
  found: Shares,
): string | undefined {
  const wanted = wantedSharesOf(instance);
  if (found.shares === wanted.shares && found.threshold === wanted.threshold) return undefined;
  const rotate = `rotate the keys with "tenant-vault rotate-keys ${instance.tenant}/${instance.name}", or `;
  return (
    `the servers have ${text(found)}, and the description asks for ${text(wanted)}; ` +
    `${instance.sharedInstance === undefined ? rotate : "the keys of a namespace stay, so "}set secretShares to ${found.shares} and secretThreshold to ${found.threshold}`
  );
}

function text({ shares, threshold }: Shares): string {
  return `${shares} keys with threshold ${threshold}`;
}
