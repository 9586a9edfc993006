import { rootToken } from "../../central/record";
import type { Replica } from "../../contract/instance";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import type { AccessApi } from "../../vault/access";
import { ReplicaError } from "../../vault/errors";
import { shareGroups } from "../../vault/shares";
import { CeremonySession, type CeremonyServer } from "../ceremonies/ceremony-session";
import {
  keysRefused,
  OwnCeremony,
  rotationEndpoints,
  unverifiedRotation,
  verifiedRotation,
} from "../ceremonies/own-ceremony";
import type { Lease, OperationContext } from "../context";
import { reasonOf } from "../loop";
import { generateForWork } from "../root-token/generate-root-token";
import { NOTHING_LOST } from "../root-token/lost-tokens";
import type { Shares } from "../shares";
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
    const made = await generateForWork(context, session);
    try {
      await work(made);
    } finally {
      await endToken(context, active, made);
    }
  } finally {
    await session.end();
  }
}

/**
 * Whether keys open the data. The active server is shown them in a rotation that is cancelled before it takes effect. A server that
 * goes on running with restored data would refuse wrong keys only after its next restart.
 *
 * @param login Makes the token of the session. @default - the identity `ceremony`
 */
export async function keysOpen(
  context: Locked,
  { keys, threshold }: Pick<SnapshotKeys, "keys" | "threshold">,
  login?: () => Promise<Secret>,
): Promise<boolean> {
  const session = new CeremonySession(context, login);
  try {
    await session.prepare();
    const server = await session.reach();
    for (const group of shareGroups(keys, threshold)) {
      if (await opens(context, session, server, group, { shares: keys.length, threshold })) return true;
    }
    return false;
  } finally {
    await session.end();
  }
}

/** As {@link keysOpen}. @throws OperationError `keys-refused` if the keys do not open the data. */
export async function proveKeys(...[context, ...others]: Parameters<typeof keysOpen>): Promise<void> {
  if (!(await keysOpen(context, ...others))) throw keysRefused(context.store);
}

/** Whether a group of keys opens the data. The rotation that asks is cancelled, so the keys that the server makes open nothing. */
async function opens(
  { instance, store }: Locked,
  session: CeremonySession,
  server: CeremonyServer,
  group: readonly Secret[],
  shares: Shares,
): Promise<boolean> {
  const endpoints = rotationEndpoints(server, instance.seal);
  const own = new OwnCeremony(session);
  await own.begin(server, endpoints, verifiedRotation(shares));
  if (own.nonce === undefined) throw new ReplicaError("unreachable", "somebody has begun a rotation of keys");
  const found = await OwnCeremony.find(server, endpoints);
  if (found?.nonce !== own.nonce) throw cancelledByOthers();
  if (found.verifies !== true) throw unverifiedRotation(store);
  const answer = await own.show(server, endpoints, group);
  if (answer === undefined) throw cancelledByOthers();
  await own.cancel(server, endpoints);
  return answer !== "refused";
}

function cancelledByOthers(): ReplicaError {
  return new ReplicaError("unreachable", "somebody has cancelled the rotation of keys");
}

/** While it is not known that the token is gone, the metadata go on saying that it may exist, and the next ceremony revokes it. */
async function endToken(context: Locked, active: Replica, token: Secret): Promise<void> {
  try {
    if (await isGone(context.access(active, token))) await context.store.patchMetadata(NOTHING_LOST);
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    context.log.warn("a root token may be left that nobody has; the next run that makes one revokes it", {
      reason: reasonOf(error),
    });
  }
}

/** Revokes a token. @returns Whether it is gone: servers that the work has sealed do not tell. */
async function isGone(server: Pick<AccessApi, "logOut">): Promise<boolean> {
  try {
    // Nobody knows the token after this run, and it never expires.
    await server.logOut({ uninterruptible: true });
    return true;
  } catch (error) {
    // Restored data do not know it.
    if (error instanceof ReplicaError && ["denied", "sealed"].includes(error.failure))
      return error.failure === "denied";
    throw error;
  }
}
