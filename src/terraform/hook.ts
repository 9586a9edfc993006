import { join } from "node:path";
import { TerraformStack, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { ValidationError } from "../core/errors";
import type { ValueType } from "../core/value-type";
import { fromStackFolder } from "./paths";
import { CommandResource } from "./terraform-data";

/**
 * Connection of a hook to the central Vault. Its token comes from the environment of `cdktf deploy`.
 *
 * @changes in place: the hook uses it from its next run on, and records are not moved; servers with a transit seal restart one by one
 */
export interface CentralVaultAccess {
  readonly address: string;
  /**
   * Namespace in the central Vault.
   *
   * @default - the root namespace, or VAULT_NAMESPACE of the environment
   */
  readonly namespace?: string;
  /**
   * PEM file with the CA of the central Vault's TLS certificate, relative to the folder in which Terraform runs.
   *
   * @default - VAULT_CACERT of the environment, else the machine's certificates
   */
  readonly caCertificatePath?: string;
}

/** The instance that a hook of its configuration works on, and the hook's way to the central Vault. */
export interface HookTarget {
  /**
   * Name of the tenant.
   *
   * @changes new instance: the hook works there
   */
  readonly tenant: string;
  /**
   * Name of the instance.
   *
   * @changes new instance: the hook works there
   */
  readonly name: string;
  /**
   * How the hook reaches the central Vault, which also has the credentials of the identity `apply`.
   *
   * @changes in place: the hook uses it from its next run on
   */
  readonly central: CentralVaultAccess;
}

/** A connection to the central Vault, for checks at run time. */
export const CENTRAL_ACCESS: ValueType = {
  name: "CentralVaultAccess",
  member: "address",
  example: '{ address: "https://vault.example.com:8200" }',
  required: true,
};

/** Properties of {@link createHook}. */
export interface HookProps {
  /** Arguments of `tenant-vault`. */
  readonly command: string;
  readonly central: CentralVaultAccess;
  /** Environment variable that passes the description to the command. */
  readonly variable: string;
  /** Input of the command, without secrets. The command runs again if it changes. */
  readonly description: object;
  /** Another value whose change runs the command again. @default - none */
  readonly revision?: string;
  /** Addresses of what Terraform has written whose change runs the command again. @default - none */
  readonly follows?: readonly string[];
  /** What must exist before. @default - what the description refers to */
  readonly dependsOn?: ITerraformDependable[];
}

/** The compiled command. The path is the same from `src` and from `lib`. */
const COMMAND = join(__dirname, "..", "..", "lib", "cli", "main.js");

/**
 * Creates a resource that runs `tenant-vault` when Terraform applies it.
 *
 * @throws ValidationError if a shell would read more than names in the arguments.
 */
export function createHook(scope: Construct, id: string, props: HookProps): CommandResource {
  const { command, central, variable, description, revision, follows, dependsOn } = props;
  if (!/^[\w/ -]+$/.test(command))
    throw new ValidationError(
      "instance-name",
      `The arguments ${JSON.stringify(command)} of a hook are more than names to a shell; name tenant and instance with a-z, 0-9 and -.`,
      scope,
    );
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
    ...(dependsOn === undefined ? {} : { dependsOn }),
    ...(follows === undefined ? {} : { follows }),
    triggers: { description, ...(revision === undefined ? {} : { revision }) },
  });
}
