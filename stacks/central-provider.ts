import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { VaultProvider } from "tenant-vault";
import type { Operator } from "./operator";

/** The Vault provider of the central Vault, and the address and CA with which the hook reaches it. */
export class CentralProvider extends Construct {
  readonly provider: VaultProvider;
  readonly access: { readonly address: string; readonly caCertificatePath?: string };

  constructor(scope: Construct, id: string, { central }: Operator) {
    super(scope, id);
    const { caCertificateFile: file } = central;
    // The provider and the hook take a file; its copy beside the synthesized JSON has a relative path.
    const caCertificatePath =
      file === undefined ? undefined : new TerraformAsset(this, "Ca", { path: file, type: AssetType.FILE }).path;
    this.provider = new VaultProvider(this, "Provider", {
      alias: "central",
      address: central.address,
      namespace: central.namespace,
      caCertFile: caCertificatePath,
    });
    this.access = { address: central.address, caCertificatePath };
  }
}
