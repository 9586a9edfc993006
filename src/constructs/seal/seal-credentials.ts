import { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { checkSecretRefs, revisionOf, type SecretRef } from "../../core/secret-ref";
import { CentralSecret } from "../../terraform/central-secret";
import { SecretV1 } from "../../terraform/providers/kubernetes";
import type { SealConfig, SealContext } from "./seal-config";

/** A Kubernetes Secret with the credentials of a seal, copied from the central Vault. No plan and no state contains its values. */
export class SealCredentials extends Construct {
  readonly secretName: string;
  /** Settings of the servers. The servers start after the Secret, and restart if it changes. */
  readonly config: Pick<SealConfig, "credentials">;

  /** @throws ValidationError if `centralProvider` is missing. */
  constructor(
    scope: Construct,
    id: string,
    { release, namespace, centralProvider }: SealContext,
    fields: Readonly<Record<string, SecretRef>>,
  ) {
    super(scope, id);
    checkSecretRefs(fields, this);
    if (centralProvider === undefined) {
      throw new ValidationError(
        "seal-central",
        "The seal's credentials are in the central Vault, but its provider is missing; pass centralProvider to the VaultInstance.",
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
