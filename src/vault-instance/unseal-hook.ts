import { join } from "node:path";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { CommandResource } from "../terraform/terraform-data";
import { fromStackFolder } from "../terraform/paths";
import type { Instance } from "../unseal/instance";

/** How the hook reaches the central Vault; its token comes from the environment of `cdktf deploy`. */
export interface CentralVaultAccess {
  readonly address: string;
  /**
   * PEM file of the CA of its TLS certificate, relative to the folder in which Terraform runs.
   *
   * @default - VAULT_CACERT of the environment, else the machine's certificates
   */
  readonly caCertificatePath?: string;
}

/** Properties of an {@link UnsealHook}. */
export interface UnsealHookProps {
  readonly instance: Instance;
  readonly central: CentralVaultAccess;
  /** When this changes, the hook runs again. @default - only when the instance's description changes */
  readonly revision?: string;
}

/** The compiled command, beside this file's compiled form and from its source alike. */
const COMMAND = join(__dirname, "..", "..", "lib", "cli", "main.js");

/** Runs `tenant-vault unseal` after the instance is up, and again whenever it changes. */
export class UnsealHook extends Construct {
  constructor(scope: Construct, id: string, props: UnsealHookProps) {
    super(scope, id);
    const { instance, central, revision } = props;
    new CommandResource(this, "Resource", {
      run: {
        command: `node ${fromStackFolder(TerraformStack.of(this), COMMAND)} unseal ${instance.tenant}/${instance.name}`,
        environment: {
          VAULT_ADDR: central.address,
          ...(central.caCertificatePath === undefined ? {} : { VAULT_CACERT: central.caCertificatePath }),
          TENANT_VAULT_INSTANCE: "${jsonencode(self.triggers_replace.instance)}",
        },
      },
      triggers: { instance, ...(revision === undefined ? {} : { revision }) },
    });
  }
}
