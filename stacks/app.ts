import { App } from "cdktf";
import { CLUSTERS_MOUNT, TenantCluster, type IKubernetesCluster } from "tenant-vault";
import type { Tenant } from "tenant-vault/tenant";
import { AccessStack } from "./access-stack";
import { CentralStack } from "./central-stack";
import { ClusterStack } from "./cluster-stack";
import { ConfigStack } from "./config-stack";
import { withoutCreationStacks } from "./creation-stacks";
import type { Operator } from "./operator";
import { VaultStack } from "./vault-stack";

/**
 * Builds the app: the central stack and, per tenant, the layer of its logins and up to three layers that depend on each other in
 * order. None depends on the central stack or on the layer of the logins, which other people deploy: cdktf refuses to deploy a
 * stack without its dependencies.
 */
export function buildApp(operator: Operator, tenants: readonly Tenant[]): App {
  return withoutCreationStacks(() => createStacks(operator, tenants));
}

function createStacks(operator: Operator, tenants: readonly Tenant[]): App {
  // Stack traces would write paths of this machine into the JSON.
  const app = new App({ stackTraces: false });
  new CentralStack(app, "central", operator);
  for (const tenant of tenants) {
    const machines = createMachines(app, operator, tenant);
    const cluster = machines?.cluster ?? existingCluster(tenant);
    const vault = new VaultStack(app, `${tenant.name}-vault`, operator, tenant, cluster, tenants);
    if (machines !== undefined) vault.addDependency(machines);
    const config = new ConfigStack(app, `${tenant.name}-config`, operator, tenant, cluster);
    config.addDependency(vault);
    const layers = [machines, vault, config].filter((layer) => layer !== undefined);
    new AccessStack(app, `${tenant.name}-access`, operator, tenant, layers);
  }
  return app;
}

function createMachines(app: App, operator: Operator, tenant: Tenant): ClusterStack | undefined {
  const { cluster } = tenant;
  if (cluster === undefined || "existing" in cluster) return undefined;
  return new ClusterStack(app, `${tenant.name}-cluster`, operator, tenant, cluster);
}

function existingCluster({ name, cluster }: Tenant): IKubernetesCluster | undefined {
  if (cluster === undefined || !("existing" in cluster)) return undefined;
  return TenantCluster.fromKubeconfig(cluster.kubeconfig ?? { mount: CLUSTERS_MOUNT, path: name });
}
