import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { Product } from "../../core/product";
import type { ISeal } from "../seal/seal-config";
import type { CentralVaultAccess } from "../../terraform/hook";
import type { InstanceDescription } from "../../contract/instance";

/** The instance that a deployment runs. */
export interface DeploymentContext {
  readonly tenant: string;
  /** Name of the instance. */
  readonly name: string;
  readonly product: Product;
  /** Host under which outside clients reach the instance. */
  readonly host: string;
  readonly seal: ISeal;
  readonly central: CentralVaultAccess;
  readonly deletionProtection: boolean;
  /** The provider of the central Vault. @default - none */
  readonly centralProvider?: TerraformProvider;
}

/** Input of the hook about a deployment. */
export interface Deployed extends Pick<InstanceDescription, "replicas" | "caCertificate" | "kubernetes"> {
  /** Whether the data are lost when the pod stops. */
  readonly volatile?: boolean;
  /** Whether the servers initialise themselves. */
  readonly selfInitializes?: boolean;
  /** The hook runs again when this value changes. */
  readonly revision?: string;
}

/** Runs the servers of an instance. Implement it to add a deployment of your own. */
export interface IDeployment {
  /** Creates the servers and their resources below the scope. */
  bind(scope: Construct, context: DeploymentContext): Deployed;
}
