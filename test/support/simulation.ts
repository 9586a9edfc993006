import { JournalError, type JournalEntry } from "../../src/central/journal";
import type { Instance, Replica } from "../../src/contract/instance";
import { fingerprint, keysFingerprint, recordedKeys, type RecordFields } from "../../src/central/record";
import type { Claim, Pod } from "../../src/operations/pods";
import type { PodProblem } from "../../src/operations/pod-problems";
import { CentralError } from "../../src/central/client";
import { formerKeySets, type EarlierVersion } from "../../src/central/pending-keys";
import type { TemporaryKeys } from "../../src/central/temporary-keys";
import type { SeenRecord } from "../../src/central/record-store";
import { ReplicaError } from "../../src/vault/errors";
import type { ContentContext, OperationContext } from "../../src/operations/context";
import { OperatorToken } from "../../src/operations/identities/operator-token";
import { Log, type LogEvent } from "../../src/core/log";
import { Secret } from "../../src/core/secret";
import type { ReplicaState } from "../../src/vault/replica-state";
import { type InitAnswer, keyTypeOf, type KeyType } from "../../src/vault/keys";
import type { LockEntry, SeenLock } from "../../src/central/operation-lock";
import type { KeysInUse, SimulatedKeys } from "./simulated-ceremonies";
import { Readable } from "node:stream";
import { collect } from "./archive";
import { SimulatedAccess, SimulatedCredentials } from "./simulated-access";
import { SimulatedAuthorities } from "./simulated-authorities";
import { SimulatedContent } from "./simulated-content";
import { atEffects, centralPeer, KUBERNETES, serverPeer, type FaultPlan, type FaultSource } from "./simulated-faults";
import { SimulatedProcess, type SimulatedWorld } from "./simulated-process";
import { SimulatedSnapshots } from "./simulated-snapshots";

export { Crash, FAULTS, type Fault, type FaultPlan } from "./simulated-faults";

/** Deadline of a process in milliseconds. */
const PATIENCE = 600_000;

/** Milliseconds until an evicted pod is gone, and until its replacement answers. */
const POD_ENDS = 5_000;
const POD_STARTS = 2_000;

interface SimulatedServer {
  /** Initialisation that created the data. */
  data: number | undefined;
  sealed: boolean;
  progress: Set<string>;
  /** Received keys. */
  received: number;
  /** Whether the server joined the cluster, so that it must catch up after it is unsealed. */
  joined: boolean;
  /** Time at which it has caught up. */
  readyAt?: number | undefined;
  /** Times at which the evicted pod is gone, and at which the new pod answers. */
  pod?: { readonly endsAt: number; readonly answersAt: number };
  uid: number;
  /** Revision of the pod, and the certificate that it presents. */
  revision: number;
  certificate: number;
  /** Seal of its configuration. @default - that of the instance */
  seal?: string;
  /** Whether its pod can never start. The next one of its name is made from the newest description and does. */
  neverStarts?: boolean;
  /** The keys of its data, while it misses a rotation. @default - those of the instance */
  behind?: SimulatedKeys | undefined;
}

/** A server without data. */
export function emptyServer(): SimulatedServer {
  const pod = { uid: 0, revision: 0, certificate: 0 };
  return { data: undefined, sealed: true, progress: new Set(), received: 0, joined: false, readyAt: undefined, ...pod };
}

/** Milliseconds that a new member needs to catch up. */
const CATCH_UP = 2_000;

/** Milliseconds from then until raft counts its vote. */
const PROBATION = 10_000;

interface Version {
  readonly fields: RecordFields;
  readonly at: number;
  deleted: boolean;
}

