import { randomBytes } from "node:crypto";
import { ACCESS_FIELDS } from "../../contract/identities";
import { Secret } from "../../core/secret";
import type { KubernetesClient } from "../../kubernetes/client";
import { KubernetesSecret, secretField } from "../../kubernetes/secret";
import type { LoginCredential } from "../../vault/access";

/** Bytes of a role ID and of a secret ID. */
const BYTES = 32;

/**
 * The Secret with the credential that servers accept while they initialise themselves. It stays, because servers that lost their
 * storage initialise themselves again. Once the hook has deleted the role, nobody can log in with it.
 */
export class BootstrapCredential {
  private readonly secret: KubernetesSecret;

  constructor(client: KubernetesClient, namespace: string, secretName: string) {
    this.secret = new KubernetesSecret(client, namespace, secretName);
  }

  /** Makes sure that the Secret exists, before the servers start. */
  async ensure(): Promise<void> {
    const secret = await this.secret.read();
    if ([ACCESS_FIELDS.roleId, ACCESS_FIELDS.secretId].every((field) => secretField(secret, field) !== undefined))
      return;
    const stringData = { [ACCESS_FIELDS.roleId]: random(), [ACCESS_FIELDS.secretId]: random() };
    // If another run was first, its credential counts.
    await this.secret.write(secret, { type: "Opaque", data: secret?.data, stringData });
  }

  /** Undefined if there is none. */
  async read(): Promise<LoginCredential | undefined> {
    const secret = await this.secret.read();
    const roleId = secretField(secret, ACCESS_FIELDS.roleId);
    const secretId = secretField(secret, ACCESS_FIELDS.secretId);
    return roleId === undefined || secretId === undefined ? undefined : { roleId, secretId: new Secret(secretId) };
  }
}

function random(): string {
  return randomBytes(BYTES).toString("hex");
}
