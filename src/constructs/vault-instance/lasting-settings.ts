import type { SealConfig } from "../seal/seal-config";
import type { DeploymentContext, LastingSettings } from "./deployment";

/** Where the data is. A deployment of another kind would start empty servers, and Terraform would destroy the former volumes. */
export function lastingStorage(context: DeploymentContext, storage: string): LastingSettings {
  return {
    id: "LastingStorage",
    values: { instance: `${context.tenant}/${context.name}`, storage },
    refusal: `The data of ${titleOf(context)} cannot move to ${storage}, because no deployment moves it; write the former name, deployment and storage, or deploy another instance and move the data`,
  };
}

/** The product. The servers of another one have other folders. */
export function lastingProduct(context: DeploymentContext): LastingSettings {
  const { product } = context;
  return {
    id: "LastingProduct",
    values: { product },
    refusal: `The product of ${titleOf(context)} cannot change to ${product}, because the servers would not find their data; write the former product, or deploy another instance and move the data`,
  };
}

/** The key of the seal. Another seal may have another one, because a migration encrypts the data with it. */
export function lastingKey(
  context: DeploymentContext,
  { seal, names }: NonNullable<SealConfig["key"]>,
): LastingSettings {
  return {
    id: `LastingSealKey-${seal}`,
    values: names,
    refusal: `The seal ${seal} of ${titleOf(context)} cannot use another key, because the servers could not read their data; write the former key, or migrate to another seal first, as docs/operating/change-seal.md describes`,
  };
}

function titleOf({ tenant, name }: DeploymentContext): string {
  return `the instance ${tenant}/${name}`;
}
