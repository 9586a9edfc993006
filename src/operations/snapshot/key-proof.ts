import { keySets, type KeySet } from "../../central/pending-keys";
import { rootToken } from "../../central/record";
import { recordPath } from "../../contract/central-vault";
import type { Replica } from "../../contract/instance";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import { decodeToken } from "../../vault/ceremony";
import { ReplicaError } from "../../vault/errors";
import { keyTypeOf } from "../../vault/keys";
import { chooseShares } from "../../vault/shares";
import { CeremonySession, rotationPath } from "../ceremonies/ceremony-session";
import type { Lease, OperationContext } from "../context";
import type { SnapshotKeys } from "./snapshot-keys";

type Locked = OperationContext & { readonly lease: Lease };

/**
 * Does work with a root token: that of the record, or one that the identity `ceremony` makes with the recorded keys for this work
 * alone. A restored snapshot does not know a token that was made after it.
 */
export async function withRootToken(
  context: Locked,
  active: Replica,
  work: (token: Secret) => Promise<void>,
): Promise<void> {
  const { fields } = await context.store.read();
  const recorded = rootToken(fields);
  if (recorded !== undefined && (await context.access(active, recorded).isAllowed("sys/mounts"))) {
    await work(recorded);
    return;
  }
  const session = new CeremonySession(context);
  try {
    await session.prepare();
    const token = await makeRootToken(context, session, keySets(fields, keyTypeOf(context.instance.seal)));
    try {
      await work(token);
    } finally {
      await endToken(context, active, token);
    }
  } finally {
    await session.end();
  }
}

/**
 * Shows the active server the keys of a snapshot in a rotation that is cancelled before it takes effect. A server that goes on
 * running with restored data would accept wrong keys only after its next restart.
 *
 * @throws OperationError `keys-refused` if they do not open the data.
 */
export async function proveKeys(context: Locked, { keys, threshold }: SnapshotKeys): Promise<void> {
  const session = new CeremonySession(context);
  try {
    await session.prepare();
    const { api, paths } = await session.reach();
    const path = rotationPath(paths, context.instance.seal);
    const settings = { secret_shares: keys.length, secret_threshold: threshold, require_verification: true };
    session.hasBegun(`${path}/init`);
    const nonce = (await api.beginCeremony(`${path}/init`, settings))?.nonce;
    if (nonce === undefined) throw new ReplicaError("unreachable", "somebody has begun a rotation of keys");
    if ((await sendAll(api, `${path}/update`, nonce, chooseShares(keys, threshold))) === "refused")
      throw refused(context);
    // The end of the session cancels the rotation, so the keys that the server made open nothing.
  } finally {
    await session.end();
  }
}

/** @param sets Sets of keys of which one is right: with two, a rotation or a restore was interrupted. */
async function makeRootToken(context: Locked, session: CeremonySession, sets: readonly KeySet[]): Promise<Secret> {
  const { api, paths } = await session.reach();
  const attempt = `${paths.rootToken}/attempt`;
  for (const { keys } of sets) {
    session.hasBegun(attempt);
    const begun = await api.beginCeremony(attempt, {});
    if (begun?.otp === undefined) throw new ReplicaError("unreachable", "somebody has begun to make a root token");
    const required = (await api.ceremony(attempt))?.required ?? 0;
    const answer = await sendAll(api, `${paths.rootToken}/update`, begun.nonce, chooseShares(keys, required));
    if (answer !== "refused" && answer?.encodedToken !== undefined) {
      session.hasFinished();
      return decodeToken(answer.encodedToken, begun.otp);
    }
    await api.cancelCeremony(attempt);
  }
  throw refused(context);
}

async function sendAll(
  api: Awaited<ReturnType<CeremonySession["reach"]>>["api"],
  path: string,
  nonce: string,
  keys: readonly Secret[],
) {
  let answer: Awaited<ReturnType<typeof api.sendKey>> | undefined;
  for (const key of keys) {
    answer = await api.sendKey(path, nonce, key);
    if (answer === "refused") return answer;
  }
  return answer;
}

async function endToken(context: Locked, active: Replica, token: Secret): Promise<void> {
  try {
    await context.access(active, token).logOut();
  } catch (error) {
    if (!(error instanceof ReplicaError)) throw error;
  }
}

function refused({ store }: Locked): OperationError {
  return new OperationError(
    "keys-refused",
    `The server of ${store.path} refuses the keys in ${recordPath(store.path)}; look for the right ones in its earlier versions.`,
  );
}
