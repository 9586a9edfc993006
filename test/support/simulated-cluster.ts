import type { Instance, Replica } from "../../src/contract/instance";
import type { Claim } from "../../src/operations/pods";
import type { PodProblem } from "../../src/operations/pod-problems";
import { ReplicaError } from "../../src/vault/errors";
import { emptyServer, type SimulatedServer } from "./simulated-server";

/** Milliseconds that a new member needs to catch up. */
export const CATCH_UP = 2_000;

/** Milliseconds from then until raft counts its vote. */
const PROBATION = 10_000;

/** The servers of a simulated instance: which of them are up, their seals, and how raft chooses the active one. */
export class SimulatedCluster {
  now = 0;
  readonly servers: SimulatedServer[];
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
  /** Seal of the configuration that the next pod gets. @default - that of the instance */
  configured: string | undefined;
  /** Seal of each initialisation's data. */
  protected readonly stored = new Map<number, string>();
  private leaderName: string | undefined;

  constructor(readonly instance: Instance) {
    this.servers = instance.replicas.map(emptyServer);
  }

  /** Takes the storage of every server. */
  wipe(): void {
    this.servers.splice(0, this.servers.length, ...this.instance.replicas.map(emptyServer));
    this.members.clear();
  }

  serverOf(replica: Replica): SimulatedServer {
    const server = this.servers[this.instance.replicas.findIndex(({ name }) => name === replica.name)];
    if (server === undefined) throw new Error(`no server ${replica.name}`);
    return server;
  }

  protected nameOf(server: SimulatedServer): string {
    return this.instance.replicas[this.servers.indexOf(server)]?.name ?? "";
  }

  isUp(server: SimulatedServer): boolean {
    this.settle(server);
    return server.pod === undefined && server.neverStarts !== true && !server.sealed && server.data !== undefined;
  }

  /** Applies the passage of time to a server. */
  settle(server: SimulatedServer): void {
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

  /** Fails if a request goes to a server whose certificate is not accepted. */
  verify(server: SimulatedServer): void {
    this.settle(server);
    if (this.refused.has(server.certificate))
      throw new ReplicaError("untrusted", "its TLS certificate is not accepted");
  }

  serve(server: SimulatedServer): { fingerprint: string; expiresAt: Date } {
    return { fingerprint: String(server.certificate), expiresAt: new Date(this.now + 86_400_000) };
  }

  /** Whether raft has a quorum: more than half of the voters are up. */
  hasQuorum(): boolean {
    const voters = [...this.members].filter(([, since]) => since <= this.now).map(([name]) => name);
    const up = this.instance.replicas.filter((replica) => this.isUp(this.serverOf(replica)));
    return voters.length === 0 || up.filter(({ name }) => voters.includes(name)).length * 2 > voters.length;
  }

  /** The active server stays active while it is up. Another becomes active only if a majority of the votes is up. */
  leader(): Replica | undefined {
    const up = this.instance.replicas.filter((replica) => this.isUp(this.serverOf(replica)));
    if (!this.hasQuorum()) return undefined;
    const able = up.filter((replica) => this.mayLead(this.serverOf(replica)));
    const leader = able.find(({ name }) => name === this.leaderName) ?? able[0];
    this.leaderName = leader?.name;
    if (leader !== undefined) this.migrateData(this.serverOf(leader));
    return leader;
  }

  leaderSeenBy(replica: Replica): { address: string; isSelf: boolean } | undefined {
    const leader = this.leader();
    return leader === undefined ? undefined : { address: leader.address, isSelf: leader.name === replica.name };
  }

  /** A server with the former seal cannot lead once the data have the new one. */
  private mayLead(server: SimulatedServer): boolean {
    return [this.storedSeal(server), this.configured].includes(this.sealOf(server));
  }

  /** Makes another replica active, as after a failure of the network. */
  changeLeader(): void {
    const leader = this.leader();
    if (leader !== undefined) this.stepDown(leader);
  }

  stepDown(replica: Replica): void {
    if (this.leader()?.name !== replica.name) throw new ReplicaError("refused", "not active", 500);
    const others = this.instance.replicas.filter(({ name }) => name !== replica.name);
    const next = others.find((other) => this.isUp(this.serverOf(other)) && this.mayLead(this.serverOf(other)));
    this.leaderName = next?.name;
  }

  join(server: SimulatedServer): void {
    const leader = this.servers.find(({ sealed, data }) => !sealed && data !== undefined);
    if (leader === undefined) throw new ReplicaError("refused", "no leader", 500);
    server.data = leader.data;
    server.joined = true;
    if (!this.members.has(this.nameOf(server))) this.members.set(this.nameOf(server), Infinity);
    this.unsealItself(server);
  }

  /** Unseals servers that unseal themselves, as soon as they have data. */
  protected unsealItself(server: SimulatedServer): void {
    const seal = this.sealOf(server);
    if (seal !== "shamir" && seal === this.storedSeal(server)) server.readyAt = this.now + CATCH_UP;
  }

  sealOf({ seal }: SimulatedServer): string {
    return seal ?? this.instance.seal;
  }

  /** Seal of a server's data. */
  storedSeal({ data }: SimulatedServer): string {
    return this.stored.get(data ?? 0) ?? this.instance.seal;
  }

  /** The active server migrates the data to the seal of its configuration. */
  private migrateData(server: SimulatedServer): void {
    if (server.data !== undefined) this.stored.set(server.data, this.sealOf(server));
  }

  /** As Vault's standbys answer; those of OpenBao do it. */
  sealOnRequest(replica: Replica, server: SimulatedServer): void {
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

  seal(server: SimulatedServer): void {
    Object.assign(server, { sealed: true, readyAt: undefined, joined: false, progress: new Set() });
  }
}
