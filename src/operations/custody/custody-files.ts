import { createHash } from "node:crypto";
import type { Instance } from "../../contract/instance";
import { mapConcurrently } from "../../core/concurrent";
import { encryptedText, encryptorFor } from "../snapshot/encryption";
import { manifestFile, manifestText } from "../snapshot/manifest";
import { oneChunk, type SnapshotTarget } from "../snapshot/target";
import type { StoredCustody } from "./custody-decision";
import {
  custodyName,
  custodyOfFile,
  custodyPrefix,
  parseCustodyManifest,
  personFile,
  type CustodyManifest,
} from "./manifest";
import { shareFileText, type CustodyContent, type Origin } from "./share-file";

/** Manifests that are read at once. */
const AT_ONCE = 8;

type Named = Pick<Instance, "tenant" | "name">;

/** Lists the custodies of an instance by their manifests. Other files at the target are ignored. */
export async function listCustody(target: SnapshotTarget, instance: Named): Promise<readonly StoredCustody[]> {
  const sizes = new Map((await target.list(custodyPrefix(instance))).map(({ name, size }) => [name, size]));
  const files = [...sizes.keys()].filter((file) => isManifest(file) && custodyOfFile(file, instance) !== undefined);
  const manifests = await mapConcurrently(files, AT_ONCE, async (file) => {
    const manifest = parseCustodyManifest(await target.readText(file));
    return manifest !== undefined && manifestFile(manifest.name) === file ? [manifest] : [];
  });
  return manifests.flat().map((manifest) => ({
    ...manifest,
    complete: manifest.people.every(({ name, size }) => sizes.get(personFile(manifest.name, name)) === size),
  }));
}

/**
 * Writes a file for each person, encrypted to this person, and the manifest last. No text of a file touches a disk unencrypted.
 *
 * @param digest Identifies the content.
 */
export async function writeCustody(
  target: SnapshotTarget,
  content: CustodyContent,
  { digest, ...origin }: Origin & Pick<CustodyManifest, "digest">,
): Promise<CustodyManifest> {
  const { instance } = content;
  const { tenant, name: instanceName, seal, secretShares: shares, secretThreshold: threshold } = instance;
  const name = custodyName(instance, origin.recordVersion, origin.time);
  const people: CustodyManifest["people"][number][] = [];
  for (const holder of content.holders) {
    const file = await encryptedText(await encryptorFor([holder.recipient]), shareFileText(content, holder, origin));
    await target.write(personFile(name, holder.name), oneChunk(file));
    people.push({
      name: holder.name,
      recipient: holder.recipient,
      keys: holder.keys.map((key) => key.name),
      size: file.length,
      sha256: sha256(file),
    });
  }
  const manifest: CustodyManifest = {
    ...{ format: 1, name, tenant, instance: instanceName, time: origin.time.toISOString() },
    ...{ recordVersion: origin.recordVersion, seal, keyType: content.keyType, shares, threshold, people, digest },
  };
  await target.write(manifestFile(name), oneChunk(manifestText(manifest)));
  return manifest;
}

/**
 * Removes all files of the instance but those of one custody, also what interrupted runs left.
 *
 * @param kept Name of the custody that stays.
 * @returns The names of what it removed.
 */
export async function pruneCustody(target: SnapshotTarget, instance: Named, kept: string): Promise<readonly string[]> {
  const files = (await target.list(custodyPrefix(instance))).map(({ name }) => name);
  const former = files.filter((file) => ![undefined, kept].includes(custodyOfFile(file, instance)));
  // A custody does not count without its manifest, so an interrupted run leaves none that lacks a file.
  const manifestsFirst = [...former].sort((one, other) => Number(isManifest(other)) - Number(isManifest(one)));
  for (const file of manifestsFirst) await target.remove(file);
  return [...new Set(former.map((file) => custodyOfFile(file, instance) ?? ""))].sort();
}

function isManifest(file: string): boolean {
  return file.endsWith(".json");
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
