import { ReplicaApi } from "../src/vault/replica";
import type { VaultClient } from "../src/vault/client";
import type { VaultServer } from "./servers/vault-server";
import { waitUntil } from "./wait";

/** Central Vault of the lab, with the tasks that the product leaves to people. */
export class LabCentral {
  /**
   * Initialises and unseals the server, as an operator would.
   *
   * @param namespace Namespace in which the operator keeps everything. @default - the root namespace
   * @param people How many people have a key, and how many of them unseal it. @default - one
   */
  static async open(
    server: VaultServer,
    namespace?: string,
    people: { readonly shares: number; readonly threshold: number } = { shares: 1, threshold: 1 },
  ): Promise<LabCentral> {
    const anonymous = server.client();
    const api = new ReplicaApi(anonymous);
    const { rootToken, keys } = await api.initialize("shamir", people.shares, people.threshold);
    for (const key of keys) await api.unseal(key);
    const central = new LabCentral(
      server,
      namespace === undefined ? anonymous.withToken(rootToken) : server.client(rootToken.reveal(), namespace),
      rootToken.reveal(),
      keys.map((key) => key.reveal()),
    );
    await central.waitUntilActive();
    await server.startAudit(anonymous.withToken(rootToken));
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

  /** Creates a KV version 2 mount. */
  async mountKeyValue(mount: string): Promise<void> {
    await this.client.send("POST", `sys/mounts/${mount}`, { body: { type: "kv", options: { version: "2" } } });
    // A new KV version 2 mount upgrades itself for a moment and refuses requests.
    await waitUntil(`the mount ${mount} answers`, async () => {
      const { status } = await this.client.send("GET", `${mount}/config`, { accept: [400] });
      return status === 200;
    });
    this.mounts.add(mount);
  }

  /** Stores a password at the location of a tenant file, and keeps the other passwords at the path. */
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

  /** Reads the fields of a record. */
  async readRecord(tenant: string, instance: string): Promise<Record<string, string>> {
    const { body } = await this.client.send("GET", `customers/data/${tenant}/${instance}`);
    return (body.data as { data: Record<string, string> }).data;
  }

  /** Requests a secret ID of a role of the command's login. An operator would give it to the machine that runs the command. */
  async requestSecretId(role: string): Promise<string> {
    const { body } = await this.client.send("POST", `auth/tenant-vault/role/${role}/secret-id`);
    return (body.data as { secret_id: string }).secret_id;
  }

  private async waitUntilActive(): Promise<void> {
    await waitUntil(`${this.server.name} is active`, async () => {
      const { status } = await this.server.client().send("GET", "sys/health", { accept: [429, 472, 473, 501, 503] });
      return status === 200;
    });
  }
}
