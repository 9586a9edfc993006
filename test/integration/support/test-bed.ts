import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { LabCentral } from "../../../lab/central";
import { LabAuthority } from "../../../lab/certificates";
import { freePorts } from "../../../lab/ports";
import { VaultServer } from "../../../lab/servers/vault-server";
import { obtainVaultServer } from "../../../lab/tools/vault-server";
import { CentralStack } from "../../../stacks/central-stack";
import type { Instance } from "../../../src/unseal/instance";
import type { VaultClient } from "../../../src/unseal/vault-client";

const COMMAND = join(__dirname, "..", "..", "..", "lib", "cli", "main.js");

/** What the command printed, and how it ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A central Vault and servers for instances, all real. */
export class TestBed {
  /** @param prepared Whether the central Vault has what the stack "central" makes, as far as the hook touches it. */
  static async start({ prepared = true } = {}): Promise<TestBed> {
    const folder = mkdtempSync(join(tmpdir(), "tenant-vault-test-"));
    const authority = await LabAuthority.create();
    const caFile = join(folder, "ca.pem");
    writeFileSync(caFile, authority.certificate);
    const bed = new TestBed(folder, authority, caFile);
    const [port = 0] = await freePorts(1);
    const server = await bed.startServer("central", port);
    bed.central = await LabCentral.open(server);
    if (prepared) await bed.prepareCentral();
    return bed;
  }

  central!: LabCentral;
  /** A token with the hook's policy and no other. */
  hookToken = "";
  private readonly servers: VaultServer[] = [];

  private constructor(
    readonly folder: string,
    readonly authority: LabAuthority,
    readonly caFile: string,
  ) {}

  /** Servers of a new instance: empty, uninitialised. */
  async startInstance(name: string, count: number): Promise<{ instance: Instance; servers: VaultServer[] }> {
    const ports = await freePorts(count);
    const servers = await Promise.all(ports.map((port, index) => this.startServer(`${name}-${index}`, port)));
    const instance: Instance = {
      tenant: "customer10",
      name,
      product: servers[0]?.product ?? "openbao",
      secretShares: 5,
      secretThreshold: 3,
      replicas: servers.map(({ address }, index) => ({ name: `${name}-${index}`, address })),
      caCertificate: this.authority.certificate,
    };
    return { instance, servers };
  }

  async startServer(name: string, port: number): Promise<VaultServer> {
    const program = await obtainVaultServer();
    const server = new VaultServer({
      ...program,
      name,
      port,
      folder: join(this.folder, name),
      authority: this.authority,
    });
    this.servers.push(server);
    await server.start();
    return server;
  }

  /** Environment of the command: the central Vault, and the hook's narrow token. */
  environment(instance?: Instance): Record<string, string> {
    return {
      PATH: process.env.PATH ?? "",
      VAULT_ADDR: this.central.server.address,
      VAULT_CACERT: this.caFile,
      VAULT_TOKEN: this.hookToken,
      TENANT_VAULT_STATE_DIR: join(this.folder, "state"),
      ...(instance === undefined ? {} : { TENANT_VAULT_INSTANCE: JSON.stringify(instance) }),
    };
  }

  /** Runs the command to its end. */
  async run(args: readonly string[], environment: Record<string, string>): Promise<CommandResult> {
    return this.begin(args, environment).ended;
  }

  /** Starts the command. */
  begin(
    args: readonly string[],
    environment: Record<string, string>,
  ): { ended: Promise<CommandResult>; kill(signal: NodeJS.Signals): void } {
    let kill: (signal: NodeJS.Signals) => void = () => undefined;
    const ended = new Promise<CommandResult>((resolve) => {
      const child = execFile(process.execPath, [COMMAND, ...args], { env: environment }, (_error, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr });
      });
      kill = (signal) => child.kill(signal);
    });
    return { ended, kill: (signal) => kill(signal) };
  }

  /** Brings an instance up, which must work. */
  async unseal(instance: Instance): Promise<CommandResult> {
    const result = await this.run(["unseal", `${instance.tenant}/${instance.name}`], this.environment(instance));
    if (result.code !== 0) throw new Error(`unseal failed: ${result.stdout}${result.stderr}`);
    return result;
  }

  /** Files that a run left in its journal. */
  journals(): string[] {
    try {
      return readdirSync(join(this.folder, "state", "journal"));
    } catch {
      return [];
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop("SIGKILL")));
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What the stack "central" makes, as far as the hook touches it: its mounts, and a token with just its policy. */
  private async prepareCentral(): Promise<void> {
    const { client } = this.central;
    for (const mount of ["customers", "clusters"]) {
      await client.send("POST", `sys/mounts/${mount}`, { body: { type: "kv", options: { version: "2" } } });
    }
    await waitForMount(client);
    await client.send("PUT", "sys/policies/acl/tenant-vault-hook", { body: { policy: hookPolicy() } });
    const { body } = await client.send("POST", "auth/token/create", {
      body: { policies: ["tenant-vault-hook"], no_default_policy: true },
    });
    this.hookToken = (body.auth as { client_token: string }).client_token;
  }
}

/** The policy as the stack "central" synthesizes it. */
function hookPolicy(): string {
  const app = new App({ outdir: "cdktf.out", stackTraces: false });
  const stack = new CentralStack(app, "central", {
    central: { address: "https://central:8200" },
    backend: () => undefined as never,
  });
  const json = stack.toTerraform() as { resource: { vault_policy: Record<string, { policy: string }> } };
  return Object.values(json.resource.vault_policy)[0]?.policy ?? "";
}

/** A KV version 2 mount upgrades itself for a moment after it is made. */
async function waitForMount(client: VaultClient): Promise<void> {
  for (;;) {
    const { status } = await client.send("GET", "customers/config", { accept: [400] });
    if (status === 200) return;
  }
}
