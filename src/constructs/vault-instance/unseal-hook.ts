import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { createHook, type CentralVaultAccess } from "../../terraform/hook";
import type { InstanceDescription } from "../../contract/instance";
import { METADATA_KEYS_LIMIT, metadataKeysOf } from "../../contract/metadata-size";
import { ValidationError } from "../../core/errors";

/** Properties of an {@link UnsealHook}. */
export interface UnsealHookProps {
  readonly instance: InstanceDescription;
  readonly central: CentralVaultAccess;
  /** When this changes, the hook runs again. @default - only when the instance's description changes */
  readonly revision?: string;
}

/** Runs `tenant-vault unseal` after the instance is up, and again if the instance changes. */
export class UnsealHook extends Construct {
  /** Exists once the hook has brought the instance up. */
  readonly resource: TerraformResource;

  constructor(scope: Construct, id: string, { instance, central, revision }: UnsealHookProps) {
    super(scope, id);
    checkSize(instance, this);
    this.resource = createHook(this, "Resource", {
      command: `unseal ${instance.tenant}/${instance.name}`,
      central,
      variable: "TENANT_VAULT_INSTANCE",
      description: instance,
      revision,
    });
  }
}

/** @throws ValidationError if the metadata of the record cannot hold the description, which the hook finds out last. */
function checkSize(instance: InstanceDescription, scope: Construct): void {
  const keys = metadataKeysOf(instance);
  if (keys <= METADATA_KEYS_LIMIT) return;
  throw new ValidationError(
    "description-size",
    `The description of ${instance.tenant}/${instance.name} takes ${keys} keys of 512 bytes in the metadata of its record, which has ${METADATA_KEYS_LIMIT}; ` +
      "name a smaller CA file, with only the CA of the servers, or fewer replicas, mounts or placeholders.",
    scope,
  );
}
