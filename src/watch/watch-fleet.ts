import { OperationError } from "../core/errors";
import { Gate } from "../core/gate";
import { FleetDrills, type Drills } from "./fleet-drills";
import { InstanceMaintenance, type Maintenance } from "./instance-maintenance";
import { InstanceProof } from "./instance-proof";
import { InstanceWatch, type WatchSurroundings } from "./instance-watch";
import { Schedule, type Repeated } from "./schedule";
import { isSelected, type Selection } from "./selection";

/** Options of {@link watchFleet}. */
export interface WatchFleetOptions extends Selection {
  /** Milliseconds between two requests for the list of records. */
  readonly refresh: number;
  /** @default - none: instances are unsealed, and nothing else is done */
  readonly maintenance?: Maintenance | undefined;
  /** @default - none */
  readonly drills?: Drills | undefined;
  readonly signal: AbortSignal;
}

/** What is done for an instance. */
interface Care {
  readonly watch: InstanceWatch;
  /** What is done beside the watch. */
  readonly others: readonly Repeated[];
}

/** Records whose proofs are read at once. */
const PROOFS_AT_ONCE = 4;

/** Milliseconds within which an instance is inspected the first time. */
const FIRST_LOOK = 1_000;

/** Milliseconds between two lists while the central Vault does not answer. */
const RETURN_POLL = 2_000;

/**
 * Watches the selected instances until the signal is aborted. Records that appear are watched from the next list on. If the
 * central Vault does not answer, the known instances stay watched.
 */
export async function watchFleet(
  surroundings: WatchSurroundings,
  { refresh, maintenance, drills, signal, ...selection }: WatchFleetOptions,
): Promise<void> {
  const { clock, tell, poll } = surroundings;
  const schedule = new Schedule(clock);
  const cared = new Map<string, Care>();
  const ending = new Set<Promise<void>>();
  /** Aborted by an error that is not an OperationError. It is a mistake of this program, and ends it. */
  const broken = new AbortController();
  const ended = AbortSignal.any([signal, broken.signal]);
  const reads = new Gate(PROOFS_AT_ONCE);
  if (drills !== undefined) {
    const fleetDrills = new FleetDrills({ ...surroundings, drills, watched: cared, signal: ended });
    schedule.add(fleetDrills, fleetDrills.delay);
  }
  const scheduled = schedule.run(ended).catch((error: unknown) => broken.abort(error));

  const start = (instance: string): void => {
    const watch = new InstanceWatch(instance, surroundings, (each) => schedule.hasten(each));
    const proof = new InstanceProof(instance, surroundings, reads);
    const maintained = maintenance && new InstanceMaintenance(instance, { ...surroundings, maintenance });
    const others = maintained === undefined ? [proof] : [proof, maintained];
    cared.set(instance, { watch, others });
    // All watches begin at once. Their requests must not, and what is sealed already must not wait for a long poll.
    schedule.add(watch, Math.random() * Math.min(poll, FIRST_LOOK));
    for (const other of others) schedule.add(other, other.delay);
  };
  const stop = (instance: string, { watch, others }: Care): void => {
    cared.delete(instance);
    const end = Promise.all([watch, ...others].map((each) => schedule.remove(each)))
      .then(() => watch.end())
      .finally(() => ending.delete(end));
    ending.add(end);
  };
  const update = (listed: readonly string[]): void => {
    const wanted = new Set(listed.filter((instance) => isSelected(instance, selection)));
    for (const [instance, care] of cared) if (!wanted.has(instance)) stop(instance, care);
    for (const instance of wanted) if (!cared.has(instance)) start(instance);
  };

  let wasListed = true;
  while (!ended.aborted) {
    const listed = await list(surroundings, selection.tenant, wasListed);
    if (listed !== undefined) update(listed);
    // What failed because of the central Vault must not wait until its next attempt.
    if (listed !== undefined && !wasListed) for (const { watch } of cared.values()) schedule.hasten(watch);
    wasListed = listed !== undefined;
    tell({ kind: "listed", instances: listed && cared.size });
    await clock.sleep(wasListed ? refresh : Math.min(refresh, RETURN_POLL), ended);
  }
  await scheduled;
  for (const [instance, care] of cared) stop(instance, care);
  await Promise.all(ending);
  if (broken.signal.aborted) throw broken.signal.reason;
}

/** @returns Undefined if the central Vault does not answer. That is logged once, and so is its return. */
async function list(
  { fleet, log }: WatchSurroundings,
  tenant: string | undefined,
  wasListed: boolean,
): Promise<readonly string[] | undefined> {
  try {
    const listed = await fleet.list(tenant);
    if (!wasListed) log.info("the central Vault lists its records again");
    return listed;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    if (wasListed) log.warn("cannot list the records", { code: error.code, reason: error.message });
    return undefined;
  }
}
