import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { checkDurations, type Duration } from "../../core/duration";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { QuotaRateLimit } from "../../terraform/providers/vault";
import { checkQuota, quotaError, quotaPath, type QuotaTarget } from "./quota-target";

/** Properties of a {@link RateLimit}. */
export interface RateLimitProps extends QuotaTarget {
  /**
   * Name of the quota.
   *
   * @changes replaces the quota: counting starts again
   */
  readonly name: string;
  /**
   * Number of requests that each client address may send within the {@link interval}.
   *
   * @changes in place: counting starts again
   */
  readonly rate: number;
  /**
   * Time within which requests are counted.
   *
   * @default - 1 second
   * @changes in place: counting starts again
   */
  readonly interval?: Duration;
  /**
   * Time for which a client address that exceeded the limit is refused everything.
   *
   * @default - none: it is refused until the interval is over
   * @changes in place: counting starts again
   */
  readonly blockInterval?: Duration;
  /**
   * The provider of the instance: of its root namespace, because namespaces have no quotas of their own.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
}

/**
 * A limit of requests, per client address; https://developer.hashicorp.com/vault/docs/concepts/resource-quotas. The server answers 429 to
 * what exceeds it. Clients behind one proxy have one address.
 */
export class RateLimit extends Construct {
  constructor(scope: Construct, id: string, props: RateLimitProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkDurations(props, ["interval", "blockInterval"], this);
    checkRateLimit(props, this);
    const { name, role, rate, interval, blockInterval, provider } = props;
    new QuotaRateLimit(this, "Resource", {
      name,
      path: quotaPath(props),
      role,
      rate,
      interval: interval?.toSeconds() ?? 1,
      blockInterval: blockInterval?.toSeconds(),
      provider,
    });
  }
}

/** @throws ValidationError if a limit has no valid name, no single target, or would refuse everything. */
export function checkRateLimit(
  limit: Pick<RateLimitProps, "name" | "rate" | keyof QuotaTarget>,
  scope?: Construct,
): void {
  checkQuota(limit, scope);
  if (Number.isSafeInteger(limit.rate) && limit.rate > 0) return;
  throw quotaError(
    `The quota ${limit.name} has a rate of ${String(limit.rate)}, which is not possible; write a whole number from 1.`,
    scope,
  );
}
