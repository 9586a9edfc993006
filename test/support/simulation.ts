import type { RecordFields } from "../../src/central/record";
import type { TemporaryKeys } from "../../src/central/temporary-keys";
import type { Instance } from "../../src/contract/instance";
import { Log, type LogEvent } from "../../src/core/log";
import type { ContentContext, OperationContext } from "../../src/operations/context";
import { OperatorToken } from "../../src/operations/identities/operator-token";
import { SimulatedAccess, SimulatedCredentials } from "./simulated-access";
import { SimulatedAuthorities } from "./simulated-authorities";
import { SimulatedContent } from "./simulated-content";
import { atEffects, centralPeer, serverPeer, type FaultPlan, type FaultSource } from "./simulated-faults";
import { SimulatedInstance } from "./simulated-instance";
import { journalApi, type JournalFile } from "./simulated-journal";
import { lockApi, type LockVersion } from "./simulated-lock";
import { podsApi } from "./simulated-pods";
import { SimulatedProcess, type SimulatedWorld } from "./simulated-process";
import { recordApi, type Version } from "./simulated-record";
import { replicaApi, snapshotsApi } from "./simulated-replica";

export { Crash, FAULTS, type Fault, type FaultPlan } from "./simulated-faults";
export { emptyServer } from "./simulated-server";

/** Deadline of a process in milliseconds. */
const PATIENCE = 600_000;

/** The world outside all processes: servers, the central Vault, a disk. It outlives crashes. */
export class Universe extends SimulatedInstance implements SimulatedWorld {
  readonly versions: Version[] = [];
  readonly metadata: Record<string, string> = {};
  /** How many versions of the record it keeps; undefined if that is not known. */
  keptVersions: number | undefined;
  /** Credentials of the identities in the central Vault. */
  readonly credentials = new SimulatedCredentials();
  /** Versions of the operation lock. */
  readonly locks: LockVersion[] = [];
  /** What an import writes. */
  readonly content = new SimulatedContent();
  /** CAs in the central Vault. */
  readonly authorities = new SimulatedAuthorities();
  /** Groups of watchers that the central Vault declares, and the shares that each has. */
  readonly shareGroups: string[] = [];
  readonly shareCopies = new Map<string, RecordFields>();
  /** What a restore keeps in the central Vault. */
  temporaryKeys: TemporaryKeys | undefined;
  readonly disk = new Map<string, JournalFile>();
  readonly living = new Set<number>();
  /** What only a process knows, by process. */
  readonly holds = new Map<number, ReadonlySet<string>>();
  /** Reports of all processes. */
  readonly events: LogEvent[] = [];
  /** Whether an answer was lost at a point where nothing can store it: on its way, before the journal, or with a full disk. */
  lossExcused = false;
  readonly seen = new Map<string, unknown>();
  /** Called after each effect. */
  onEffect: () => void = () => undefined;
  /** Effects of all processes. */
  effects = 0;
  /** The process that was started last. */
  newest = 0;

  constructor(
    instance: Instance,
    /** Runs other processes in between. A test chooses the order. */
    public turn: SimulatedWorld["turn"] = () => Promise.resolve(),
  ) {
    super(instance);
  }

  /** The newest fields that are not deleted. */
  get record(): RecordFields {
    const newest = this.versions.at(-1);
    return newest === undefined || newest.deleted ? {} : newest.fields;
  }

  /** The newest fields without the digest of the description. */
  get recordedFields(): RecordFields {
    const { "description-digest": _digest, ...fields } = this.record;
    return fields;
  }

  /** Whether a process that lives knows something that nobody else does. */
  get isHeld(): boolean {
    return [...this.living].some((pid) => (this.holds.get(pid)?.size ?? 0) > 0);
  }

  /** Creates a process with the given faults. It gives up after ten minutes. */
  start(faults: readonly FaultPlan[] | FaultSource = []): ContentContext {
    const pid = ++this.newest;
    this.living.add(pid);
    const source = typeof faults === "function" ? faults : atEffects(faults);
    const process = new SimulatedProcess(pid, this, source, this.now + PATIENCE);
    this.holds.set(pid, process.holds);
    const look = process.look.bind(process);
    const affect = process.affect.bind(process);
    const replicas = new Map<string, ReturnType<OperationContext["replica"]>>();

    const credentials: OperationContext["credentials"] = process.named(centralPeer("credentials"), {
      read: (identity) => look(() => this.credentials.read(identity)),
      readVersion: (identity, version) => look(() => this.credentials.readVersion(identity, version)),
      write: (identity, former, credential) => affect(() => this.credentials.write(identity, former, credential)),
    });
    const access: OperationContext["access"] = (replica, token) => {
      const server = this.serverOf(replica);
      const reach = (): SimulatedAccess => {
        this.verify(server);
        return this.access;
      };
      return process.named(serverPeer(replica.name), SimulatedAccess.api(reach, token, process));
    };
    const record = recordApi(this, process);
    const shares = process.named(centralPeer("shares"), {
      groups: () => look(() => [...this.shareGroups]),
      keep: (group: string, copy: RecordFields) => affect(() => void this.shareCopies.set(group, copy)),
    });
    return {
      instance: this.instance,
      shares: this.shareGroups.length === 0 ? undefined : shares,
      lock: lockApi(this, process),
      credentials,
      temporaryKeys: process.named(centralPeer("temporaryKeys", true), {
        read: () => look(() => this.temporaryKeys),
        write: (keys) => affect(() => void (this.temporaryKeys = keys)),
      }),
      access,
      operator: new OperatorToken({ credentials, access }),
      deadline: process.deadline,
      signal: process.interruption.signal,
      log: new Log((event) => this.events.push(event)),
      holds: process.holds,
      patientStore: process.named(centralPeer("record", true), record),
      store: process.named(centralPeer("record"), record),
      journal: journalApi(this, process),
      replica: (replica) => {
        const known = replicas.get(replica.name) ?? replicaApi(this, process, replica);
        replicas.set(replica.name, known);
        return known;
      },
      snapshots: (replica, token) => snapshotsApi(this, process, replica, token),
      authorities: process.named(centralPeer("authorities"), {
        read: (issuer) => look(() => this.authorities.read(issuer)),
        keepKey: (issuer, key) => affect(() => this.authorities.keep(issuer, "key", key.reveal())),
        keepCertificate: (issuer, certificate) =>
          affect(() => this.authorities.keep(issuer, "certificate", certificate)),
        readBundle: (mount, path, field) => look(() => this.authorities.bundles.get(`${mount}/${path}#${field}`)),
      } satisfies ContentContext["authorities"]),
      content: (replica) =>
        process.named(
          serverPeer(replica.name),
          this.content.api({ look, affect }, () => this.verify(this.serverOf(replica))),
        ),
      pods: podsApi(this, process),
      clock: {
        now: () => this.now,
        date: () => new Date(this.now),
        sleep: (milliseconds, signal) => process.sleep(milliseconds, signal),
      },
    };
  }
}

/** An instance with three replicas. */
export const INSTANCE: Instance = {
  tenant: "customer10",
  name: "main",
  product: "openbao",
  seal: "shamir",
  secretShares: 5,
  secretThreshold: 3,
  replicas: [0, 1, 2].map((index) => ({ name: `main-${index}`, address: `https://main-${index}:8200` })),
};
