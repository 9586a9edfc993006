import { rootToken } from "../../central/record";
import type { Replica } from "../../contract/instance";
import type { Secret } from "../../core/secret";
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
import { generateInSession } from "../root-token/generate-root-token";
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
    let made: Secret | undefined;
    await generateInSession(context, session, (token) => {
      made = token;
      return Promise.resolve();
    });
    if (made === undefined) throw new Error("The generation ended without a token.");
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

async function endToken(context: Locked, active: Replica, token: Secret): Promise<void> {
  try {
    await context.access(active, token).logOut();
  } catch (error) {
    if (!(error instanceof ReplicaError)) throw error;
  }
}
