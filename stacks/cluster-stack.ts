import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { DeletionProtection, LayerStack, OpenstackProvider, Provisioner, TenantCluster } from "tenant-vault";
import type { IProvisioner } from "tenant-vault/spi";
import type { Tenant } from "tenant-vault/tenant";
import { CentralProvider } from "./central-provider";
import type { Operator } from "./operator";

/** The machines that a tenant file describes. */
export type Machines = Exclude<NonNullable<Tenant["cluster"]>, { readonly existing: true }>;

/** First layer of a tenant: network, machines, Kubernetes. OS_CLOUD, or the other OS_ variables, select the cloud. */
export class ClusterStack extends LayerStack {
  readonly cluster: TenantCluster;

  constructor(scope: Construct, id: string, operator: Operator, tenant: Tenant, machines: Machines) {
    super(scope, id, operator.backend);
    new DeletionProtection(this, "DeletionProtection", { deletionProtection: tenant.deletionProtection });
    new OpenstackProvider(this, "OpenStack");
    const central = new CentralProvider(this, "Central", operator);
    this.cluster = new TenantCluster(this, "Cluster", {
      ...machines,
      tenant: tenant.name,
      provisioner: provisionerOf(machines, central),
      deletionProtection: tenant.deletionProtection,
    });
    new TerraformOutput(this, "api_address", { value: this.cluster.apiAddress });
    if (this.cluster.inventory !== undefined) new TerraformOutput(this, "inventory", { value: this.cluster.inventory });
  }
}

function provisionerOf({ provisioner }: Machines, central: CentralProvider): IProvisioner {
  return provisioner?.type === "magnum"
    ? Provisioner.magnum({ ...provisioner, centralProvider: central.provider })
    : Provisioner.kubespray({ ...provisioner, central: central.access });
}
