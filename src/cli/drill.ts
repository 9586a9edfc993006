import { CredentialStore } from "../central/credential-store";
import { sharedInstanceOf } from "../central/instance-metadata";
import { parseTarget } from "../central/instances";
import { connectToCentral } from "../central/login";
import { RecordStore } from "../central/record-store";
import { limit } from "../core/abort";
import { drill as runDrill, type DrillReport } from "../operations/drill/drill";
import type { Isolation } from "../operations/drill/network-isolation";
import { refuseProven } from "../operations/drill/restore-proof";
import { refuseForNamespace } from "../operations/namespaces/refusal";
import { findSnapshot } from "../operations/snapshot/stored-snapshots";
import type { CommandHost, CommandResult } from "./command";
import { findServer, isolationOf, type DrillServerOptions } from "./drill-server";
import type { InstanceOptions } from "./instance";
import { readIdentities } from "./snapshot";
import { withTarget, type TargetOptions } from "./with-target";

/** Options of `drill`. */
export interface DrillCommandOptions extends InstanceOptions, TargetOptions, DrillServerOptions {
  /** Name of the snapshot. @default - the newest complete one */
  readonly from?: string;
  /** Identity file of age. */
  readonly identity: string;
}

/** What a drill proved, and how long it took. */
export interface TimedReport extends DrillReport {
  readonly seconds: number;
}

/** `tenant-vault drill`: proves that the newest snapshot of an instance can be restored. */
export async function drill(host: CommandHost, path: string, options: DrillCommandOptions): Promise<CommandResult> {
  const isolation = await isolationOf(options);
  const report = await drillInstance(host, path, { ...options, isolation });
  return {
    text: `${path}: proved ${report.snapshot} in ${report.seconds} s with ${report.version}: the recorded keys open it, ${report.mounts} mounts, ${report.caChains} CA chains\n`,
    json: { instance: path, ...report },
  };
}

/**
 * Proves that a snapshot of an instance can be restored.
 *
 * @param options `onlyNew` refuses a snapshot that is not newer than the one of the last proof.
 */
export function drillInstance(
  host: CommandHost,
  path: string,
  options: DrillCommandOptions & { readonly isolation: Isolation; readonly onlyNew?: true },
): Promise<TimedReport> {
  return withTarget(host, options, async (target) => {
    const { clock, environment, holds, log } = host;
    const named = parseTarget(path);
    const identities = await readIdentities(options.identity);
    const milliseconds = options.timeout * 1000;
    const lifetime = limit(milliseconds, "AbortError", host.signal);
    const central = (await connectToCentral(environment, lifetime.signal)).withSignal(lifetime.signal);
    const server = `the throw-away server with the data of ${path}`;
    try {
      const store = new RecordStore(central, named.tenant, named.name, clock);
      const metadata = await store.readMetadata();
      refuseForNamespace({ ...named, sharedInstance: sharedInstanceOf(metadata) }, "drill");
      const { complete: _complete, ...manifest } = await findSnapshot(target, named, options.from);
      if (options.onlyNew === true) refuseProven(path, metadata, manifest);
      const program = findServer(manifest.product, options.server, environment);
      // The program must not end before the server is destroyed.
      holds.add(server);
      const context = {
        ...{ clock, holds, signal: lifetime.signal, deadline: clock.now() + milliseconds },
        log: log.with({ instance: path }),
        store,
        credentials: new CredentialStore(central, named.tenant, named.name),
      };
      const begun = clock.now();
      const report = await runDrill(context, target, { manifest, identities, program, isolation: options.isolation });
      return { ...report, seconds: Math.round((clock.now() - begun) / 100) / 10 };
    } finally {
      holds.delete(server);
      await central.close();
      lifetime.clear();
    }
  });
}
