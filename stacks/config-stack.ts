import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import {
  ClusterProviders,
  ConfigIdentity,
  DeletionProtection,
  InstanceProvider,
  LayerStack,
  ROOT_CA_MOUNT,
  RootCa,
  type IKubernetesCluster,
} from "tenant-vault";
import { hasCentralCertificate, InstanceConfig, instanceNamespace, type Tenant } from "tenant-vault/tenant";

import { CentralProvider } from "./central-provider";
import type { Operator } from "./operator";

/** Third layer of a tenant: engines, policies and roles in its instances, and objects of workloads in its cluster. */
export class ConfigStack extends LayerStack {
  constructor(scope: Construct, id: string, operator: Operator, tenant: Tenant, cluster?: IKubernetesCluster) {
    super(scope, id, operator.backend);
    new DeletionProtection(this, "DeletionProtection", { deletionProtection: tenant.deletionProtection });
    const { provider: centralProvider, access } = new CentralProvider(this, "Central", operator);
    // Not only for workloads: Terraform must reach the cluster to remove the last one.
    if (cluster !== undefined && tenant.instances.some(({ logins }) => logins?.kubernetes !== undefined))
      new ClusterProviders(this, "Cluster", { kubeconfig: cluster.kubeconfig, centralProvider });
    const identity = new ConfigIdentity(this, "identity");
    const rootCa = RootCa.fromRootCaAttributes({
      mount: ROOT_CA_MOUNT,
      provider: centralProvider,
      limitsPathLength: true,
    });
    for (const instance of tenant.instances) {
      const { name, address, caCertificateFile } = instance;
      const { provider, caCertificate } = new InstanceProvider(this, `${name}-provider`, {
        tenant: tenant.name,
        name,
        address,
        caCertificateFile,
        rootCaFile: hasCentralCertificate(instance) ? operator.central.rootCaFile : undefined,
        centralProvider,
        identity: identity.stringValue,
        namespace: instanceNamespace(tenant.name, instance),
        // A name may start with a digit, but an identifier of Terraform starts with a letter.
        alias: `instance-${name}`,
      });
      const { deletionProtection } = tenant;
      const config = new InstanceConfig(this, name, {
        tenant: tenant.name,
        instance,
        rootCa,
        provider,
        centralProvider,
        central: access,
        identity,
        caCertificate,
        deletionProtection,
      });
      for (const [output, value] of Object.entries(config.outputs))
        new TerraformOutput(this, `${name}_${output}`, { value });
    }
  }
}
