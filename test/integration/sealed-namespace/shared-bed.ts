import type { VaultServer } from "../../../lab/servers/vault-server";
import { tenantPolicyName } from "../../../src/contract/central-vault";
import type { GuidedInstance } from "../../../src/contract/guide";
import type { Instance } from "../../../src/contract/instance";
import { tenantPolicy } from "../../../src/policy/central-policies";
import type { VaultClient } from "../../../src/vault/client";
import type { CommandOutcome } from "../support/command";
import { TestBed } from "../support/test-bed";

export const SHARED = "customer10/shared";
export const GUESTS = ["customer20", "customer21"] as const;
/** The tenant whose keys are lost on their way. */
export const UNLUCKY = "customer22";
export const PATIENCE = 60_000;

/** An instance that tenants share: each has a namespace with keys of its own. */
export class SharedBed {
  bed!: TestBed;
  /** The shared instance. */
  host!: Instance;
  /** Its only server. */
  server!: VaultServer;
  /** Tokens of the central Vault with which the pipelines of tenants run the hook. */
  readonly tokens = new Map<string, string>();
  /** What the layer config says about the namespace of the first guest. */
  guided: GuidedInstance | undefined;

  async start(): Promise<void> {
    this.bed = await TestBed.start();
    const started = await this.bed.startInstance("shared", 1);
    [this.server] = started.servers as [VaultServer];
    this.host = started.instance;
    await this.bed.unseal(this.host);
    for (const tenant of [...GUESTS, UNLUCKY]) {
      const namespaces = [{ instance: `${tenant}/main`, sharedInstance: SHARED }];
      const scope = { tenant, secrets: [], intermediates: [], namespaces };
      const policy = tenantPolicy("hook", scope);
      this.tokens.set(tenant, await this.centralToken(tenantPolicyName(tenant, "hook"), policy));
    }
  }

  stop(): Promise<void> {
    return this.bed.stop();
  }

  /** What the stack "vault" of a tenant with a namespace passes to the hook. */
  guest(tenant: string, address = this.server.address): Instance {
    return {
      tenant,
      name: "main",
      product: "openbao",
      seal: "shamir",
      secretShares: 3,
      secretThreshold: 2,
      sharedInstance: SHARED,
      replicas: [{ name: `${tenant}.main`, address }],
      caCertificate: this.bed.authority.certificate,
      identities: {
        mounts: [
          { path: "pki", type: "pki" },
          { path: "ssh", type: "ssh" },
          { path: "kv", type: "kv" },
        ],
        logins: [
          { path: "approle", type: "approle" },
          { path: "userpass", type: "userpass" },
        ],
        tokenTtl: 3_600,
        secretIdTtl: 7_776_000,
      },
    };
  }

  /** A token of the central Vault with one policy. */
  async centralToken(name: string, policy: string): Promise<string> {
    const { client } = this.bed.central;
    await client.send("PUT", `sys/policies/acl/${name}`, { body: { policy } });
    const { body } = await client.send("POST", "auth/token/create", {
      body: { policies: [name], no_default_policy: true },
    });
    return (body.auth as { client_token: string }).client_token;
  }

  /** Runs the command with the login of a tenant, and, as the hook does, with the description of its instance. */
  as(tenant: string, args: readonly string[], described?: Instance): Promise<CommandOutcome> {
    return this.bed.run(args, { ...this.bed.environment(described), VAULT_TOKEN: this.tokens.get(tenant) ?? "" });
  }

  hook(tenant: string): Promise<CommandOutcome> {
    return this.as(tenant, ["unseal", `${tenant}/main`], this.guest(tenant));
  }

  /** A client with the root token of the shared instance. */
  async operator(): Promise<VaultClient> {
    return this.server.client((await this.bed.central.readRecord("customer10", "shared"))["root-token"]);
  }

  /** A client with the root token of a tenant's namespace, that acts in it. */
  async rootOf(tenant: string): Promise<VaultClient> {
    const { "root-token": root } = await this.bed.central.readRecord(tenant, "main");
    return this.server.client(root, `${tenant}.main`);
  }

  async isSealed(tenant: string): Promise<boolean> {
    const { body } = await (await this.operator()).send("GET", `sys/namespaces/${tenant}.main/seal-status`);
    return (body.data as { sealed: boolean }).sealed;
  }

  async exists(tenant: string): Promise<boolean> {
    const { status } = await (await this.operator()).send("GET", `sys/namespaces/${tenant}.main`, { accept: [404] });
    return status === 200;
  }

  /** A client with the credential of an identity, as the central Vault has it. */
  async identity(instance: string, name: string, namespace?: string): Promise<VaultClient> {
    const { body } = await this.bed.central.client.send("GET", `access/data/${instance}/${name}`);
    const { data } = body.data as { data: Record<string, string> };
    const login = await this.server.client(undefined, namespace).send("POST", "auth/tenant-vault/login", {
      body: { role_id: data["role-id"], secret_id: data["secret-id"] },
    });
    return this.server.client((login.body.auth as { client_token: string }).client_token, namespace);
  }

  async restart(): Promise<void> {
    await this.server.stop("SIGKILL");
    await this.server.start();
    await this.bed.unseal(this.host);
  }
}
