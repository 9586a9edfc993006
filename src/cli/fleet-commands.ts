import { Option, type Command } from "commander";
import { define, parseCount, parseSeconds, type CommonOptions, type Execute } from "./define";
import { scheduledDrills } from "./snapshot-options";
import type { WatchOptions } from "./watch";

/** Defaults of `watch`, in seconds. */
const WATCH_POLL = 1;
const WATCH_REFRESH = 30;
const WATCHED_AT_ONCE = 32;

/** Adds the commands for a tenant as a whole, and for all tenants. */
export function defineFleetCommands(program: Command, execute: Execute): void {
  define(
    program,
    "preflight",
    "check what would make a deployment of a tenant fail, before anything is created; exit code 2 if there is a problem",
  )
    .argument("<tenant>")
    .action((tenant: string, options: CommonOptions) =>
      execute(options, async (host) => (await import("./preflight.js")).preflight(host, tenant)),
    );
  define(
    program,
    "kubespray",
    "install or change Kubernetes on a tenant's machines, and put its kubeconfig into the central Vault",
  )
    .argument("<tenant>")
    .option("--check", "only check what a run needs: Kubespray, the variables of the cloud, the central Vault")
    .action((tenant: string, options: CommonOptions & { check?: true }) =>
      execute(options, async (host) => (await import("./kubespray.js")).kubespray(host, tenant, options)),
    );
  const watch = define(
    program,
    "watch",
    "unseal instances as soon as they are sealed, until interrupted; writes no record",
  )
    .option("--tenant <tenant>", "only the instances of this tenant")
    .option(
      "--shard <index/count>",
      "only one of several equal parts, such as 1/3 or watch-0/3 (a pod's name); each has a watcher of its own",
    )
    .addOption(
      new Option(
        "--share-group <name>",
        "send only the shares of this group, so that several watchers together unseal an instance, and none alone",
      ).conflicts(["maintain", "drill"]),
    )
    .option("--poll <seconds>", "time between two inspections of an instance", parseSeconds, WATCH_POLL)
    .option("--refresh <seconds>", "time between two lists of the records", parseSeconds, WATCH_REFRESH)
    .option("--parallel <number>", "how many instances are unsealed at a time", parseCount, WATCHED_AT_ONCE)
    .option(
      "--maintain <seconds>",
      "also renew certificates, tokens and credentials, with this time between two runs for an instance",
      parseSeconds,
    )
    .option("--listen <host:port>", "serve /metrics, /healthz and /readyz there");
  scheduledDrills(watch).action((options: CommonOptions & WatchOptions) =>
    execute(options, async (host) => (await import("./watch.js")).watch(host, options)),
  );
  define(
    program,
    "mirror",
    "copy records, kubeconfigs and credentials to a second Vault; deletes nothing there",
  ).action((options: CommonOptions) => execute(options, async (host) => (await import("./mirror.js")).mirror(host)));
}
