import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { LabAuthority } from "../../lab/certificates";
import { descriptionDigest, toMetadata } from "../../src/central/instance-metadata";
import { withDescriptionDigests } from "../../src/central/record";
import type { Instance } from "../../src/contract/instance";

/** Key of every stub server: 33 bytes, like a share of Vault. */
const KEY = Buffer.alloc(33, 7).toString("base64");

/** What Vault and OpenBao answer where nothing was written. */
const NOTHING = { errors: [] };

function statusOf(answer: object | undefined): number {
  if (answer === NOTHING) return 404;
  return answer === undefined ? 503 : 200;
}

/** One server that can be sealed, and says when it was unsealed. */
export class StubServer {
  sealed = false;
  private opened: (() => void) | undefined;

  /** @param leader The active one of its instance. @default - it is the only one */
  constructor(
    readonly address: string,
    private readonly leader?: StubServer,
  ) {}

  /** Seals the server. @returns Milliseconds until it is unsealed. */
  async seal(): Promise<number> {
    const from = performance.now();
    this.sealed = true;
    await new Promise<void>((resolve) => (this.opened = resolve));
    return performance.now() - from;
  }

  answer(path: string): object {
    if (path === "sys/unseal") {
      this.sealed = false;
      this.opened?.();
    }
    if (path === "sys/leader") {
      const { leader = this } = this;
      return { ha_enabled: true, leader_address: leader.address, is_self: leader === this };
    }
    return { type: "shamir", initialized: true, sealed: this.sealed, t: 1, n: 1, storage_type: "raft" };
  }
}

/** Stand-ins for a central Vault and its instances, for load alone. They speak TLS, each at a port of its own. */
export class StubFleet {
  /** @param replicas Servers of each instance; the first is active. */
  static async start(count: number, replicas = 1): Promise<StubFleet> {
    const fleet = new StubFleet(await LabAuthority.create(), replicas);
    const identity = await fleet.authority.issue("stub");
    fleet.central = await fleet.listen(identity, (path) => fleet.answerCentral(path));
    for (let index = 0; index < count * replicas; index++) {
      const server: { stub?: StubServer } = {};
      const address = await fleet.listen(identity, (path) => server.stub?.answer(path) ?? {});
      server.stub = new StubServer(address, fleet.servers[index - (index % replicas)]);
      fleet.servers.push(server.stub);
    }
    return fleet;
  }

  /** The replicas of the first instance, then those of the second, and so on. */
  readonly servers: StubServer[] = [];
  central = "";
  /** Whether the central Vault is sealed. */
  isCentralSealed = false;
  private readonly listeners: Server[] = [];

  private constructor(
    readonly authority: LabAuthority,
    private readonly replicas: number,
  ) {}

  stop(): void {
    for (const server of this.listeners) {
      server.closeAllConnections();
      server.close();
    }
  }

  private async listen(
    identity: { readonly certificate: string; readonly key: string },
    answer: (path: string) => object | undefined,
  ): Promise<string> {
    const server = createServer(
      { cert: identity.certificate, key: identity.key, keepAliveTimeout: 120_000 },
      (request, response) => {
        request.resume();
        request.on("end", () => {
          const path = new URL(request.url ?? "", "https://stub").pathname.replace(/^\/v1\//, "");
          const answered = answer(path);
          const body = Buffer.from(JSON.stringify(answered ?? { errors: ["Vault is sealed"] }));
          response
            .writeHead(statusOf(answered), {
              "content-type": "application/json",
              "content-length": body.length,
            })
            .end(body);
        });
      },
    );
    server.listen(0, "127.0.0.1", 4096);
    await once(server, "listening");
    this.listeners.push(server);
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  private answerCentral(path: string): object | undefined {
    if (this.isCentralSealed) return undefined;
    if (path === "customers/metadata/") {
      const instances = Array.from({ length: this.servers.length / this.replicas }, (_, index) => `tenant${index}/`);
      return { data: { keys: instances } };
    }
    const [, part, index, name] = /^customers\/(data|metadata)\/tenant(\d+)\/(.*)$/.exec(path) ?? [];
    if (part === undefined) return NOTHING;
    if (name === "") return { data: { keys: ["main"] } };
    const instance = this.instance(Number(index));
    if (part === "metadata") return { data: { custom_metadata: toMetadata(instance) } };
    const metadata = { version: 1, created_time: "2026-01-01T00:00:00Z", deletion_time: "", destroyed: false };
    return { data: { data: withDescriptionDigests({ "unseal-key-0": KEY }, [descriptionDigest(instance)]), metadata } };
  }

  private instance(index: number): Instance {
    return {
      tenant: `tenant${index}`,
      name: "main",
      product: "openbao",
      seal: "shamir",
      secretShares: 1,
      secretThreshold: 1,
      replicas: this.servers
        .slice(index * this.replicas, (index + 1) * this.replicas)
        .map(({ address }, replica) => ({ name: `main-${replica}`, address })),
      caCertificate: this.authority.certificate,
    };
  }
}
