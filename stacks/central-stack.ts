import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { CentralVault, DeletionProtection, LayerStack } from "tenant-vault";
import { CentralProvider } from "./central-provider";
import type { Operator } from "./operator";

/** The operator's central Vault: mounts of records and kubeconfigs, root CA, and the login that watches all tenants. */
export class CentralStack extends LayerStack {
  constructor(scope: Construct, id: string, operator: Operator) {
    super(scope, id, operator.backend);
    const { provider } = new CentralProvider(this, "Central", operator);
    const { address, namespace, deletionProtection, rootCaFile, shareGroups, pipeline } = operator.central;
    new DeletionProtection(this, "DeletionProtection", { deletionProtection });
    const central = new CentralVault(this, "Vault", {
      address,
      namespace,
      rootCaFile,
      deletionProtection,
      shareGroups,
      pipeline,
      provider,
    });
    new TerraformOutput(this, "watch_role_id", { value: central.watchRoleId });
    if (shareGroups !== undefined)
      new TerraformOutput(this, "share_group_role_ids", { value: central.shareGroupRoleIds });
    new TerraformOutput(this, "root_ca_certificate", { value: central.rootCa.certificate });
  }
}
