import { join } from "node:path";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { fromStackFolder } from "./paths";
import { CommandResource } from "./terraform-data";

/** How a hook reaches the central Vault; its token comes from the environment of `cdktf deploy`. */
export interface CentralVaultAccess {
  readonly address: string;
  /**
   * Namespace in the central Vault.
   *
   * @default - the root namespace, or VAULT_NAMESPACE of the environment
   */
  readonly namespace?: string;
  /**
   * PEM file of the CA of its TLS certificate, relative to the folder in which Terraform runs.
   *
   * @default - VAULT_CACERT of the environment, else the machine's certificates
   */
  readonly caCertificatePath?: string;
}

/** What a hook runs for, and when it runs again. */
export interface HookProps {
  /** Arguments of `tenant-vault`. */
  readonly command: string;
  readonly central: CentralVaultAccess;
  /** Name of the variable that hands the description to the command. */
  readonly variable: string;
  /** Everything that the command has to know; it runs again when this changes. Nothing in it is secret. */
  readonly description: object;
  /** Something else upon whose change it runs again. @default - nothing */
  readonly revision?: string;
}

/** The compiled command, beside this file's compiled form and from its source alike. */
const COMMAND = join(__dirname, "..", "..", "lib", "cli", "main.js");

/** Runs `tenant-vault` after Terraform has made what the description names. */
export function createHook(scope: Construct, id: string, props: HookProps): CommandResource {
  const { command, central, variable, description, revision } = props;
  return new CommandResource(scope, id, {
    run: {
      command: `node ${fromStackFolder(TerraformStack.of(scope), COMMAND)} ${command}`,
      environment: {
        VAULT_ADDR: central.address,
        ...(central.namespace === undefined ? {} : { VAULT_NAMESPACE: central.namespace }),
        ...(central.caCertificatePath === undefined ? {} : { VAULT_CACERT: central.caCertificatePath }),
        [variable]: "${jsonencode(self.triggers_replace.description)}",
      },
    },
    triggers: { description, ...(revision === undefined ? {} : { revision }) },
  });
}
