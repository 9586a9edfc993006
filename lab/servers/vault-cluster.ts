import { Secret } from "../../src/core/secret";
import { ReplicaApi } from "../../src/vault/replica";
import type { LabCentral } from "../central";
import { waitUntil } from "../wait";
import { Balancer } from "./balancer";
import type { VaultServer } from "./vault-server";

/** A central Vault of several raft servers, behind one address that also reaches standbys. */
export class VaultCluster {
  /**
   * Makes servers members of the cluster of a central Vault that is active.
   *
   * @param others Servers that are started, and empty.
   * @param caCertificate PEM of the CA of every server.
   */
  static async join(central: LabCentral, others: readonly VaultServer[], caCertificate: string): Promise<VaultCluster> {
    for (const server of others) {
      const api = new ReplicaApi(server.client());
      await api.join(central.server.address, caCertificate);
      for (const key of central.unsealKeys) await api.unseal(new Secret(key));
    }
    const servers = [central.server, ...others];
    const cluster = new VaultCluster(
      servers,
      new Secret(central.rootToken),
      await Balancer.start(servers.map(({ address }) => address)),
    );
    await cluster.waitUntilHealthy();
    return cluster;
  }

  private constructor(
    readonly servers: readonly VaultServer[],
    private readonly rootToken: Secret,
    private readonly balancer: Balancer,
  ) {}

  /** Leads to every server in turn. */
  get address(): string {
    return this.balancer.address;
  }

  /** A server that is not active now. */
  async standby(): Promise<VaultServer> {
    const leader = await this.leader();
    const found = this.servers.find((server) => server !== leader);
    if (found === undefined) throw new Error("The cluster has no standby.");
    return found;
  }

  /** Has another server become active, and waits until one is. */
  async moveLeader(): Promise<void> {
    const before = await this.leader();
    await new ReplicaApi(before.client()).stepDown(this.rootToken);
    await waitUntil("another server is active", async () => (await this.findLeader()) !== before);
  }

  stop(): void {
    this.balancer.stop();
  }

  private async waitUntilHealthy(): Promise<void> {
    const [first] = this.servers;
    if (first === undefined) throw new Error("The cluster has no server.");
    await waitUntil("every server of the central Vault votes", async () => {
      const peers = await new ReplicaApi(first.client()).raftPeers(this.rootToken);
      return peers?.filter(({ voter }) => voter).length === this.servers.length;
    });
  }

  private async leader(): Promise<VaultServer> {
    let found: VaultServer | undefined;
    await waitUntil("a server is active", async () => (found = await this.findLeader()) !== undefined);
    return found as unknown as VaultServer;
  }

  private async findLeader(): Promise<VaultServer | undefined> {
    const answers = await Promise.all(
      this.servers.map((server) => new ReplicaApi(server.client()).leader().catch(() => undefined)),
    );
    return this.servers.find((_, index) => answers[index]?.isSelf === true);
  }
}
