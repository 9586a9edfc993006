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

/** One server that can be sealed, and says when it was unsealed. */
export class StubServer {
  sealed = false;
  private opened: (() => void) | undefined;
  constructor(readonly address: string) {}

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
    if (path === "sys/leader") return { ha_enabled: false };
    return { type: "shamir", initialized: true, sealed: this.sealed, t: 1, n: 1, storage_type: "raft" };
  }
}

/** Stand-ins for a central Vault and its instances, for load alone. They speak TLS, each at a port of its own. */
export class StubFleet {
  static async start(count: number): Promise<StubFleet> {
    const fleet = new StubFleet(await LabAuthority.create());
    const identity = await fleet.authority.issue("stub");
    fleet.central = await fleet.listen(identity, (path) => fleet.answerCentral(path));
    for (let index = 0; index < count; index++) {
      const server: { stub?: StubServer } = {};
      const address = await fleet.listen(identity, (path) => server.stub?.answer(path) ?? {});
      server.stub = new StubServer(address);
      fleet.servers.push(server.stub);
    }
    return fleet;
  }

  readonly servers: StubServer[] = [];
  central = "";
  /** Whether the central Vault is sealed. */
  isCentralSealed = false;
  private readonly listeners: Server[] = [];

  private constructor(readonly authority: LabAuthority) {}

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
            .writeHead(answered === undefined ? 503 : 200, {
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
    if (path === "customers/metadata/") return { data: { keys: this.servers.map((_, index) => `tenant${index}/`) } };
    const [, part, index, name] = /^customers\/(data|metadata)\/tenant(\d+)\/(.*)$/.exec(path) ?? [];
    if (part === undefined) return {};
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
      replicas: [{ name: "main-0", address: this.servers[index]?.address ?? "" }],
      caCertificate: this.authority.certificate,
    };
  }
}
