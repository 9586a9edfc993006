import { App } from "cdktf";
import type { Tenant } from "../src";
import { CentralStack } from "./central-stack";
import { ClusterStack } from "./cluster-stack";
import { ConfigStack } from "./config-stack";
import { withoutCreationStacks } from "./creation-stacks";
import type { Operator } from "./operator";
import { VaultStack } from "./vault-stack";

/** The app: the central stack, and three layers a tenant, each after the one before. */
export function buildApp(operator: Operator, tenants: readonly Tenant[]): App {
  return withoutCreationStacks(() => createStacks(operator, tenants));
}

function createStacks(operator: Operator, tenants: readonly Tenant[]): App {
  // Stack traces would put paths of this machine into the JSON.
  const app = new App({ stackTraces: false });
  const central = new CentralStack(app, "central", operator);
  for (const tenant of tenants) {
    const cluster =
      tenant.cluster === undefined
        ? undefined
        : new ClusterStack(app, `${tenant.name}-cluster`, operator, tenant, tenant.cluster);
    const vault = new VaultStack(app, `${tenant.name}-vault`, operator, tenant, cluster?.cluster);
    vault.addDependency(central);
    if (cluster !== undefined) vault.addDependency(cluster);
    const config = new ConfigStack(app, `${tenant.name}-config`, operator, tenant);
    config.addDependency(vault);
  }
  return app;
}
