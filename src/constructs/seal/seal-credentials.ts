import { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { revisionOf, type SecretRef } from "../../core/secret-ref";
import { CentralSecret } from "../../terraform/central-secret";
import { SecretV1 } from "../../terraform/providers/kubernetes";
import type { SealConfig, SealContext } from "./seal-config";

/** A Kubernetes Secret with what a seal logs in with, copied from the central Vault; its values are in no plan and no state. */
export class SealCredentials extends Construct {
  readonly secretName: string;
  /** For who starts the servers: after it, and anew when it changes. */
  readonly config: Pick<SealConfig, "credentials">;

  /** @throws ValidationError when nobody says how the central Vault is reached. */
  constructor(
    scope: Construct,
    id: string,
    { release, namespace, centralProvider }: SealContext,
    fields: Readonly<Record<string, SecretRef>>,
  ) {
    super(scope, id);
    if (centralProvider === undefined) {
      throw new ValidationError(
        "seal-central",
        "The seal's credentials are in the central Vault, and its provider is not given; pass centralProvider to the VaultInstance.",
        this,
      );
    }
    this.secretName = `${release}-seal`;
    const sources = new Map<string, CentralSecret>();
    const source = ({ mount, path }: SecretRef): CentralSecret => {
      const key = `${mount}/${path}`;
      const known = sources.get(key) ?? new CentralSecret(this, `From-${key}`, centralProvider, { mount, path });
      sources.set(key, known);
      return known;
    };
    const revision = revisionOf(fields);
    const secret = new SecretV1(this, "Resource", {
      metadata: { name: this.secretName, namespace },
      dataWo: Object.fromEntries(Object.entries(fields).map(([field, ref]) => [field, source(ref).field(ref.field)])),
      dataWoRevision: revision,
    });
    this.config = { credentials: { secret, revision } };
  }
}
