import type { TerraformProvider } from "cdktf";
import type { Duration } from "../../core/duration";
import type { IKubernetesLogin } from "../login/kubernetes-login";
import type { IWorkloadDelivery, WorkloadServer } from "./delivery";
import type { WorkloadSecret } from "./workload-secret";

/** Properties of a {@link Workload}. */
export interface WorkloadProps {
  /**
   * Name of the workload, up to 45 characters. Its role and policy in the instance have it, and its objects in Kubernetes.
   *
   * @changes replaces its role, its objects and its Secrets
   */
  readonly name: string;
  /**
   * Namespace of the workload. It must exist.
   *
   * @changes replaces its objects and its Secrets: pods in the former namespace do not start any more
   */
  readonly namespace: string;
  /**
   * Service account as which it logs in. It must exist.
   *
   * @changes in place: the former account cannot log in any more
   */
  readonly serviceAccount: string;
  /**
   * Audience of the tokens of the service account. A token for another service does not log in.
   *
   * @default "vault"
   * @changes in place
   */
  readonly audience?: string;
  /**
   * The login of pods.
   *
   * @changes replaces its role: the workload logs in at the other path
   */
  readonly login: IKubernetesLogin;
  /**
   * How the instance is reached.
   *
   * @changes as its own fields say
   */
  readonly server: WorkloadServer;
  /**
   * The way in which it gets its secrets.
   *
   * @changes in place: objects of the former delivery are removed, and those of the other one created; the Secrets are absent in between
   */
  readonly delivery: IWorkloadDelivery;
  /**
   * What it gets, and so what it may read. It may do nothing else.
   *
   * @changes in place: the Secret of a removed one is removed
   */
  readonly secrets: readonly WorkloadSecret[];
  /**
   * Time after which a change of a secret arrives. Credentials and certificates are renewed as their lifetimes require.
   *
   * @default - 5 minutes
   * @changes in place
   */
  readonly refreshInterval?: Duration;
  /**
   * Time within which the token of the workload must be renewed.
   *
   * @default - 1 hour, or the longest lifetime of its database credentials
   * @changes in place: tokens that exist keep their lifetimes until they are renewed
   */
  readonly tokenPeriod?: Duration;
  /**
   * CIDRs from which it may log in and use tokens: those of the operator's pods, or of its own with the agent injector.
   *
   * @default - none: from anywhere
   * @changes in place: tokens that exist keep their networks; new tokens are bound to the new ones
   */
  readonly boundCidrs?: readonly string[];
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes needs a new construct: Terraform looks for the role in the new instance and leaves it in the former one
   */
  readonly provider?: TerraformProvider;
}