/** The world outside all processes: servers, the central Vault, a disk. It outlives crashes. */
export class Universe implements SimulatedWorld {
  readonly answers: InitAnswer[] = [];
  readonly versions: Version[] = [];
  readonly metadata: Record<string, string> = {};
  /** How many versions of the record it keeps; undefined if that is not known. */
  keptVersions: number | undefined;
  /** Credentials of the identities in the central Vault. */
  readonly credentials = new SimulatedCredentials();
  /** Keys in use of each initialisation's data, once they were rotated. */
  private readonly rotated = new Map<number, SimulatedKeys>();
  /** Active replica at the last request. */
  private asked: string | undefined;
  /** Versions of the operation lock. */
  readonly locks: { readonly entry: LockEntry | undefined; readonly pid: number; readonly at: number }[] = [];
  /** Policies and logins of each initialisation's data. */
  private readonly accesses = new Map<number, SimulatedAccess>();
  readonly snapshots = new SimulatedSnapshots();
  /** What an import writes. */
  readonly content = new SimulatedContent();
  /** CAs in the central Vault. */
  readonly authorities = new SimulatedAuthorities();
  /** Groups of watchers that the central Vault declares, and the shares that each has. */
  readonly shareGroups: string[] = [];
  readonly shareCopies = new Map<string, RecordFields>();
  /** What a restore keeps in the central Vault. */
  temporaryKeys: TemporaryKeys | undefined;
  /** Snapshots that the servers have restored. */
  restored = 0;
  readonly servers: SimulatedServer[];
  readonly disk = new Map<string, { owner: number; key: Secret; answer?: InitAnswer }>();
  readonly living = new Set<number>();
  /** What only a process knows, by process. */
  readonly holds = new Map<number, ReadonlySet<string>>();
  /** Members of raft by name, with the time of their vote. */
  readonly members = new Map<string, number>();
  /** Current revision of the StatefulSet, and current certificate in the Secret. */
  revision = 0;
  certificate = 0;
  /** Certificates that clients no longer accept. */
  readonly refused = new Set<number>();
  /** Whether any number of unready pods may be evicted: the policy AlwaysAllow, which is not the default of Kubernetes. */
  unreadyMayGo = false;
  /** Names of replicas that a request sealed, in order. */
  readonly seals: string[] = [];
  /** Volume claims, and what Kubernetes says about the pods by name. */
  readonly claims = new Set<Claim>();
  readonly problems = new Map<string, PodProblem>();
  /** Names of the pods that were ended, in order, and when; and those that were not to be at that moment. */
  readonly evictions: string[] = [];
  readonly evictedAt: number[] = [];
  readonly violations: string[] = [];
  /** Reports of all processes. */
  readonly events: LogEvent[] = [];
  private leaderName: string | undefined;
  /** Whether an answer was lost at a point where nothing can store it: on its way, before the journal, or with a full disk. */
  lossExcused = false;
  now = 0;
  /** Seal of the configuration that the next pod gets. @default - that of the instance */
  configured: string | undefined;
  /** Seal of each initialisation's data. */
  private readonly stored = new Map<number, string>();
  readonly seen = new Map<string, unknown>();
  /** Called after each effect. */
  onEffect: () => void = () => undefined;
  /** Effects of all processes. */
  effects = 0;
  /** The process that was started last. */
  newest = 0;

