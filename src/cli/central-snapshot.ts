import { OperationError } from "../core/errors";
import { restoreCentral } from "../operations/central/restore-central";
import { CENTRAL_SERIES, saveCentral } from "../operations/central/save-central";
import { findInSeries, listSeries, pruneSeries, type Retention } from "../operations/snapshot/series";
import { withCentralServers, type CentralOptions } from "./central-servers";
import type { CommandHost, CommandResult } from "./command";
import type { InstanceOptions } from "./instance";
import { readIdentities, recipientsOf, stateText, type SaveOptions } from "./snapshot";
import { withTarget, type TargetOptions } from "./with-target";

/** Options of `central snapshot save`. */
export type CentralSaveOptions = CentralOptions & Pick<SaveOptions, "recipient" | "target">;

/** `tenant-vault central snapshot save`: keeps an encrypted snapshot of the central Vault. */
export function save(host: CommandHost, options: CentralSaveOptions): Promise<CommandResult> {
  const recipients = recipientsOf(host, options);
  return withTarget(host, options, (target) =>
    withCentralServers(host, options, async (servers) => {
      const { name, size, sha256 } = await saveCentral(host, servers, target, recipients);
      return {
        text: `central Vault: saved ${name}, ${size} bytes, for ${recipients.length} recipients\n`,
        json: { snapshot: name, size, sha256 },
      };
    }),
  );
}

/** `tenant-vault central snapshot list`: shows the snapshots of the central Vault. It needs no key. */
export function list(host: CommandHost, options: TargetOptions): Promise<CommandResult> {
  return withTarget(host, options, async (target) => {
    const snapshots = await listSeries(target, CENTRAL_SERIES);
    const lines = snapshots.map(
      ({ name, time, size, productVersion, shares, threshold, complete }) =>
        `${name}: ${time}, ${size} bytes, version ${productVersion}, opens with ${threshold} of ${shares} keys of that time${stateText(complete)}\n`,
    );
    return { text: lines.join(""), json: snapshots };
  });
}

/** `tenant-vault central snapshot prune`: removes snapshots of the central Vault that nobody needs any more. */
export function prune(host: CommandHost, options: TargetOptions & Retention): Promise<CommandResult> {
  return withTarget(host, options, async (target) => {
    const removed = await pruneSeries(target, CENTRAL_SERIES, host.clock.date().getTime(), options);
    return {
      text: `central Vault: removed ${removed.length} snapshots\n`,
      json: { removed: removed.map(({ name }) => name) },
    };
  });
}

/** Options of `central snapshot restore`. */
export interface CentralRestoreOptions extends CentralOptions, TargetOptions, InstanceOptions {
  /** Name of the snapshot. @default - the newest complete one */
  readonly from?: string;
  /** Identity file of age. */
  readonly identity: string;
  readonly force?: true;
}

/** `tenant-vault central snapshot restore`: replaces the data of the central Vault by those of a snapshot. */
export function restore(host: CommandHost, options: CentralRestoreOptions): Promise<CommandResult> {
  const { clock, log, signal, holds } = host;
  const { force, breakGlass, timeout } = options;
  if (force === true && breakGlass === undefined) {
    throw new OperationError(
      "usage",
      "--force replaces data without a check of their seal; say why with --break-glass REASON.",
    );
  }
  return withTarget(host, options, async (target) => {
    const identities = await readIdentities(options.identity);
    const { complete: _complete, ...manifest } = await findInSeries(target, CENTRAL_SERIES, options.from);
    return withCentralServers(host, options, async (servers) => {
      const run = { clock, log, signal, holds, deadline: clock.now() + timeout * 1000 };
      const forced = force === true ? breakGlass : undefined;
      const report = await restoreCentral(run, servers, target, { manifest, identities, forced });
      const { leader, voters = "unknown" } = report;
      return {
        text: `central Vault: restored ${manifest.name}; ${servers.length} of ${servers.length} servers unsealed, active at ${leader}, ${voters} voters in raft\n`,
        json: { snapshot: manifest.name, ...report },
      };
    });
  });
}
