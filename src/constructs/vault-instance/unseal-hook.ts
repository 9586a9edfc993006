import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { createHook, type CentralVaultAccess } from "../../terraform/hook";
import type { InstanceDescription } from "../../contract/instance";

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
    this.resource = createHook(this, "Resource", {
      command: `unseal ${instance.tenant}/${instance.name}`,
      central,
      variable: "TENANT_VAULT_INSTANCE",
      description: instance,
      revision,
    });
  }
}
