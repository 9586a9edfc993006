import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { LabAuthority } from "../../../lab/certificates";
import { freePort } from "../../../lab/ports";
import { ManagedProcess } from "../../../lab/servers/managed-process";
import { obtainVaultServer } from "../../../lab/tools/vault-server";
import { Secret } from "../../../src/core/secret";
import { VaultClient } from "../../../src/vault/client";

/** What the chart's values hold for a server. */
interface Values {
  readonly server: { readonly ha: { readonly raft: { readonly config: string } } };
}

/** Files of a Secret that the chart mounts, by their names. */
export type MountedSecret = Readonly<Record<string, string>>;

/** A real server with the configuration of a Helm release, as the chart would start it, but for where it is. */
export class RenderedServer {
  readonly address: string;
  readonly metricsAddress: string;
  readonly logFile: string;
  private process: ManagedProcess | undefined;
  private readonly client: VaultClient;

  /** @param values Values of the release, YAML. */
  static async of(
    folder: string,
    authority: LabAuthority,
    values: string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<RenderedServer> {
    const ports = { api: await freePort(), raft: await freePort(), metrics: await freePort() };
    return new RenderedServer(folder, authority, values, environment, ports);
  }

  private constructor(
    private readonly folder: string,
    private readonly authority: LabAuthority,
    private readonly values: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly ports: { readonly api: number; readonly raft: number; readonly metrics: number },
  ) {
    this.address = `https://127.0.0.1:${ports.api}`;
    this.metricsAddress = `https://127.0.0.1:${ports.metrics}`;
    this.logFile = join(folder, "server.log");
    this.client = new VaultClient({ address: this.address, caCertificate: authority.certificate });
  }

  /** Puts a Secret where the chart mounts it. */
  mount(secret: string, files: MountedSecret): void {
    const folder = join(this.folder, "userconfig", secret);
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o600 });
  }

  /** Puts a program where the image has those of plugins. */
  addProgram(name: string, text: string): void {
    const folder = join(this.folder, "plugins");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text, { mode: 0o755 });
  }

  /** Starts it and waits until it answers; what the chart's environment says is in its own. */
  async start(tlsSecret: string): Promise<void> {
    for (const name of ["data", "audit"]) mkdirSync(join(this.folder, name), { recursive: true });
    const { certificate, key } = await this.authority.issue("server");
    this.mount(tlsSecret, { "tls.crt": certificate, "tls.key": key, "ca.crt": this.authority.certificate });
    const file = join(this.folder, "server.hcl");
    writeFileSync(file, this.configuration());
    const { program, product } = await obtainVaultServer();
    const prefix = product === "vault" ? "VAULT" : "BAO";
    this.process = ManagedProcess.start({
      name: "server",
      command: program,
      args: ["server", `-config=${file}`],
      logFile: this.logFile,
      env: {
        PATH: process.env.PATH,
        HOME: this.folder,
        // The charts set these; a seal must not take them for its own.
        [`${prefix}_ADDR`]: this.address,
        [`${prefix}_CACERT`]: join(this.folder, "userconfig", tlsSecret, "ca.crt"),
        [`${prefix}_API_ADDR`]: this.address,
        [`${prefix}_CLUSTER_ADDR`]: `https://127.0.0.1:${this.ports.raft}`,
        [`${prefix}_RAFT_NODE_ID`]: "customer10-main-0",
        ...this.environment,
      },
    });
    await this.process.waitUntil(() =>
      this.client.send("GET", "sys/seal-status").then(
        () => true,
        () => false,
      ),
    );
  }

  /** A client with a token; without one nobody. */
  withToken(token?: string): VaultClient {
    return token === undefined ? this.client : this.client.withToken(new Secret(token));
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.process?.stop("SIGKILL");
  }

  /** Folders and ports of the pod become those of this machine; there is no Kubernetes to register with. */
  private configuration(): string {
    const { config } = (parse(this.values) as Values).server.ha.raft;
    return config
      .replaceAll(/(?<=["/])\/(openbao|vault)\//g, `${this.folder}/`)
      .replaceAll('"[::]:8200"', `"127.0.0.1:${this.ports.api}"`)
      .replaceAll('"[::]:8201"', `"127.0.0.1:${this.ports.raft}"`)
      .replaceAll('"[::]:9102"', `"127.0.0.1:${this.ports.metrics}"`)
      .replace('service_registration "kubernetes" {}', "");
  }
}
