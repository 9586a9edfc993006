import type { TenantInstance } from "../../src/tenant";
import { rootToken } from "../../src/central/record";
import type { VaultClient } from "../../src/vault/client";
import type { Lab } from "../lab";
import type { VaultServer } from "../servers/vault-server";

/** A deployed instance, with access as its operator and as its clients. */
export class DeployedInstance {
  static async open(lab: Lab, instance: TenantInstance): Promise<DeployedInstance> {
    const record = await lab.central.readRecord(lab.tenant.name, instance.name);
    return new DeployedInstance(lab, instance, record);
  }

  readonly target: string;
  readonly servers: readonly VaultServer[];
  /** Secrets that the proofs have seen. None of them may be in a file. */
  readonly secrets: string[];

  private constructor(
    readonly lab: Lab,
    readonly description: TenantInstance,
    readonly record: Readonly<Record<string, string>>,
  ) {
    this.target = `${lab.tenant.name}/${description.name}`;
    this.servers = lab.replicas.get(description.name) ?? [];
    this.secrets = Object.values(record);
  }

  /** Returns a client with the root token. */
  operator(): VaultClient {
    return this.server(0).client(rootToken(this.record)?.reveal());
  }

  /** Returns a client with the permissions of a role, after a login with its role ID and a secret ID. */
  async client(role: string): Promise<VaultClient> {
    const operator = this.operator();
    const { body: roleId } = await operator.send("GET", `auth/approle/role/${role}/role-id`);
    const { body: secretId } = await operator.send("POST", `auth/approle/role/${role}/secret-id`);
    const secret = (secretId.data as { secret_id: string }).secret_id;
    const { body } = await this.server(0)
      .client()
      .send("POST", "auth/approle/login", {
        body: { role_id: (roleId.data as { role_id: string }).role_id, secret_id: secret },
      });
    const token = (body.auth as { client_token: string }).client_token;
    this.secrets.push(secret, token);
    return this.server(0).client(token);
  }

  /** Finds a role of the tenant file with a grant; undefined if there is none. */
  roleWith(grant: "certificates" | "ssh" | "databases", name: string): string | undefined {
    return this.description.roles?.find((role) => role[grant]?.includes(name))?.name;
  }

  server(index: number): VaultServer {
    const server = this.servers[index];
    if (server === undefined) throw new Error(`${this.target} has no replica ${index}.`);
    return server;
  }
}

/** @throws Error with the expectation if the condition is false. */
export function expect(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(`Not proved: ${otherwise}.`);
}
