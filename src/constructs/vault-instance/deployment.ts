import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { Product } from "../../core/product";
import type { ISeal } from "../seal/seal-config";
import type { ValueType } from "../../core/value-type";
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

/** Settings without which the servers would not find their data, or could not read it. */
export interface LastingSettings {
  /** Construct ID of what records them. */
  readonly id: string;
  readonly values: Readonly<Record<string, string>>;
  /** Why they cannot change, and what to do; without the full stop. */
  readonly refusal: string;
}

/** Input of the hook about a deployment. */
export interface Deployed extends Pick<
  InstanceDescription,
  "replicas" | "caCertificate" | "kubernetes" | "sharedInstance"
> {
  /** Whether the data are lost when the pod stops. */
  readonly volatile?: boolean;
  /** Whether the servers initialise themselves. */
  readonly selfInitializes?: boolean;
  /** The hook runs again when this value changes. */
  readonly revision?: string;
  /** Settings that a plan refuses to change once the hook has brought the instance up. @default - none */
  readonly lasting?: readonly LastingSettings[];
}

/** Runs the servers of an instance. Implement it to add a deployment of your own. */
export interface IDeployment {
  /** Creates the servers and their resources below the scope. */
  bind(scope: Construct, context: DeploymentContext): Deployed;
}

/** A deployment, for checks at run time. */
export const DEPLOYMENT: ValueType = {
  name: "Deployment",
  member: "bind",
  example: "new HighAvailabilityDeployment({ ... })",
  required: true,
};
