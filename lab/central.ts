import { randomBytes } from "node:crypto";
import { Server } from "../src/unseal/server";
import type { VaultClient } from "../src/unseal/vault-client";
import type { VaultServer } from "./servers/vault-server";

/** The operator's own Vault in the lab: what people do with it, and this product never does. */
export class LabCentral {
  /** Initialises and unseals it, as an operator would. */
  static async open(server: VaultServer): Promise<LabCentral> {
    const anonymous = server.client();
    const api = new Server(anonymous);
    const { rootToken, unsealKeys } = await api.initialize(1, 1);
    for (const key of unsealKeys) await api.unseal(key);
    const central = new LabCentral(server, anonymous.withToken(rootToken), rootToken, unsealKeys);
    await central.waitUntilActive();
    return central;
  }

  private readonly mounts = new Set<string>();

  private constructor(
    readonly server: VaultServer,
    readonly client: VaultClient,
    readonly rootToken: string,
    readonly unsealKeys: readonly string[],
  ) {}

  /** Puts a made-up password where a tenant file says that the operator keeps it. */
  async keepPassword({
    mount,
    path,
    field,
  }: {
    readonly mount: string;
    readonly path: string;
    readonly field: string;
  }): Promise<string> {
    if (!this.mounts.has(mount)) {
      await this.client.send("POST", `sys/mounts/${mount}`, { body: { type: "kv", options: { version: "2" } } });
      this.mounts.add(mount);
    }
    const password = randomBytes(24).toString("base64url");
    await this.client.send("POST", `${mount}/data/${path}`, { body: { data: { [field]: password } } });
    return password;
  }

  /** The fields of a record. */
  async readRecord(tenant: string, instance: string): Promise<Record<string, string>> {
    const { body } = await this.client.send("GET", `customers/data/${tenant}/${instance}`);
    return (body.data as { data: Record<string, string> }).data;
  }

  /** A secret id for the hook's AppRole, which an operator would give to the machine that watches. */
  async drawHookSecretId(): Promise<string> {
    const { body } = await this.client.send("POST", "auth/tenant-vault/role/hook/secret-id");
    return (body.data as { secret_id: string }).secret_id;
  }

  private async waitUntilActive(): Promise<void> {
    for (;;) {
      const { status } = await this.client.send("GET", "sys/health", { accept: [429, 472, 473, 501, 503] });
      if (status === 200) return;
    }
  }
}
