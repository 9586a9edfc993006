import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { CentralVault, LayerStack } from "tenant-vault";
import { CentralProvider } from "./central-provider";
import type { Operator } from "./operator";

/** The operator's central Vault: mounts of records and kubeconfigs, root CA, login of the hook. */
export class CentralStack extends LayerStack {
  constructor(scope: Construct, id: string, operator: Operator) {
    super(scope, id, operator.backend);
    const { provider } = new CentralProvider(this, "Central", operator);
    const { address, namespace, instanceDomains, deletionProtection, rootCaFile } = operator.central;
    const central = new CentralVault(this, "Vault", {
      address,
      namespace,
      instanceDomains,
      rootCaFile,
      deletionProtection,
      provider,
    });
    new TerraformOutput(this, "hook_role_id", { value: central.hookRoleId });
    new TerraformOutput(this, "root_ca_certificate", { value: central.rootCa.certificate });
  }
}
