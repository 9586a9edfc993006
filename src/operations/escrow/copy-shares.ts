import { descriptionDigest } from "../../central/instance-metadata";
import { pendingKeys } from "../../central/pending-keys";
import { keysFingerprint, namedKeys, withDescriptionDigests, type RecordFields } from "../../central/record";
import { KEY_SET } from "../../central/share-copies";
import type { Instance } from "../../contract/instance";
import type { Secret } from "../../core/secret";
import { keyTypeOf } from "../../vault/keys";
import { strayShares } from "../../vault/shares";
import type { OperationContext } from "../context";
import { distributeKeys } from "../custody/distribution";

/** What each group of watchers gets, in the order of the groups; text if none of them may get anything. */
export type DistributedShares = readonly RecordFields[] | string;

/**
 * Distributes the keys of a record to groups of watchers, in turn, so that no group alone has as many as the threshold.
 *
 * @param described The instance with the number and threshold of the keys that its servers have.
 * @returns Undefined if the copies must stay: the record has not exactly one complete set of keys.
 */
export function distributeShares(
  fields: RecordFields,
  described: Instance,
  groups: number,
): DistributedShares | undefined {
  const { seal, secretShares, secretThreshold, selfInitializes } = described;
  const type = keyTypeOf(seal);
  const named = namedKeys(fields, type);
  const wanted = selfInitializes === true ? 0 : secretShares;
  if (named.length !== wanted || pendingKeys(fields, type) !== undefined) return undefined;
  const keys = named.map(({ key }) => key);
  const distributed = distributeKeys(named, groups).map((part) => part.slice(0, secretThreshold - 1));
  const opens = (part: readonly Secret[]): boolean => strayShares(keys, part).length === 0;
  // What the servers say of the threshold may be what it was before a rotation. The keys themselves do not lie.
  const tooLow = secretThreshold < 2 || distributed.some((part) => opens(part.map(({ key }) => key)));
  if (wanted > 0 && tooLow)
    return "one group alone could unseal it, so no group gets shares; make keys with a higher threshold";
  const common = withDescriptionDigests({ [KEY_SET]: keysFingerprint(keys) }, [descriptionDigest(described)]);
  return distributed.map((part) => ({
    ...common,
    ...Object.fromEntries(part.map(({ name, key }) => [name, key.reveal()])),
  }));
}

/**
 * Gives each group of watchers its part of the keys in the record, and says in the record's metadata which keys these are. The
 * groups are those that the central Vault declares.
 *
 * @param described As {@link distributeShares} takes it.
 */
export async function copyShares({ store, shares, log }: OperationContext, described: Instance): Promise<void> {
  const groups = (await shares?.groups()) ?? [];
  if (shares === undefined || groups.length === 0) return;
  // Another run may replace the keys meanwhile. The run that writes copies last has seen the newest keys.
  for (let copied: number | undefined; ;) {
    const { fields, version } = await store.read();
    if (version === copied) return;
    const distributed = distributeShares(fields, described, groups.length);
    if (typeof distributed === "string") log.warn(distributed);
    if (distributed === undefined || typeof distributed === "string") return;
    for (const [index, group] of groups.entries()) await shares.keep(group, distributed[index] ?? {});
    const keySet = String(distributed[0]?.[KEY_SET]);
    if ((await store.readMetadata())[KEY_SET] !== keySet) await store.patchMetadata({ [KEY_SET]: keySet });
    copied = version;
  }
}
