import { ReplicaApi } from "../src/vault/replica";
import type { VaultClient } from "../src/vault/client";
import type { VaultServer } from "./servers/vault-server";
import { waitUntil } from "./wait";

/** The operator's own Vault in the lab: what people do with it, and this product never does. */
export class LabCentral {
  /**
   * Initialises and unseals it, as an operator would.
   *
   * @param namespace Where the operator keeps everything. @default - the root namespace
   */
  static async open(server: VaultServer, namespace?: string): Promise<LabCentral> {
    const anonymous = server.client();
    const api = new ReplicaApi(anonymous);
    const { rootToken, keys } = await api.initialize("shamir", 1, 1);
    for (const key of keys) await api.unseal(key);
    const central = new LabCentral(
      server,
      namespace === undefined ? anonymous.withToken(rootToken) : server.client(rootToken.reveal(), namespace),
      rootToken.reveal(),
      keys.map((key) => key.reveal()),
    );
    await central.waitUntilActive();
    if (namespace !== undefined) await server.client(rootToken.reveal()).send("POST", `sys/namespaces/${namespace}`);
    return central;
  }

  private readonly mounts = new Set<string>();
  private readonly passwords = new Map<string, Record<string, string>>();

  private constructor(
    readonly server: VaultServer,
    readonly client: VaultClient,
    readonly rootToken: string,
    readonly unsealKeys: readonly string[],
  ) {}

  /** Makes a mount for secrets. */
  async mountKeyValue(mount: string): Promise<void> {
    await this.client.send("POST", `sys/mounts/${mount}`, { body: { type: "kv", options: { version: "2" } } });
    // It upgrades itself for a moment after it is made.
    await waitUntil(`the mount ${mount} answers`, async () => {
      const { status } = await this.client.send("GET", `${mount}/config`, { accept: [400] });
      return status === 200;
    });
    this.mounts.add(mount);
  }

  /** Puts a password where a tenant file says that the operator keeps it, beside those of the same path. */
  async keepPassword(
    { mount, path, field }: { readonly mount: string; readonly path: string; readonly field: string },
    password: string,
  ): Promise<void> {
    const target = `${mount}/data/${path}`;
    if (!this.mounts.has(mount)) await this.mountKeyValue(mount);
    const data = { ...this.passwords.get(target), [field]: password };
    this.passwords.set(target, data);
    await this.client.send("POST", target, { body: { data } });
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
    await waitUntil(`${this.server.name} is active`, async () => {
      const { status } = await this.server.client().send("GET", "sys/health", { accept: [429, 472, 473, 501, 503] });
      return status === 200;
    });
  }
}
