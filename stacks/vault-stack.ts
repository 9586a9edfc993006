import type { Construct } from "constructs";
import {
  ClusterProviders,
  certificateRole,
  DeletionProtection,
  LayerStack,
  OpenstackProvider,
  RetirementGuard,
  ROOT_CA_MOUNT,
  ServerCertificate,
  VaultInstance,
  type IKubernetesCluster,
} from "tenant-vault";
import { administeredMounts, hostedInstances, instanceDeployment, usesCinder, type Tenant } from "tenant-vault/tenant";
import { CentralProvider } from "./central-provider";
import type { Operator } from "./operator";

/** Second layer of a tenant: its instances, initialised and unsealed. */
export class VaultStack extends LayerStack {
  /** @param tenants All tenants, of which some may have namespaces in instances of this one. */
  constructor(
    scope: Construct,
    id: string,
    operator: Operator,
    tenant: Tenant,
    cluster: IKubernetesCluster | undefined,
    tenants: readonly Tenant[] = [tenant],
  ) {
    super(scope, id, operator.backend);
    new DeletionProtection(this, "DeletionProtection", { deletionProtection: tenant.deletionProtection });
    const central = new CentralProvider(this, "Central", operator);
    if (cluster !== undefined) {
      if (tenant.instances.some(usesCinder)) new OpenstackProvider(this, "OpenStack");
      new ClusterProviders(this, "Cluster", { kubeconfig: cluster.kubeconfig, centralProvider: central.provider });
    }
    const certificate = ServerCertificate.central({
      mount: ROOT_CA_MOUNT,
      role: certificateRole(tenant.name),
      domains: operator.central.instanceDomains ?? [],
    });
    const { instances, deletionProtection } = tenant;
    new RetirementGuard(this, "Instances", { instances, deletionProtection });
    for (const instance of instances) {
      const { name, product, address, seal, identities, rootToken, retired } = instance;
      new VaultInstance(this, name, {
        tenant: tenant.name,
        name,
        product,
        address,
        seal,
        identities,
        rootToken,
        administered: administeredMounts(instance),
        namespaces: hostedInstances(tenants, `${tenant.name}/${name}`),
        deployment: instanceDeployment({ tenant, instance, cluster, certificate }),
        central: central.access,
        centralProvider: central.provider,
        deletionProtection,
        retired,
      });
    }
  }
}
