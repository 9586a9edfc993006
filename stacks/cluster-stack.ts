import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { LayerStack, TenantCluster, type Tenant } from "../src";
import { OpenstackProvider } from "../src/terraform/providers/openstack";
import type { Operator } from "./operator";

/** First layer of a tenant: machines and network. The cloud is that of OS_CLOUD, or of the other OS_ variables. */
export class ClusterStack extends LayerStack {
  readonly cluster: TenantCluster;

  constructor(
    scope: Construct,
    id: string,
    operator: Operator,
    tenant: Tenant,
    cluster: NonNullable<Tenant["cluster"]>,
  ) {
    super(scope, id, operator.backend);
    new OpenstackProvider(this, "OpenStack");
    this.cluster = new TenantCluster(this, "Cluster", { ...cluster, tenant: tenant.name });
    new TerraformOutput(this, "inventory", { value: this.cluster.inventory });
  }
}
