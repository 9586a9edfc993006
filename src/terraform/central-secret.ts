import { Token, type TerraformProvider } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { ValidationError } from "../core/errors";
import type { SecretRef } from "../core/secret-ref";
import { EphemeralResource } from "./ephemeral-resource";
import { unwrap, wrap } from "./expression";

/** Reads secrets of the central Vault at apply time, as ephemeral values. */
export class CentralSecret extends EphemeralResource {
  /** Where the secret is. A part may be an expression of Terraform. */
  readonly location: Pick<SecretRef, "mount" | "path">;

  /** @param provider The Vault provider of the central Vault. */
  constructor(scope: Construct, id: string, provider: TerraformProvider, secret: Pick<SecretRef, "mount" | "path">) {
    if ((provider as unknown) === undefined) {
      throw new ValidationError(
        "provider",
        "A secret of the central Vault needs its provider; pass centralProvider.",
        scope,
      );
    }
    super(scope, id, { type: "vault_kv_secret_v2", provider, attributes: { mount: secret.mount, name: secret.path } });
    this.location = { mount: secret.mount, path: secret.path };
  }

  /** Returns an expression for one field. Terraform allows it only in write-only arguments and provider configurations. */
  field(name: string): string {
    return this.reference(`data[${JSON.stringify(name)}]`);
  }

  /** As {@link field}, for a program that puts the secret into a URL as it is. Terraform writes a space as forms do. */
  fieldInUrl(name: string): string {
    return wrap(`replace(urlencode(${unwrap(this.field(name))}), "+", "%20")`);
  }
}

/** A secret of the central Vault that a hook reads, and Terraform does not. */
export class HookSecret extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly location: Pick<SecretRef, "mount" | "path">,
  ) {
    super(scope, id);
  }
}

/** The secrets of the central Vault that constructs read, each once, without those whose place is known only to Terraform. */
export function centralSecretsOf(scopes: readonly IConstruct[]): Pick<SecretRef, "mount" | "path">[] {
  const locations = scopes
    .flatMap((scope) => scope.node.findAll())
    .flatMap((each) => (each instanceof CentralSecret || each instanceof HookSecret ? [each.location] : []))
    .filter(({ mount, path }) => !Token.isUnresolved(mount) && !Token.isUnresolved(path));
  return [...new Map(locations.map((location) => [`${location.mount}/${location.path}`, location])).values()];
}
