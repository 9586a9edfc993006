import { checkQuota } from "../../constructs/quotas/quota-target";
import type { LeaseLimitProps } from "../../constructs/quotas/lease-limit";
import { checkRateLimit, type RateLimitProps } from "../../constructs/quotas/rate-limit";
import { name, uniquelyNamed, validatedBy, whole } from "../builders";
import { duration, mountPath, path } from "../fields";
import { shape, type InFile } from "../in-file";

/** A limit of requests. */
export type RateLimitSpec = InFile<Omit<RateLimitProps, "provider">>;

/** A limit of leases, for Vault Enterprise. */
export type LeaseLimitSpec = InFile<Omit<LeaseLimitProps, "product" | "provider">>;

const target = {
  name: name("logins"),
  mount: mountPath.optional(),
  login: path.optional(),
  role: name("web").optional(),
  namespace: name("customer20/main").optional(),
};

/** The section of the limits of requests. */
export const rateLimits = uniquelyNamed(
  validatedBy(
    shape<RateLimitSpec>()({
      ...target,
      rate: whole("number of requests", 1),
      interval: duration.optional(),
      blockInterval: duration.optional(),
    }),
    (limit) => checkRateLimit(limit),
  ),
);

/** The section of the limits of leases. */
export const leaseLimits = uniquelyNamed(
  validatedBy(shape<LeaseLimitSpec>()({ ...target, maxLeases: whole("number of leases", 1) }), (limit) =>
    checkQuota(limit),
  ),
);
