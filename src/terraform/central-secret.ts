import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { SecretRef } from "../core/secret-ref";
import { EphemeralResource } from "./ephemeral-resource";

/** What a secret has to be, or the plan fails. */
export interface SecretCheck {
  /** Expression over `self.data`. */
  readonly condition: string;
  /** One sentence, without the secret. */
  readonly errorMessage: string;
}

/** Reads secrets of the central Vault at apply time, as ephemeral values. */
export class CentralSecret extends EphemeralResource {
  /**
   * @param provider The Vault provider of the central Vault.
   * @param check What to check before anything is made with the secret.
   */
  constructor(
    scope: Construct,
    id: string,
    provider: TerraformProvider,
    secret: Pick<SecretRef, "mount" | "path">,
    check?: SecretCheck,
  ) {
    const lifecycle = check && {
      postcondition: [{ condition: check.condition, error_message: check.errorMessage }],
    };
    super(scope, id, {
      type: "vault_kv_secret_v2",
      provider,
      attributes: { mount: secret.mount, name: secret.path, ...(lifecycle && { lifecycle }) },
    });
  }

  /** An expression for one field; it fits write-only arguments and provider configurations only. */
  field(name: string): string {
    return this.reference(`data[${JSON.stringify(name)}]`);
  }
}
