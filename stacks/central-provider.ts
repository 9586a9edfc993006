import { Construct } from "constructs";
import { VaultProvider } from "../src/terraform/providers/vault";
import { certificatePath } from "../src/constructs/vault-instance/instance-provider";
import type { Operator } from "./operator";

/** The Vault provider of the central Vault, and what the hook needs to reach it. */
export class CentralProvider extends Construct {
  readonly provider: VaultProvider;
  readonly access: { readonly address: string; readonly caCertificatePath?: string };

  constructor(scope: Construct, id: string, { central }: Operator) {
    super(scope, id);
    const caCertificatePath = certificatePath(this, central.caCertificateFile);
    this.provider = new VaultProvider(this, "Provider", {
      alias: "central",
      address: central.address,
      caCertFile: caCertificatePath,
    });
    this.access = { address: central.address, caCertificatePath };
  }
}
