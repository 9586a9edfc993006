import { Construct } from "constructs";
import { certificateAsset, VaultProvider, type CentralVaultAccess } from "tenant-vault";
import type { Operator } from "./operator";

/** The Vault provider of the central Vault, and the address and CA with which the hook reaches it. */
export class CentralProvider extends Construct {
  readonly provider: VaultProvider;
  readonly access: CentralVaultAccess;

  constructor(scope: Construct, id: string, { central }: Operator) {
    super(scope, id);
    const { caCertificateFile: file } = central;
    // The provider and the hook need a file. Its copy beside the synthesized JSON has a relative path.
    const caCertificatePath =
      file === undefined ? undefined : certificateAsset(this, "Ca", file, "central.caCertificateFile");
    this.provider = new VaultProvider(this, "Provider", {
      alias: "central",
      address: central.address,
      namespace: central.namespace,
      caCertFile: caCertificatePath,
    });
    this.access = { address: central.address, namespace: central.namespace, caCertificatePath };
  }
}
