import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { Product } from "../../core/product";
import type { Seal } from "../seal/seal";
import type { CentralVaultAccess } from "../../terraform/hook";
import type { InstanceDescription } from "../../contract/instance";

/** What a deployment is made for. */
export interface DeploymentContext {
  readonly tenant: string;
  /** Name of the instance. */
  readonly name: string;
  readonly product: Product;
  /** Host by which clients outside reach the instance. */
  readonly host: string;
  readonly seal: Seal;
  readonly central: CentralVaultAccess;
  readonly deletionProtection: boolean;
  /** The provider of the central Vault. @default - none */
  readonly centralProvider?: TerraformProvider;
}

/** What the hook has to know of a deployment. */
export interface Deployed extends Pick<InstanceDescription, "replicas" | "caCertificate" | "kubernetes"> {
  /** Whether the data end with their pod. */
  readonly volatile?: boolean;
  /** Whether the servers initialise themselves. */
  readonly selfInitializes?: boolean;
  /** When this changes, the hook runs again. */
  readonly revision?: string;
}

/** How the servers of an instance come to run. */
export interface IDeployment {
  /** Creates what the servers need below the scope. */
  bind(scope: Construct, context: DeploymentContext): Deployed;
}
