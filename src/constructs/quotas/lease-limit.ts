import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { Product } from "../../core/product";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { QuotaLeaseCount } from "../../terraform/providers/vault";
import { checkQuota, quotaError, quotaPath, type QuotaTarget } from "./quota-target";

/** Properties of a {@link LeaseLimit}. */
export interface LeaseLimitProps extends QuotaTarget {
  /**
   * Name of the quota.
   *
   * @changes replaces the quota: counting starts again
   */
  readonly name: string;
  /**
   * Which server the instance runs. Only Vault Enterprise has these quotas.
   *
   * @changes refused: the other product has no such quota
   */
  readonly product: Product;
  /**
   * Number of leases, of tokens and credentials, that may exist at the same time.
   *
   * @changes in place: leases above a lower number stay until they expire
   */
  readonly maxLeases: number;
  /**
   * The provider of the instance: of its root namespace, because namespaces have no quotas of their own.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
}

/**
 * A limit of leases that exist at the same time, of Vault Enterprise alone;
 * https://developer.hashicorp.com/vault/docs/enterprise/lease-count-quotas
 */
export class LeaseLimit extends Construct {
  constructor(scope: Construct, id: string, props: LeaseLimitProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkLeaseLimit(props, props.product, this);
    const { name, role, maxLeases, provider } = props;
    new QuotaLeaseCount(this, "Resource", { name, path: quotaPath(props), role, maxLeases, provider });
  }
}

/** @throws ValidationError if the product has no such quota, or the limit would refuse everything. */
export function checkLeaseLimit(
  limit: Pick<LeaseLimitProps, "name" | "maxLeases" | keyof QuotaTarget>,
  product: Product,
  scope?: Construct,
): void {
  if (product === "openbao")
    throw quotaError(
      `OpenBao has no quota of leases such as ${limit.name}; limit requests by a rate limit, and lifetimes by the maxTtl of roles, or use the product vault.`,
      scope,
    );
  checkQuota(limit, scope);
  if (Number.isSafeInteger(limit.maxLeases) && limit.maxLeases > 0) return;
  throw quotaError(
    `The quota ${limit.name} allows ${String(limit.maxLeases)} leases, which is not possible; write a whole number from 1.`,
    scope,
  );
}
