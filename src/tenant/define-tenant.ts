import { ValidationError } from "../core/errors";
import type { TenantProps } from "./tenant-props";
import { checkTenant, type FieldProblem, type Tenant } from "./tenant-schema";

/** A description of a tenant that cannot be used. */
export class TenantError extends ValidationError {
  /**
   * @param tenant What the description calls itself, or the file it is in.
   * @param problems Everything that is wrong with it.
   */
  constructor(
    tenant: string,
    readonly problems: readonly FieldProblem[],
  ) {
    super(
      "tenant",
      problems.map(({ field, reason }) => `${tenant}: ${field === "" ? "" : `${field}: `}${reason}`).join("\n"),
    );
    this.name = "TenantError";
  }
}

/**
 * Describes a tenant; the default export of a file under `tenants/`.
 *
 * @throws TenantError that names each wrong field and why it is wrong.
 */
export function defineTenant(props: TenantProps): Tenant {
  const checked = checkTenant(props);
  if ("problems" in checked) throw new TenantError(`tenant ${JSON.stringify(props.name)}`, checked.problems);
  return deepFreeze(checked.tenant);
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
