import type { Clock } from "../../core/clock";
import type { Log } from "../../core/log";
import { writeContent, writeManifest } from "../snapshot/content";
import { encryptorFor } from "../snapshot/encryption";
import {
  centralSnapshotName,
  isCentralSnapshotName,
  parseCentralManifest,
  type CentralManifest,
} from "../snapshot/manifest";
import type { Series } from "../snapshot/series";
import type { SnapshotTarget } from "../snapshot/target";
import { asCentral, findActiveCentral, type CentralServer } from "./central-server";

/** The snapshots of the central Vault at a target. */
export const CENTRAL_SERIES: Series<CentralManifest> = {
  title: "the central Vault",
  listCommand: "tenant-vault central snapshot list",
  has: isCentralSnapshotName,
  parse: parseCentralManifest,
};

/**
 * Takes a snapshot from the active server of the central Vault, checks it, encrypts it, and keeps it at a target.
 *
 * @param recipients Public keys of age.
 */
export async function saveCentral(
  { clock, log }: { readonly clock: Pick<Clock, "date">; readonly log: Log },
  servers: readonly CentralServer[],
  target: SnapshotTarget,
  recipients: readonly string[],
): Promise<CentralManifest> {
  const encrypt = await encryptorFor(recipients);
  const active = await findActiveCentral(servers);
  return asCentral(active, async () => {
    const { version, seal, shares, threshold } = await active.seal.status();
    const time = clock.date();
    const name = centralSnapshotName(time);
    const content = await writeContent(active.snapshots(await active.logIn()), target, name, encrypt);
    const manifest: CentralManifest = {
      format: 1,
      name,
      productVersion: version,
      time: time.toISOString(),
      ...content,
      seal,
      shares,
      threshold,
    };
    await writeManifest(target, manifest);
    log.info("saved a snapshot", { name, bytes: content.size, target: target.text });
    return manifest;
  });
}
