import { createHash } from "node:crypto";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import { verifiedArchive } from "./archive";
import { decrypted } from "./encryption";
import { contentFile, type Manifest } from "./manifest";
import type { SnapshotTarget } from "./target";

/**
 * Reads and decrypts a snapshot. The stream fails before its end if the cipher text is not the one of the manifest, or the
 * checksums of the snapshot do not match. What was read before the end must not be used.
 *
 * @param identities Private keys of age.
 * @param progress Called after each piece.
 * @throws OperationError `snapshot-undecryptable` or `snapshot-damaged`.
 */
export async function* openSnapshot(
  target: SnapshotTarget,
  { name, sha256 }: Pick<Manifest, "name" | "sha256">,
  identities: readonly Secret[],
  progress: () => Promise<void> = () => Promise.resolve(),
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  const cipher = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of target.read(contentFile(name))) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const plain = await decrypted(cipher(), identities);
  for await (const chunk of verifiedArchive(asDamaged(plain, name), () => undefined)) {
    yield chunk;
    await progress();
  }
  if (hash.digest("hex") !== sha256) throw damaged(name, "its SHA-256 is not the one in its manifest");
}

/** Reads a whole snapshot and uses nothing of it. */
export async function checkSnapshot(snapshot: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of snapshot);
}

/** A cipher text that was changed or cut off. */
async function* asDamaged(plain: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* plain;
  } catch (error) {
    throw error instanceof OperationError ? error : damaged(name, (error as Error).message);
  }
}

function damaged(name: string, reason: string): OperationError {
  return new OperationError(
    "snapshot-damaged",
    `The snapshot ${name} is damaged (${reason}), so nothing was done with it; use another one.`,
  );
}
