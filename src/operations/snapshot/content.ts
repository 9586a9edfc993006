import { createHash } from "node:crypto";
import { ReplicaError } from "../../vault/errors";
import type { SnapshotApi } from "../../vault/snapshot";
import { verifiedArchive, type ArchiveFacts } from "./archive";
import type { Encrypt } from "./encryption";
import { contentFile, manifestFile, manifestText, type CentralManifest, type Manifest } from "./manifest";
import { oneChunk, type SnapshotTarget } from "./target";

/** Facts of the content of a snapshot, for its manifest. */
export type ContentFacts = Pick<Manifest, "raftIndex" | "size" | "sha256">;

/**
 * Takes a snapshot from a server, checks it, encrypts it, and writes it to a target. Everything streams: nothing unencrypted touches a
 * disk, and the memory that it takes does not depend on the size. The snapshot does not count before its manifest is written.
 */
export async function writeContent(
  server: Pick<SnapshotApi, "take">,
  target: SnapshotTarget,
  name: string,
  encrypt: Encrypt,
): Promise<ContentFacts> {
  let facts: ArchiveFacts | undefined;
  const hash = createHash("sha256");
  let size = 0;
  const cipher = await encrypt(verifiedArchive(cutAsReplica(await server.take()), (found) => (facts = found)));
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of cipher) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  await target.write(contentFile(name), counted());
  return { raftIndex: facts?.raftIndex ?? 0, size, sha256: hash.digest("hex") };
}

/** Writes the manifest of a snapshot, which makes it count. */
export async function writeManifest(target: SnapshotTarget, manifest: Manifest | CentralManifest): Promise<void> {
  await target.write(manifestFile(manifest.name), oneChunk(manifestText(manifest)));
}

/** A connection that is cut in the middle is a failure of the server, and is tried again. */
async function* cutAsReplica(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    throw new ReplicaError("unreachable", `the snapshot was cut off (${(error as Error).message})`);
  }
}
