import { descriptionDigest, fromMetadata, metadataPatch, toMetadata } from "../central/instance-metadata";
import { descriptionDigests, secretFields, withDescriptionDigests } from "../central/record";
import { wantedSharesOf, type Instance, type Replica } from "../contract/instance";
import { ReplicaError } from "../vault/errors";
import type { OperationContext } from "./context";
import { copyShares } from "./escrow/copy-shares";
import { sharesOfReplicas, sharesOfState, type Shares } from "./shares";

/** Times in the record, RFC 3339. */
export interface DescribedMoments {
  readonly "initialized-at"?: string;
  readonly "unsealed-at"?: string;
}

/**
 * Keeps in the record what a later run, or another program, needs to find the instance: the description in the metadata, and its
 * digest beside the keys. At every moment the digest of what the metadata hold is among the digests. The groups of watchers get
 * their copies of both.
 *
 * @param shares Number and threshold of the keys. @default - as the servers say
 * @returns The description with the number and threshold of the keys that the servers have.
 */
export async function writeDescription(
  context: OperationContext,
  moments: DescribedMoments = {},
  shares?: Shares,
): Promise<Instance> {
  const { store } = context;
  const seen = await store.read();
  const existing = await store.readMetadata();
  const former = descriptionDigests(seen.fields);
  const recorded = secretFields(seen.fields).length > 0 ? verifiedMetadata(context, existing, former) : {};
  const instance = await asDeployed(context, recorded, shares);
  const wanted = descriptionDigest(instance);
  if (!former.includes(wanted)) {
    await store.write(withDescriptionDigests(seen.fields, [...former.slice(-1), wanted]), seen.version);
  }
  await copyShares(context, instance);
  const patch = metadataPatch(existing, { ...toMetadata(instance), ...moments });
  if (Object.keys(patch).length > 0) await store.patchMetadata(patch);
  if (former.some((digest) => digest !== wanted)) {
    const { fields, version } = await store.read();
    await store.write(withDescriptionDigests(fields, [wanted]), version);
  }
  return instance;
}

/** The metadata if the record confirms them, else none: the right to write metadata must not decide how many keys are sent. */
function verifiedMetadata(
  { instance: { tenant, name } }: OperationContext,
  metadata: Readonly<Record<string, string>>,
  digests: readonly string[],
): Readonly<Record<string, string>> {
  const described = fromMetadata(tenant, name, metadata);
  return described !== undefined && digests.includes(descriptionDigest(described)) ? metadata : {};
}

/**
 * The description with the number and threshold of the keys that the servers have, which a changed tenant's file does not
 * change.
 *
 * @param recorded Verified metadata of the record, for servers that do not answer.
 */
async function asDeployed(
  context: OperationContext,
  recorded: Readonly<Record<string, string>>,
  known: Shares | undefined,
): Promise<Instance> {
  const { wantedShares: _former, ...instance } = context.instance;
  const wanted = wantedSharesOf(context.instance);
  const asked = known ?? (instance.retired === true ? undefined : await sharesOfServers(context));
  const { shares, threshold } = asked ?? sharesOf(recorded) ?? wanted;
  const differs = shares !== wanted.shares || threshold !== wanted.threshold;
  const deployed = { ...instance, secretShares: shares, secretThreshold: threshold };
  return differs ? { ...deployed, wantedShares: wanted } : deployed;
}

/** Number and threshold of the keys, as the servers say. */
async function sharesOfServers(context: OperationContext): Promise<Shares | undefined> {
  const seen = await Promise.all(
    context.instance.replicas.map(async (replica) => {
      const status = await context.replica(replica).status();
      return {
        shares: sharesOfState(status),
        active: status.state === "unsealed" && (await isActive(context, replica)),
      };
    }),
  );
  return sharesOfReplicas(seen);
}

async function isActive(context: OperationContext, replica: Replica): Promise<boolean> {
  try {
    return (await context.replica(replica).leader())?.isSelf === true;
  } catch (error) {
    if (error instanceof ReplicaError) return false;
    throw error;
  }
}

function sharesOf(recorded: Readonly<Record<string, string>>): Shares | undefined {
  const shares = Number(recorded["secret-shares"]);
  const threshold = Number(recorded["secret-threshold"]);
  return shares >= 1 && threshold >= 1 ? { shares, threshold } : undefined;
}
