import { Secret } from "../../src/core/secret";
import { ReplicaError } from "../../src/vault/errors";
import { type InitAnswer, keyTypeOf } from "../../src/vault/keys";
import type { ReplicaState } from "../../src/vault/replica-state";
import { SimulatedAccess } from "./simulated-access";
import type { KeysInUse, SimulatedKeys } from "./simulated-ceremonies";
import { CATCH_UP, SimulatedCluster } from "./simulated-cluster";
import type { SimulatedServer } from "./simulated-server";
import { SimulatedSnapshots } from "./simulated-snapshots";

/** A simulated cluster with its data: the keys that open them, and who may do what. */
export class SimulatedInstance extends SimulatedCluster {
  readonly answers: InitAnswer[] = [];
  readonly snapshots = new SimulatedSnapshots();
  /** Snapshots that the servers have restored. */
  restored = 0;
  /** Keys in use of each initialisation's data, once they were rotated. */
  private readonly rotated = new Map<number, SimulatedKeys>();
  /** Policies and logins of each initialisation's data. */
  private readonly accesses = new Map<number, SimulatedAccess>();
  /** Active replica at the last request. */
  private asked: string | undefined;

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

  /** Changes the keys that open the data, as a rotation does. */
  useKeys(keys: SimulatedKeys, data = this.servers[0]?.data ?? 0): void {
    this.rotated.set(data, keys);
  }

  status(server: SimulatedServer): ReplicaState {
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

  initialize(server: SimulatedServer, seal: string, shares: number): InitAnswer {
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

  unseal(server: SimulatedServer, key: Secret, migrate = false): { sealed: boolean } {
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

  /** Replaces the data of every member. Those with another root key are sealed then. */
  restore(server: SimulatedServer, bytes: Buffer, force: boolean): "restored" | "other-keys" {
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
}

/** Where the ceremonies of an initialisation's data find its keys. */
class DataKeys implements KeysInUse {
  constructor(
    private readonly instance: SimulatedInstance,
    private readonly data: number,
  ) {}

  get(): SimulatedKeys {
    return this.instance.keysOf(this.data);
  }

  set(keys: SimulatedKeys): void {
    this.instance.useKeys(keys, this.data);
  }
}
