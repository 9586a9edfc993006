import { keyTypeOf } from "../../vault/keys";
import { OperationError } from "../../core/errors";
import type { RunContext } from "../context";
import type { CentralManifest } from "../snapshot/manifest";
import type { CentralServer } from "./central-server";

const POLL = 500;
/** Milliseconds in which a server seals itself after it received the data of another root key. */
const SEALS_WITHIN = 15_000;

/**
 * Puts a snapshot into a server without data. The server must be initialised for that. Its keys of that moment protect nothing but an
 * empty storage, so they exist in this function alone. If it is interrupted, the storage is deleted and this is done again.
 */
export async function fillEmptyCentral(
  { clock, signal, deadline }: Pick<RunContext, "clock" | "signal" | "deadline">,
  server: CentralServer,
  { name, seal, shares, threshold }: CentralManifest,
  open: () => AsyncIterable<Uint8Array>,
): Promise<void> {
  const { replica } = server;
  // With the number and threshold of the people's keys, because a server keeps asking for as many as it was initialised with.
  const { keys, rootToken } = await replica.initialize(seal, Math.max(1, shares), Math.max(1, threshold));
  if (keyTypeOf(seal) === "unseal") for (const key of keys.slice(0, threshold)) await replica.unseal(key);
  while ((await replica.leader().catch(() => undefined))?.isSelf !== true) {
    if (clock.now() > deadline || signal.aborted)
      throw new OperationError(
        "restore-unfinished",
        `${server.address} did not become active, so the snapshot ${name} is not restored; stop the server, delete its storage, start it, and run this again.`,
      );
    await clock.sleep(POLL, signal);
  }
  await server.snapshots(rootToken).restore(open(), true);
  if (keyTypeOf(seal) === "recovery") return;
  const giveUp = clock.now() + SEALS_WITHIN;
  while (clock.now() < giveUp && !(await server.seal.status()).sealed) await clock.sleep(POLL, signal);
}
