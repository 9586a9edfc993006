import { setFlagsFromString } from "node:v8";
import { connectToCentral } from "../central/login";
import { setting } from "../core/environment";
import { OperationError } from "../core/errors";
import { Gate } from "../core/gate";
import { proxiesOf } from "../core/proxies";
import { isEncrypted } from "../core/secure-address";
import { proxyTo } from "../operations/network";
import { CentralFleet } from "../watch/central-fleet";
import type { Drills } from "../watch/fleet-drills";
import { parseListenAddress, serve } from "../watch/http-server";
import type { Maintenance } from "../watch/instance-maintenance";
import { Notifications } from "../watch/notifications";
import { parseShard } from "../watch/selection";
import type { WatchListener } from "../watch/watch-events";
import { watchFleet } from "../watch/watch-fleet";
import { WatchMetrics } from "../watch/watch-metrics";
import type { CommandHost, CommandResult } from "./command";
import { maintain } from "./maintain";
import type { ScheduledDrillOptions } from "./scheduled-drills";
// A watcher must not load it later, when its connections may have taken every open file.
import "yaml";

/** Options of `tenant-vault watch`. */
export interface WatchOptions extends ScheduledDrillOptions {
  readonly tenant?: string;
  /** `<index>/<count>`. */
  readonly shard?: string;
  /** Group of watchers whose shares it sends. @default - it sends the keys of the records */
  readonly shareGroup?: string;
  /** Seconds. */
  readonly poll: number;
  /** Seconds. */
  readonly refresh: number;
  readonly parallel: number;
  /** Seconds between two runs for an instance. @default - nothing is renewed */
  readonly maintain?: number;
  /** `<host>:<port>`. */
  readonly listen?: string;
}

/** How many instances are maintained at a time. */
const MAINTAINED_AT_ONCE = 4;

/** `tenant-vault watch`: unseals the instances of all tenants as soon as they are sealed, until it is interrupted. */
export async function watch(
  host: CommandHost,
  { tenant, shard, shareGroup, poll, refresh, parallel, maintain: every, listen, ...drilling }: WatchOptions,
): Promise<CommandResult> {
  const { environment, clock, log, signal, holds } = host;
  keepHeapSmall();
  const selection = { tenant, shard: shard === undefined ? undefined : parseShard(shard) };
  const address = listen === undefined ? undefined : parseListenAddress(listen);
  const webhook = setting(environment, "TENANT_VAULT_WEBHOOK");
  if (webhook !== undefined && !isEncrypted(webhook)) {
    throw new OperationError(
      "usage",
      "TENANT_VAULT_WEBHOOK is not reached by TLS, and may contain a secret; set it to an https address.",
    );
  }
  const drills = await drillsOf(host, drilling);
  const network = { proxies: proxiesOf(environment) };
  const dispatcher = webhook === undefined ? undefined : proxyTo(webhook, network.proxies);
  const notifications =
    webhook === undefined
      ? undefined
      : new Notifications({ url: webhook, clock, log, ...(dispatcher && { dispatcher }) });
  const metrics = new WatchMetrics(
    () => clock.date().getTime(),
    () => notifications?.lost ?? 0,
  );
  const central = await connectToCentral(environment);
  const server = address && (await serve(address, { metrics: () => metrics.render(), ready: () => metrics.ready }));
  try {
    log.info("watching", { central: central.address, ...(tenant === undefined ? {} : { tenant }), shard });
    const fleet = new CentralFleet(central, { clock, log, signal, holds, network, shareGroup });
    const tell: WatchListener = (event) => {
      metrics.count(event);
      notifications?.notify(event);
    };
    const maintenance = every === undefined ? undefined : maintenanceOf(host, every);
    await watchFleet(
      { fleet, clock, log, tell, gate: new Gate(parallel), poll: poll * 1000, shareGroup },
      { ...selection, refresh: refresh * 1000, maintenance, drills, signal },
    );
    await notifications?.flush();
  } finally {
    server?.close();
    await dispatcher?.close();
    await central.close();
  }
  return { text: "", json: {} };
}

/** A watcher without drills loads nothing of them. */
async function drillsOf(host: CommandHost, options: ScheduledDrillOptions): Promise<Drills | undefined> {
  const { drill, target, identity, server, withoutNetworkIsolation } = options;
  if ((drill ?? target ?? identity ?? server ?? withoutNetworkIsolation) === undefined) return undefined;
  return (await import("./scheduled-drills.js")).scheduledDrills(host, options);
}

/** @param every Seconds. */
function maintenanceOf(host: CommandHost, every: number): Maintenance {
  return {
    every: every * 1000,
    gate: new Gate(MAINTAINED_AT_ONCE),
    run: (instance) => maintain(host, instance),
  };
}

/**
 * A watcher produces little garbage, which V8 would let grow to twice what it needs. The young generation is limited where the
 * program is started, because V8 has made it before.
 */
function keepHeapSmall(): void {
  setFlagsFromString("--heap-growing-percent=20");
}