  constructor(
    readonly instance: Instance,
    /** Runs other processes in between. A test chooses the order. */
    public turn: SimulatedWorld["turn"] = () => Promise.resolve(),
  ) {
    this.servers = instance.replicas.map(emptyServer);
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

  /** Policies and logins of the instance. */
  get access(): SimulatedAccess {
    const leader = this.leader();
    if (leader === undefined) throw new ReplicaError("sealed", "no leader", 503);
    const { data = 0 } = this.serverOf(leader);
    const known = this.accesses.get(data);
    const access = known ?? new SimulatedAccess(`root-${data}`, this, new DataKeys(this, data));
    this.accesses.set(data, access);
    if (this.asked !== leader.name) access.ceremony.forget();
    this.asked = leader.name;
    return access;
  }

  /** The keys that open the data of an initialisation. */
  keysOf(data = this.servers[0]?.data ?? 0): SimulatedKeys {
    const keys = this.answers[data]?.keys ?? [];
    return this.rotated.get(data) ?? { keys, threshold: this.instance.secretThreshold };
  }

  /** Whether a process that lives knows something that nobody else does. */
  get isHeld(): boolean {
    return [...this.living].some((pid) => (this.holds.get(pid)?.size ?? 0) > 0);
  }

  /** Takes the storage of every server. */
  wipe(): void {
    this.servers.splice(0, this.servers.length, ...this.instance.replicas.map(emptyServer));
    this.members.clear();
  }

  /** Changes the keys that open the data, as a rotation does. */
  useKeys(keys: SimulatedKeys, data = this.servers[0]?.data ?? 0): void {
    this.rotated.set(data, keys);
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
    const store: OperationContext["store"] = {
      path: `${this.instance.tenant}/${this.instance.name}`,
      read: () => look(() => this.readRecord()),
      write: (fields, version) => affect(() => this.writeRecord(fields, version)),
      delete: (version) => affect(() => this.deleteVersion(version)),
      readVersion: (version) =>
        look(() => {
          const found = this.versions[version - 1];
          return found === undefined || found.deleted ? undefined : found.fields;
        }),
      readMetadata: () => look(() => ({ ...this.metadata })),
      keptVersions: () => look(() => this.keptVersions),
      patchMetadata: (patch) => affect(() => this.patch(patch)),
      versionWithKeys: (type, more, before) => look(() => this.versionWithKeys(type, more, before)),
      formerKeys: async (type, { fields, version }) => {
        const versions = await look(() => this.versionsBefore(version));
        return formerKeySets(fields, type, versions);
      },
    };
    const shares = process.named(centralPeer("shares"), {
      groups: () => look(() => [...this.shareGroups]),
      keep: (group: string, copy: RecordFields) => affect(() => void this.shareCopies.set(group, copy)),
    });
    return {
      instance: this.instance,
      shares: this.shareGroups.length === 0 ? undefined : shares,
      lock: process.named(centralPeer("lock", true), {
        // Whether its holder runs is never old news: the process looks for it on its machine.
        read: async () => this.describeLock(await look(() => this.readLock(pid)), pid),
        write: (entry, version) => affect(() => this.writeLock(entry, version, pid)),
      }),
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
      patientStore: process.named(centralPeer("record", true), store),
      store: process.named(centralPeer("record"), store),
      journal: this.journalOf(process),
      replica: (replica) => {
        const known = replicas.get(replica.name) ?? this.replicaOf(process, replica);
        replicas.set(replica.name, known);
        return known;
      },
      snapshots: (replica, token) => this.snapshotsOf(process, replica, token),
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
      pods: process.named(KUBERNETES, {
        list: () => look(() => this.instance.replicas.map((replica) => this.podOf(replica))),
        evict: (pod) => affect(() => this.evict(pod)),
        problemOf: (name) => look(() => this.problemOf(name)),
        claims: () => look(() => [...this.claims]),
        deleteClaim: (claim) => affect(() => this.claims.delete(claim)),
        certificate: () => look(() => String(this.certificate)),
      } satisfies OperationContext["pods"]),
      clock: {
        now: () => this.now,
        date: () => new Date(this.now),
        sleep: (milliseconds, signal) => process.sleep(milliseconds, signal),
      },
    };
  }

  private journalOf(process: SimulatedProcess): OperationContext["journal"] {
    const { pid } = process;
    const full = (): Error => Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    const unwritable = (): Error => new JournalError("journal-unwritable", "no space left on device");
    return {
      entries: () => this.journals(pid),
      reserve: (key) => {
        const file = `journal-${pid}-${this.disk.size}`;
        process.touch("reserve", () => this.disk.set(file, { owner: pid, key }), unwritable);
        return file;
      },
      keep: (file, key, answer) => {
        process.touch("keep", () => this.disk.set(file, { owner: pid, key, answer }), full);
      },
      open: (file) => {
        const journal = this.disk.get(file);
        if (journal === undefined) return undefined;
        const { answer } = journal;
        if (answer === undefined) throw new Error(`no answer in ${file}`);
        return answer;
      },
      forget: (file) => {
        process.touch("forget", () => this.disk.delete(file), full);
      },
    };
  }

  private replicaOf(process: SimulatedProcess, replica: Replica): ReturnType<OperationContext["replica"]> {
    const verified =
      <Result>(work: (server: SimulatedServer) => Result) =>
      (): Result => {
        const server = this.serverOf(replica);
        this.verify(server);
        if (server.pod !== undefined || server.neverStarts === true)
          throw new ReplicaError("unreachable", "ECONNREFUSED");
        return work(server);
      };
    const look = <Result>(value: (server: SimulatedServer) => Result): Promise<Result> => process.look(verified(value));
    const affect = <Result>(change: (server: SimulatedServer) => Result): Promise<Result> =>
      process.affect(verified(change));
    const peer = serverPeer(replica.name);
    return process.named(peer, {
      status: (request) => {
        process.name({ ...peer, isPatient: request?.uninterruptible === true }, "status");
        return process.look(() => this.status(this.serverOf(replica))).catch(unreachable);
      },
      initialize: async (seal, shares) => {
        process.name({ ...peer, isPatient: true }, "initialize");
        const answers = this.answers.length;
        try {
          return await affect((server) => this.initialize(server, seal, shares));
        } catch (error) {
          if (this.answers.length > answers) this.lossExcused = true;
          throw error;
        }
      },
      unseal: (key, migrate) => affect((server) => this.unseal(server, key, migrate)),
      resetUnseal: () => affect((server) => server.progress.clear()),
      join: () => affect((server) => this.join(server)),
      hasOwnData: () => look((server) => server.data !== undefined),
      leader: () => look(() => this.leaderSeenBy(replica)),
      raftPeers: () => look(() => [...this.members].map(([id, since]) => ({ id, voter: since <= this.now }))),
      raftHealthy: () => look(() => this.instance.replicas.every((each) => this.isUp(this.serverOf(each)))),
      removePeer: (_token, id) => affect(() => void this.members.delete(id)),
      stepDown: () => affect(() => this.stepDown(replica)),
      seal: () => affect((server) => this.sealOnRequest(replica, server)),
      appliedIndex: () => look(() => 100),
      auditDevices: () => look(() => ["file/"]),
      certificate: () => look((server) => this.serve(server)),
      shownFingerprint: () =>
        process
          .look(() => {
            const server = this.serverOf(replica);
            return server.pod === undefined ? this.serve(server).fingerprint : undefined;
          })
          .catch((error: unknown) => {
            if (error instanceof ReplicaError) return undefined;
            throw error;
          }),
    });
  }

  private snapshotsOf(
    process: SimulatedProcess,
    replica: Replica,
    token: Secret,
  ): ReturnType<OperationContext["snapshots"]> {
    const server = this.serverOf(replica);
    const peer = serverPeer(replica.name);
    const path = "sys/storage/raft/snapshot";
    return process.named(peer, {
      serverVersion: () => process.look(() => "2.7.2"),
      take: () =>
        process.look(() => {
          this.verify(server);
          this.access.check(token, path, "read");
          const { data = 0 } = server;
          return Readable.from(this.snapshots.take({ data, keys: this.keysOf(data), access: this.access }), {
            objectMode: false,
          });
        }),
      restore: async (snapshot, force) => {
        const bytes = await collect(snapshot);
        process.name(peer, "restore");
        return process.affect(() => {
          this.verify(server);
          this.access.check(token, force ? `${path}-force` : path, "update");
          return this.restore(server, bytes, force);
        });
      },
    });
  }

  private readRecord(): SeenRecord {
    const newest = this.versions.at(-1);
    if (newest === undefined) return { version: 0, fields: {}, deleted: false, age: 0 };
    return {
      version: this.versions.length,
      fields: newest.deleted ? {} : newest.fields,
      deleted: newest.deleted,
      age: (this.now - newest.at) / 1000,
    };
  }

  private writeRecord(fields: RecordFields, version: number): number {
    if (version !== this.versions.length) throw new CentralError("conflict", "check-and-set");
    return this.versions.push({ fields, at: this.now, deleted: false });
  }

  private readLock(pid: number) {
    return { version: this.locks.length, ...(this.locks.at(-1) ?? { entry: undefined, pid, at: this.now }) };
  }

  private describeLock({ version, entry, pid: owner, at }: ReturnType<Universe["readLock"]>, pid: number): SeenLock {
    const state = owner === pid ? "self" : this.living.has(owner) ? "running" : "over";
    const holder = entry && ({ ...entry, host: "simulated", pid: owner, state } as const);
    return { version, age: (this.now - at) / 1000, holder };
  }

  private writeLock(entry: LockEntry | undefined, version: number, pid: number): number {
    if (version !== this.locks.length) throw new CentralError("conflict", "check-and-set");
    return this.locks.push({ entry, pid, at: this.now });
  }

  private versionWithKeys(type: KeyType, more: number, before: number): number | undefined {
    return this.versionsBefore(before).find(({ fields }) => recordedKeys(fields, type).length > more)?.version;
  }

  /** Those that are not deleted, the newest first. */
  private versionsBefore(before: number): EarlierVersion[] {
    const versions = this.versions.slice(0, before - 1).map((each, index) => ({ ...each, version: index + 1 }));
    return versions.filter(({ deleted }) => !deleted).toReversed();
  }

  private deleteVersion(version: number): void {
    const found = this.versions[version - 1];
    if (found !== undefined) found.deleted = true;
  }

  private patch(patch: Readonly<Record<string, string | null>>): void {
    for (const [key, value] of Object.entries(patch)) {
      if (value === null) Reflect.deleteProperty(this.metadata, key);
      else this.metadata[key] = value;
    }
  }

  private journals(pid: number): JournalEntry[] {
    return [...this.disk].map(([file, { owner, key, answer }]) => ({
      file,
      keyFingerprint: fingerprint(key),
      owner: owner === pid ? "self" : this.living.has(owner) ? "running" : "over",
      keys: answer === undefined ? undefined : keysFingerprint(answer.keys),
    }));
  }

  private serverOf(replica: Replica): SimulatedServer {
    const server = this.servers[this.instance.replicas.findIndex(({ name }) => name === replica.name)];
    if (server === undefined) throw new Error(`no server ${replica.name}`);
    return server;
  }

  /** Replaces the data of every member. Those with another root key are sealed then. */
  private restore(server: SimulatedServer, bytes: Buffer, force: boolean): "restored" | "other-keys" {
    const snapshot = this.snapshots.open(bytes);
    if (snapshot === undefined) throw new ReplicaError("refused", "failed to read snapshot file", 400);
    const former = server.data;
    const { data, keys, access } = snapshot;
    const inUse = this.keysOf(former).keys.map((key) => key.reveal());
    const same = former === data && inUse.join() === keys.keys.map((key) => key.reveal()).join();
    if (!same && !force) return "other-keys";
    this.rotated.set(data, keys);
    this.accesses.set(data, access.copy());
    for (const each of this.servers.filter((member) => member.data === former)) {
      each.data = data;
      if (former !== data && this.sealOf(each) === "shamir") this.seal(each);
    }
    this.restored++;
    return "restored";
  }

  private status(server: SimulatedServer): ReplicaState {
    this.settle(server);
    const seal = this.sealOf(server);
    const { keys, threshold } = server.behind ?? this.keysOf(server.data);
    const shares = keys.length === 0 ? undefined : keys.length;
    if (server.pod !== undefined || server.neverStarts === true)
      return { state: "unreachable", reason: "ECONNREFUSED" };
    if (this.refused.has(server.certificate)) {
      return { state: "unreachable", reason: "its TLS certificate is not accepted", untrusted: true };
    }
    if (server.data === undefined) return { state: "uninitialized", seal };
    const stored = this.storedSeal(server);
    if (server.sealed) return { state: "sealed", seal, threshold, shares, migrating: seal !== stored };
    if (seal !== stored) return { state: "migrating", seal, stored };
    return { state: "unsealed", seal, threshold, shares, cluster: `cluster-${server.data}` };
  }

  private initialize(server: SimulatedServer, seal: string, shares: number): InitAnswer {
    if (server.data !== undefined) throw new ReplicaError("refused", "already initialized", 400);
    const id = this.answers.length;
    const answer: InitAnswer = {
      rootToken: new Secret(`root-${id}`),
      keyType: keyTypeOf(seal),
      keys: Array.from({ length: shares }, (_, key) => new Secret(`key-${id}-${key}`)),
    };
    this.answers.push(answer);
    server.data = id;
    this.stored.set(id, seal);
    this.members.set(this.nameOf(server), this.now);
    this.unsealItself(server);
    return answer;
  }

  private unseal(server: SimulatedServer, key: Secret, migrate = false): { sealed: boolean } {
    if (server.data === undefined) throw new ReplicaError("refused", "not initialized", 400);
    const isMigrating = this.sealOf(server) !== this.storedSeal(server);
    if (isMigrating && !migrate) throw new ReplicaError("refused", "a migration takes the flag migrate", 400);
    if (!isMigrating && this.sealOf(server) !== "shamir")
      throw new ReplicaError("refused", "recovery keys do not unseal", 400);
    if (!server.sealed) return { sealed: false };
    server.received++;
    server.progress.add(key.reveal());
    const { keys, threshold } = server.behind ?? this.keysOf(server.data);
    if (server.progress.size < threshold) return { sealed: true };
    const right = [...server.progress].every((sent) => keys.some((known) => known.reveal() === sent));
    server.progress.clear();
    if (!right) throw new ReplicaError("refused", "invalid key", 400);
    server.behind = undefined;
    if (server.joined) server.readyAt ??= this.now + CATCH_UP;
    else server.sealed = false;
    return { sealed: server.sealed };
  }

  private join(server: SimulatedServer): void {
    const leader = this.servers.find(({ sealed, data }) => !sealed && data !== undefined);
    if (leader === undefined) throw new ReplicaError("refused", "no leader", 500);
    server.data = leader.data;
    server.joined = true;
    if (!this.members.has(this.nameOf(server))) this.members.set(this.nameOf(server), Infinity);
    this.unsealItself(server);
  }

  /** Unseals servers that unseal themselves, as soon as they have data. */
  private unsealItself(server: SimulatedServer): void {
    const seal = this.sealOf(server);
    if (seal !== "shamir" && seal === this.storedSeal(server)) server.readyAt = this.now + CATCH_UP;
  }

  private sealOf({ seal }: SimulatedServer): string {
    return seal ?? this.instance.seal;
  }

  /** Seal of a server's data. */
  private storedSeal({ data }: SimulatedServer): string {
    return this.stored.get(data ?? 0) ?? this.instance.seal;
  }

  private leaderSeenBy(replica: Replica): { address: string; isSelf: boolean } | undefined {
    const leader = this.leader();
    return leader === undefined ? undefined : { address: leader.address, isSelf: leader.name === replica.name };
  }

  /** The active server stays active while it is up. Another becomes active only if a majority of the votes is up. */
  private leader(): Replica | undefined {
    const up = this.instance.replicas.filter((replica) => this.isUp(this.serverOf(replica)));
    if (!this.hasQuorum()) return undefined;
    const able = up.filter((replica) => this.mayLead(this.serverOf(replica)));
    const leader = able.find(({ name }) => name === this.leaderName) ?? able[0];
    this.leaderName = leader?.name;
    if (leader !== undefined) this.migrateData(this.serverOf(leader));
    return leader;
  }

  /** A server with the former seal cannot lead once the data have the new one. */
  private mayLead(server: SimulatedServer): boolean {
    return [this.storedSeal(server), this.configured].includes(this.sealOf(server));
  }

  /** The active server migrates the data to the seal of its configuration. */
  private migrateData(server: SimulatedServer): void {
    if (server.data !== undefined) this.stored.set(server.data, this.sealOf(server));
  }

  /** Whether raft has a quorum: more than half of the voters are up. */
  hasQuorum(): boolean {
    const voters = [...this.members].filter(([, since]) => since <= this.now).map(([name]) => name);
    const up = this.instance.replicas.filter((replica) => this.isUp(this.serverOf(replica)));
    return voters.length === 0 || up.filter(({ name }) => voters.includes(name)).length * 2 > voters.length;
  }

  isUp(server: SimulatedServer): boolean {
    this.settle(server);
    return server.pod === undefined && server.neverStarts !== true && !server.sealed && server.data !== undefined;
  }

  /** Applies the passage of time to a server. */
  private settle(server: SimulatedServer): void {
    const { pod, readyAt } = server;
    if (pod !== undefined && this.now >= pod.endsAt && server.sealed) {
      const { revision, certificate, configured = this.instance.seal } = this;
      Object.assign(server, { revision, certificate, seal: configured, neverStarts: false });
    }
    if (pod !== undefined && this.now >= pod.answersAt) {
      delete server.pod;
      server.uid++;
      if (server.data !== undefined) this.unsealItself(server);
    }
    if (server.pod === undefined && readyAt !== undefined && this.now >= readyAt) {
      server.sealed = false;
      const name = this.nameOf(server);
      if (this.members.get(name) === Infinity) this.members.set(name, readyAt + PROBATION);
    }
  }

  /** Makes another replica active, as after a failure of the network. */
  changeLeader(): void {
    const leader = this.leader();
    if (leader !== undefined) this.stepDown(leader);
  }

  private stepDown(replica: Replica): void {
    if (this.leader()?.name !== replica.name) throw new ReplicaError("refused", "not active", 500);
    const others = this.instance.replicas.filter(({ name }) => name !== replica.name);
    const next = others.find((other) => this.isUp(this.serverOf(other)) && this.mayLead(this.serverOf(other)));
    this.leaderName = next?.name;
  }

  /** As Vault's standbys answer; those of OpenBao do it. */
  private sealOnRequest(replica: Replica, server: SimulatedServer): void {
    if (server.pod !== undefined) throw new ReplicaError("unreachable", "ECONNREFUSED");
    const standby = this.leader()?.name !== replica.name;
    if (this.instance.product === "vault" && standby && !server.sealed)
      throw new ReplicaError(
        "refused",
        "sys/seal: 500 vault cannot seal when in standby mode; please restart instead",
        500,
      );
    this.seals.push(replica.name);
    this.seal(server);
  }

  private seal(server: SimulatedServer): void {
    Object.assign(server, { sealed: true, readyAt: undefined, joined: false, progress: new Set() });
  }

  private serve(server: SimulatedServer): { fingerprint: string; expiresAt: Date } {
    return { fingerprint: String(server.certificate), expiresAt: new Date(this.now + 86_400_000) };
  }

  /** Fails if a request goes to a server whose certificate is not accepted. */
  private verify(server: SimulatedServer): void {
    this.settle(server);
    if (this.refused.has(server.certificate))
      throw new ReplicaError("untrusted", "its TLS certificate is not accepted");
  }

  private podOf(replica: Replica): Pod {
    const server = this.serverOf(replica);
    this.settle(server);
    return {
      name: replica.name,
      uid: String(server.uid),
      outdated: server.revision !== this.revision,
      terminating: server.pod !== undefined,
      ready: this.isReady(server),
      scheduled: server.neverStarts !== true,
      started: server.neverStarts !== true,
      active: this.leader()?.name === replica.name,
    };
  }

  /** A server between two seals works, and its probe says that it is not ready. */
  private isReady(server: SimulatedServer): boolean {
    return this.isUp(server) && this.sealOf(server) === this.storedSeal(server);
  }

  /** Deletes a pod, as a person does; no budget forbids that. */
  deletePod(name: string): void {
    this.endPod(this.serverOf({ name, address: "" }), name);
  }

  private endPod(server: SimulatedServer, name: string): void {
    Object.assign(server, { sealed: true, readyAt: undefined, joined: false, progress: new Set() });
    server.pod = { endsAt: this.now + POD_ENDS, answersAt: this.now + POD_ENDS + POD_STARTS };
    this.evictions.push(name);
    this.evictedAt.push(this.now);
    if (!this.hasQuorum()) this.violations.push(`${name} took the quorum`);
  }

  /** Evicts a pod like the eviction API: only that pod, and only while the budget of one unavailable pod allows it. */
  private evict(pod: Pod): boolean {
    const server = this.serverOf({ name: pod.name, address: "" });
    if (String(server.uid) !== pod.uid) return true;
    const down = this.servers.filter((other) => other !== server && !this.isUp(other));
    const up = this.isUp(server);
    if (down.length > 0 && (up || !this.unreadyMayGo)) {
      // A request for a pod that cannot receive its keys does no harm.
      if (up || !this.refused.has(server.certificate)) this.violations.push(pod.name);
      return false;
    }
    if (this.servers.some((other) => other !== server && this.isUp(other) && !this.isReady(other))) return false;
    this.endPod(server, pod.name);
    return true;
  }

  /** As Kubernetes does, nothing of a pod that runs. */
  private problemOf(name: string): PodProblem | undefined {
    const server = this.serverOf({ name, address: "" });
    return server.neverStarts === true ? this.problems.get(name) : undefined;
  }

  private nameOf(server: SimulatedServer): string {
    return this.instance.replicas[this.servers.indexOf(server)]?.name ?? "";
  }
}

/** Where the ceremonies of an initialisation's data find its keys. */
class DataKeys implements KeysInUse {
  constructor(
    private readonly universe: Universe,
    private readonly data: number,
  ) {}

  get(): SimulatedKeys {
    return this.universe.keysOf(this.data);
  }

  set(keys: SimulatedKeys): void {
    this.universe.useKeys(keys, this.data);
  }
}

function unreachable(error: unknown): ReplicaState {
  if (error instanceof ReplicaError) return { state: "unreachable", reason: error.message };
  throw error;
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
