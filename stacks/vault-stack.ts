import type { Construct } from "constructs";
import {
  ClusterProviders,
  ExternalDeployment,
  HighAvailabilityDeployment,
  INSTANCE_CERTIFICATE_ROLE,
  LayerStack,
  ROOT_CA_MOUNT,
  VaultInstance,
  VaultStorage,
  type IDeployment,
  type IKubernetesCluster,
  type Tenant,
  type TenantInstance,
} from "../src";
import { OpenstackProvider } from "../src/terraform/providers/openstack";
import { CentralProvider } from "./central-provider";
import type { Operator } from "./operator";

/** Second layer of a tenant: its instances, from nothing to unsealed. */
export class VaultStack extends LayerStack {
  constructor(
    scope: Construct,
    id: string,
    operator: Operator,
    tenant: Tenant,
    cluster: IKubernetesCluster | undefined,
  ) {
    super(scope, id, operator.backend);
    const central = new CentralProvider(this, "Central", operator);
    if (cluster !== undefined) {
      new OpenstackProvider(this, "OpenStack");
      new ClusterProviders(this, "Cluster", { kubeconfig: cluster.kubeconfig, centralProvider: central.provider });
    }
    for (const instance of tenant.instances) {
      const { name, product, address, seal } = instance;
      new VaultInstance(this, name, {
        tenant: tenant.name,
        name,
        product,
        address,
        seal,
        deployment: deploymentOf(operator, tenant, instance, cluster),
        central: central.access,
      });
    }
  }
}

function deploymentOf(
  { central: { instanceDomains = [] } }: Operator,
  tenant: Tenant,
  instance: TenantInstance,
  cluster: IKubernetesCluster | undefined,
): IDeployment {
  const { deployment, caCertificateFile } = instance;
  if (deployment.mode === "external" || cluster === undefined) {
    return new ExternalDeployment({
      addresses: deployment.mode === "external" ? deployment.addresses : [],
      caCertificateFile,
    });
  }
  const { replicas, dataSize, auditSize } = deployment;
  return new HighAvailabilityDeployment({
    cluster,
    replicas,
    dataSize,
    auditSize,
    storage: VaultStorage.cinder({ deletionProtection: tenant.deletionProtection }),
    certificateIssuer: { mount: ROOT_CA_MOUNT, role: INSTANCE_CERTIFICATE_ROLE, domains: instanceDomains },
    egressPorts: instance.databases?.map(({ port = 5432 }) => port),
  });
}
