import { CredentialStore } from "../central/credential-store";
import { sharedInstanceOf } from "../central/instance-metadata";
import { parseTarget } from "../central/instances";
import { connectToCentral } from "../central/login";
import { RecordStore } from "../central/record-store";
import { limit } from "../core/abort";
import { OperationError } from "../core/errors";
import { findProgram } from "../core/find-program";
import type { Product } from "../core/product";
import { drill as runDrill } from "../operations/drill/drill";
import { refuseForNamespace } from "../operations/namespaces/refusal";
import { findSnapshot } from "../operations/snapshot/stored-snapshots";
import type { CommandHost, CommandResult } from "./command";
import type { InstanceOptions } from "./instance";
import { readIdentities, withTarget, type TargetOptions } from "./snapshot";

/** Options of `drill`. */
export interface DrillCommandOptions extends InstanceOptions, TargetOptions {
  /** Name of the snapshot. @default - the newest complete one */
  readonly from?: string;
  /** Identity file of age. */
  readonly identity: string;
  /** Path of the server's program. @default - `bao` or `vault` on PATH */
  readonly server?: string;
}

const PROGRAMS: Readonly<Record<Product, string>> = { openbao: "bao", vault: "vault" };

/** `tenant-vault drill`: proves that the newest snapshot of an instance can be restored. */
export function drill(host: CommandHost, path: string, options: DrillCommandOptions): Promise<CommandResult> {
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
      const sharedInstance = sharedInstanceOf(await store.readMetadata());
      refuseForNamespace({ ...named, sharedInstance }, "drill");
      const { complete: _complete, ...manifest } = await findSnapshot(target, named, options.from);
      const program = options.server ?? findServer(manifest.product, environment);
      // The program must not end before the server is destroyed.
      holds.add(server);
      const context = {
        ...{ clock, holds, signal: lifetime.signal, deadline: clock.now() + milliseconds },
        log: log.with({ instance: path }),
        store,
        credentials: new CredentialStore(central, named.tenant, named.name),
      };
      const begun = clock.now();
      const report = await runDrill(context, target, { manifest, identities, program });
      const seconds = Math.round((clock.now() - begun) / 100) / 10;
      return {
        text: `${path}: proved ${report.snapshot} in ${seconds} s with ${report.version}: the recorded keys open it, ${report.mounts} mounts, ${report.caChains} CA chains\n`,
        json: { instance: path, ...report, seconds },
      };
    } finally {
      holds.delete(server);
      await central.close();
      lifetime.clear();
    }
  });
}

function findServer(product: Product, { PATH }: NodeJS.ProcessEnv): string {
  const name = PROGRAMS[product];
  const found = findProgram(name, PATH);
  if (found !== undefined) return found;
  throw new OperationError(
    "drill-server-missing",
    `The snapshot is restored by ${name}, which is not on PATH; install the version of ${product} that the instance runs, or name its program with --server.`,
  );
}
