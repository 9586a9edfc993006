import type { Construct } from "constructs";
import type { Instance, Replica } from "../unseal/instance";
import type { Product } from "./product";

/** What a deployment is made for. */
export interface DeploymentContext {
  readonly tenant: string;
  /** Name of the instance. */
  readonly name: string;
  readonly product: Product;
  /** Host by which clients outside reach the instance. */
  readonly host: string;
}

/** What the hook has to know of a deployment. */
export interface Deployed {
  readonly replicas: readonly Replica[];
  /** PEM. */
  readonly caCertificate?: string;
  readonly kubernetes?: Instance["kubernetes"];
  /** When this changes, the hook runs again. */
  readonly revision?: string;
}

/** How the servers of an instance come to run. */
export interface IDeployment {
  /** Creates what the servers need below the scope. */
  bind(scope: Construct, context: DeploymentContext): Deployed;
}
