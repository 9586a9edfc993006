import { AgentInjector } from "./agent-injector";
import type { IWorkloadDelivery } from "./delivery";
import { ExternalSecrets } from "./external-secrets";
import { VaultSecretsOperator, type VaultSecretsOperatorProps } from "./vault-secrets-operator";

/** Ways in which a workload gets its secrets. Each needs its operator in the cluster. */
export class WorkloadDelivery {
  /** Secrets in Kubernetes, by Vault Secrets Operator. It renews leases, and can restart deployments. */
  static vaultSecretsOperator(props: VaultSecretsOperatorProps = {}): IWorkloadDelivery {
    return new VaultSecretsOperator(props);
  }

  /** Secrets in Kubernetes, by External Secrets Operator. It requests new credentials instead of renewing them. */
  static externalSecrets(): IWorkloadDelivery {
    return new ExternalSecrets();
  }

  /** Files in the pods, by the agent injector. The template of the pods needs annotations and a volume. */
  static agentInjector(): IWorkloadDelivery {
    return new AgentInjector();
  }
}

/** A delivery, for checks at run time. */
export const WORKLOAD_DELIVERY = {
  name: "WorkloadDelivery",
  member: "deliver",
  example: "WorkloadDelivery.externalSecrets()",
  required: true,
};
