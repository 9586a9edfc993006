import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { centralSecretsOf, LayerStack, TENANT_IDENTITIES, TenantAccess } from "tenant-vault";
import {
  certifiedServers,
  sharedNamespaces,
  exportedAuthorities,
  signedIntermediates,
  type Tenant,
} from "tenant-vault/tenant";
import { CentralProvider } from "./central-provider";
import type { Operator } from "./operator";

/**
 * The logins of a tenant in the central Vault. People deploy it, with a token that may write policies, before the other layers and
 * whenever the tenant's domains, secrets or instances change. No layer depends on it, so a pipeline can deploy the others.
 */
export class AccessStack extends LayerStack {
  /** @param layers The tenant's other layers, whose secrets `deploy` may read. */
  constructor(scope: Construct, id: string, operator: Operator, tenant: Tenant, layers: readonly LayerStack[]) {
    super(scope, id, operator.backend);
    const { provider } = new CentralProvider(this, "Central", operator);
    const access = new TenantAccess(this, "Access", {
      tenant: tenant.name,
      secrets: centralSecretsOf(layers),
      authorities: exportedAuthorities(tenant),
      intermediates: signedIntermediates(tenant),
      servers: certifiedServers(tenant),
      namespaces: sharedNamespaces(tenant),
      pipeline: operator.pipelineOf?.(tenant.name),
      provider,
    });
    for (const identity of TENANT_IDENTITIES)
      new TerraformOutput(this, `${identity}_role_id`, { value: access.roleIds[identity] });
  }
}
