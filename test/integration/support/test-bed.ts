import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabCentral } from "../../../lab/central";
import { LabAuthority } from "../../../lab/certificates";
import { freePort } from "../../../lab/ports";
import { begin, type Command } from "../../../lab/run";
import { VaultCluster } from "../../../lab/servers/vault-cluster";
import { VaultServer } from "../../../lab/servers/vault-server";
import { obtainVaultServer, type ServerProgram } from "../../../lab/tools/vault-server";
import { tenantPolicyName } from "../../../src/contract/central-vault";
import type { Instance } from "../../../src/contract/instance";
import { tenantPolicy } from "../../../src/policy/central-policies";
import { outcomeOf, runCommand, type CommandOutcome } from "./command";

/** The compiled command. */
export const COMMAND = join(__dirname, "..", "..", "..", "lib", "cli", "main.js");

/** A run of the command. */
export interface BegunCommand extends Command {
  readonly ended: Promise<CommandOutcome>;
}

/** A central Vault and servers for instances, all real. */
export class TestBed {
  /**
   * @param prepared Whether the central Vault has what the stack "central" makes, as far as the hook touches it.
   * @param centralServers How many servers the central Vault has. With several, the command reaches them at one address.
   * @param people How many people have a key of the central Vault, and how many of them unseal it.
   */
  static async start({
    prepared = true,
    centralServers = 1,
    people = { shares: 1, threshold: 1 },
  } = {}): Promise<TestBed> {
    const folder = mkdtempSync(join(tmpdir(), "tenant-vault-test-"));
    const authority = await LabAuthority.create();
    const caFile = join(folder, "ca.pem");
    writeFileSync(caFile, authority.certificate);
    const bed = new TestBed(folder, authority, caFile);
    bed.central = await LabCentral.open(await bed.startServer("central"), undefined, people);
    if (centralServers > 1) {
      const names = Array.from({ length: centralServers - 1 }, (_, index) => `central-${index + 1}`);
      const others = await Promise.all(names.map((name) => bed.startServer(name)));
      bed.cluster = await VaultCluster.join(bed.central, others, authority.certificate);
    }
    if (prepared) await bed.prepareCentral();
    return bed;
  }

  central!: LabCentral;
  /** The servers of the central Vault; undefined if it is one. */
  cluster: VaultCluster | undefined;
  /** A token with the hook's policy and no other. */
  hookToken = "";
  private readonly servers: VaultServer[] = [];

  private constructor(
    readonly folder: string,
    readonly authority: LabAuthority,
    readonly caFile: string,
  ) {}

  /**
   * Servers of a new instance: empty, uninitialised.
   *
   * @param settings More of their configuration, such as the stanza of the seal.
   */
  async startInstance(
    name: string,
    count: number,
    { seal = "shamir", settings }: { readonly seal?: Instance["seal"]; readonly settings?: string } = {},
  ): Promise<{ instance: Instance; servers: VaultServer[] }> {
    const names = Array.from({ length: count }, (_, index) => `${name}-${index}`);
    const servers = await Promise.all(names.map((each) => this.startServer(each, settings)));
    const instance: Instance = {
      tenant: "customer10",
      name,
      product: servers[0]?.product ?? "openbao",
      seal,
      secretShares: 5,
      secretThreshold: 3,
      replicas: servers.map((server) => ({ name: server.name, address: server.address })),
      caCertificate: this.authority.certificate,
    };
    return { instance, servers };
  }

  /** The certificate of a server's listeners. */
  listenerOf(name: string): { readonly tls_cert_file: string; readonly tls_key_file: string } {
    const folder = join(this.folder, name);
    return { tls_cert_file: join(folder, "tls.crt"), tls_key_file: join(folder, "tls.key") };
  }

  async startServer(name: string, settings?: string, program?: ServerProgram): Promise<VaultServer> {
    const server = new VaultServer({
      ...(program ?? (await obtainVaultServer())),
      name,
      port: await freePort(),
      raftPort: await freePort(),
      folder: join(this.folder, name),
      authority: this.authority,
      settings,
    });
    this.servers.push(server);
    await server.start();
    return server;
  }

  /** Environment of the command: the central Vault, and the hook's narrow token. */
  environment(instance?: Instance): Record<string, string> {
    return {
      PATH: process.env.PATH ?? "",
      // Where no token lies that somebody logged in with.
      HOME: this.folder,
      VAULT_ADDR: this.cluster?.address ?? this.central.server.address,
      VAULT_CACERT: this.caFile,
      VAULT_TOKEN: this.hookToken,
      TENANT_VAULT_STATE_DIR: join(this.folder, "state"),
      ...(instance === undefined ? {} : { TENANT_VAULT_INSTANCE: JSON.stringify(instance) }),
    };
  }

  /** Runs a command line to its end, in this process. @param input What a pipe gives it. */
  run(args: readonly string[], environment: Record<string, string>, input?: string): Promise<CommandOutcome> {
    return runCommand(args, environment, input);
  }

  /** Starts the compiled command in a process of its own, which can be killed. */
  begin(args: readonly string[], environment: Record<string, string>, onOutput?: (text: string) => void): BegunCommand {
    const command = begin(process.execPath, [COMMAND, ...args], { env: environment, onOutput });
    return { ...command, ended: command.ended.then(outcomeOf) };
  }

  /** Brings an instance up, which must work. */
  async unseal(instance: Instance): Promise<CommandOutcome> {
    const result = await this.run(["unseal", `${instance.tenant}/${instance.name}`], this.environment(instance));
    if (result.code !== 0) throw new Error(`unseal failed: ${result.stdout}${result.stderr}`);
    if (instance.product === "vault") await this.startAudit(instance);
    return result;
  }

  /** What the journals hold that runs left. @param name Of which instance. @default - of all */
  journals(name?: string): string[] {
    const folder = join(this.folder, "state", "journal");
    try {
      return readdirSync(folder)
        .filter((file) => name === undefined || file.includes(`.${name}.`))
        .map((file) => readFileSync(join(folder, file), "utf8"));
    } catch {
      return [];
    }
  }

  async stop(): Promise<void> {
    this.cluster?.stop();
    await Promise.all(this.servers.map((server) => server.stop("SIGKILL")));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async startAudit({ tenant, name }: Instance): Promise<void> {
    const { "root-token": token = "" } = await this.central.readRecord(tenant, name);
    const first = this.servers.find((server) => server.name.startsWith(`${name}-`));
    await first?.startAudit(first.client(token));
  }

  /** What the stacks "central" and "customer10-access" make, as far as the hook touches it: its mounts, and a token with just its policy. */
  private async prepareCentral(): Promise<void> {
    const { client } = this.central;
    for (const mount of ["customers", "clusters", "access"]) {
      await this.central.mountKeyValue(mount);
    }
    const name = tenantPolicyName("customer10", "hook");
    const policy = tenantPolicy("hook", { tenant: "customer10", secrets: [], intermediates: [] });
    await client.send("PUT", `sys/policies/acl/${name}`, { body: { policy } });
    const { body } = await client.send("POST", "auth/token/create", {
      body: { policies: [name], no_default_policy: true },
    });
    this.hookToken = (body.auth as { client_token: string }).client_token;
  }
}
