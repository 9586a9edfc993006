import { descriptionDigest, metadataPatch, toMetadata } from "../central/instance-metadata";
import { descriptionDigests, withDescriptionDigests } from "../central/record";
import type { OperationContext } from "./context";

/** Times in the record, RFC 3339. */
export interface DescribedMoments {
  readonly "initialized-at"?: string;
  readonly "unsealed-at"?: string;
}

/**
 * Keeps in the record what a later run, or another program, needs to find the instance: the description in the metadata, and its
 * digest beside the keys. At every moment the digest of what the metadata hold is among the digests.
 */
export async function writeDescription(context: OperationContext, moments: DescribedMoments = {}): Promise<void> {
  const { store, instance } = context;
  const wanted = descriptionDigest(instance);
  const seen = await store.read();
  const former = descriptionDigests(seen.fields);
  if (!former.includes(wanted)) {
    await store.write(withDescriptionDigests(seen.fields, [...former.slice(-1), wanted]), seen.version);
  }
  const patch = metadataPatch(await store.readMetadata(), { ...toMetadata(instance), ...moments });
  if (Object.keys(patch).length > 0) await store.patchMetadata(patch);
  if (former.some((digest) => digest !== wanted)) {
    const { fields, version } = await store.read();
    await store.write(withDescriptionDigests(fields, [wanted]), version);
  }
}
