import { Readable } from "node:stream";
import { CentralError } from "../../src/central/client";
import { Secret } from "../../src/core/secret";
import type { CentralServer } from "../../src/operations/central/central-server";
import { ReplicaError } from "../../src/vault/errors";
import type { SealStatus } from "../../src/vault/seal";
import { archiveOf, collect, snapshotFiles } from "./archive";

/** Data of a central Vault: who opens them, and what a restore brings back. */
interface Data {
  readonly cluster: string;
  readonly keys: readonly string[];
  readonly threshold: number;
  readonly token: string;
  secret: string;
}

/** One simulated server. */
export class SimulatedServer implements CentralServer {
  readonly address: string;
  readonly caCertificate = undefined;
  /** Whether it answers. */
  up = true;
  sealType = "shamir";
  data: Data | undefined;
  sealed = true;
  applied = 10;
  /** What the user logs in with; undefined if they have no token. */
  token: string | undefined = "root";
  readonly received = new Set<string>();
  /** Requests that change something, in order. */
  readonly changes: string[] = [];

  constructor(
    private readonly vault: SimulatedCentral,
    name: string,
  ) {
    this.address = `https://${name}:8200`;
  }

  readonly seal: CentralServer["seal"] = {
    status: () => this.answer(() => this.status()),
    give: (key) => this.answer(() => this.give(key.reveal())),
    reset: () =>
      this.answer(() => {
        this.received.clear();
        return this.status();
      }),
  };

  readonly replica: CentralServer["replica"] = {
    leader: () =>
      this.answer(() => {
        if (this.sealed) throw new ReplicaError("sealed", "sys/leader: 503 Vault is sealed", 503);
        const active = this.vault.active(this.data);
        return active && { address: active.address, isSelf: active === this };
      }),
    appliedIndex: () => this.answer(() => this.applied),
    initialize: (_seal, shares, threshold) =>
      this.answer(() => {
        this.changes.push(`initialize ${threshold} of ${shares}`);
        const keys = Array.from({ length: shares }, (_, index) => `temporary-${index}`);
        this.data = { cluster: "temporary", keys, threshold, token: "temporary", secret: "" };
        const rootToken = new Secret("temporary");
        return { keyType: "unseal" as const, rootToken, keys: keys.map((key) => new Secret(key)) };
      }),
    unseal: (key) => this.answer(() => ({ sealed: (this.give(key.reveal()) as SealStatus).sealed })),
    join: (leader) =>
      this.answer(() => {
        this.changes.push(`join ${leader}`);
        this.data = this.vault.servers.find(({ address }) => address === leader)?.data;
      }),
    raftPeers: (token) =>
      this.answer(() => {
        this.authorize(token);
        const members = this.vault.servers.filter(({ data }) => data === this.data);
        return members.map(({ address }) => ({ id: address, voter: true }));
      }),
    raftHealthy: () => this.answer(() => true),
    stepDown: (token) =>
      this.answer(() => {
        this.authorize(token);
        this.changes.push("step down");
      }),
  };

  snapshots(token: Secret): ReturnType<CentralServer["snapshots"]> {
    return {
      take: () =>
        this.answer(() => {
          this.authorize(token);
          return Readable.from(archiveOf(snapshotFiles(Buffer.from(JSON.stringify(this.data)))), { objectMode: false });
        }),
      restore: async (bytes, force) => {
        const archive = await collect(bytes);
        return this.answer(() => {
          this.authorize(token);
          const restored = this.vault.find(archive);
          const same = restored.keys.join() === this.data?.keys.join();
          if (!force && !same) return "other-keys" as const;
          this.changes.push(force ? "restore by force" : "restore");
          for (const member of this.vault.servers.filter(({ data }) => data === this.data)) {
            member.data = restored;
            member.sealed ||= !same;
          }
          return "restored" as const;
        });
      },
    };
  }

  logIn(): Promise<Secret> {
    if (this.token === undefined) return Promise.reject(new CentralError("denied", "No token for the central Vault."));
    return Promise.resolve(new Secret(this.token));
  }

  private authorize(token: Secret): void {
    if (token.reveal() !== this.data?.token) throw new ReplicaError("denied", "403 permission denied", 403);
  }

  private status(): SealStatus {
    const { data, sealed } = this;
    return {
      seal: this.sealType,
      initialized: data !== undefined,
      sealed,
      progress: this.received.size,
      threshold: data?.threshold ?? 0,
      shares: data?.keys.length ?? 0,
      version: "2.7.2",
      cluster: sealed ? undefined : data?.cluster,
    };
  }

  private give(key: string): SealStatus | "refused" {
    if (key.startsWith("short")) return "refused";
    this.received.add(key);
    if (this.received.size < (this.data?.threshold ?? Infinity)) return this.status();
    const right = [...this.received].every((each) => this.data?.keys.includes(each));
    this.received.clear();
    if (!right) return "refused";
    this.sealed = false;
    return this.status();
  }

  private answer<Answer>(work: () => Answer): Promise<Answer> {
    if (!this.up) return Promise.reject(new ReplicaError("unreachable", "ECONNREFUSED"));
    return new Promise((resolve) => resolve(work()));
  }
}

/** A central Vault whose people have the keys key-0, key-1, ... */
export class SimulatedCentral {
  readonly servers: readonly SimulatedServer[];
  private readonly kept: Data[] = [];

  /** @param names Of the servers, which have the same data and are unsealed. */
  constructor(...names: readonly string[]) {
    this.servers = names.map((name) => new SimulatedServer(this, name));
    const data = { cluster: "c1", keys: ["key-0", "key-1", "key-2"], threshold: 2, token: "root", secret: "a" };
    for (const server of this.servers) Object.assign(server, { data, sealed: false });
  }

  server(index: number): SimulatedServer {
    const server = this.servers[index];
    if (server === undefined) throw new Error(`no server ${index}`);
    return server;
  }

  sealAll(): void {
    for (const server of this.servers) server.sealed = true;
  }

  /** Deletes the storage of every server. */
  wipe(): void {
    for (const server of this.servers) Object.assign(server, { data: undefined, sealed: true });
  }

  /** The first unsealed server with these data. */
  active(data: Data | undefined): SimulatedServer | undefined {
    return this.servers.find((server) => server.up && !server.sealed && server.data === data);
  }

  /** Lets a restore find the data that the servers have now. */
  keep(): void {
    const { data } = this.server(0);
    if (data !== undefined) this.kept.push({ ...data });
  }

  find(archive: Buffer): Data {
    const found = this.kept.find((data) => archiveOf(snapshotFiles(Buffer.from(JSON.stringify(data)))).equals(archive));
    if (found === undefined) throw new ReplicaError("refused", "not a snapshot", 400);
    return { ...found };
  }
}
