import { Acl } from "../policy/acl";
import { excessOf } from "../policy/policy-limits";
import type { Product } from "../core/product";
import type { PolicyStatement } from "../policy/statement";
import { TenantError } from "./define-tenant";
import type { EngineGrants } from "./engines";
import { fieldName } from "./problems";
import { grantsOf, limitsOf, projectsOf } from "./requests";
import type { AccessRequest, RequestLimit } from "./sections/self-service";

/** Where a request is compared with its limits. */
export interface LimitContext {
  readonly product: Product;
  readonly limits: readonly RequestLimit[];
  /** The statements that engines write for what is granted. */
  readonly statementsOf: (granted: EngineGrants) => readonly PolicyStatement[];
}

/**
 * Compares the policy of a request with the policy of its limits, on all paths.
 *
 * @throws TenantError that names the file, the entry, and a path that the limits do not allow.
 */
export function checkWithinLimits(request: AccessRequest, { product, limits, statementsOf }: LimitContext): void {
  const allowed = new Acl(limitsOf(request, limits).flatMap(statementsOf), { product });
  const excess = (granted: EngineGrants) => excessOf(new Acl(statementsOf(granted), { product }), allowed);
  const whole = excess(request);
  if (whole === undefined) return;
  // The policy is what its entries grant together, so one of them is the reason.
  const wrong = grantsOf(request).flatMap(({ field, entry, position }) => {
    const found = excess({ [field]: [entry] });
    return found === undefined ? [] : [{ path: [field, position], entry, found }];
  });
  const reasons = wrong.length > 0 ? wrong : [{ path: [], entry: request.name, found: whole }];
  throw new TenantError(
    request.file,
    reasons.map(({ path, entry, found: { capability, witness } }) => ({
      path,
      field: fieldName(path),
      reason: `"${entry}" would allow ${capability} on ${witness}, which selfService.limits of the tenant file do not allow ${projectsOf(request)}; request less, or have a limit raised`,
    })),
  );
}
