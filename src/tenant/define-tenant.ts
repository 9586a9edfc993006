import { ValidationError } from "../core/errors";
import { checkLiterally } from "./literal-texts";
import type { FieldProblem } from "./problems";
import { checkTenant, type Tenant, type TenantSpec } from "./tenant-schema";

/** A tenant file that cannot be used. */
export class TenantError extends ValidationError {
  /**
   * @param source The file, or the name of the tenant if the file is not known.
   * @param problems Everything that is wrong with it.
   */
  constructor(
    source: string,
    readonly problems: readonly FieldProblem[],
  ) {
    super("tenant", problems.map((problem) => problemLine(source, problem)).join("\n"));
    this.name = "TenantError";
  }
}

/** One line per problem, with the position in the file as compilers print it. */
function problemLine(source: string, { field, reason, position }: FieldProblem): string {
  const place = position === undefined ? source : `${source}:${position.line}:${position.column}`;
  return `${place}: ${field === "" ? "" : `${field}: `}${reason}`;
}

/** Marks what {@link defineTenant} returns, also for another copy of this package. */
const DEFINED = Symbol.for("tenant-vault.tenant");

/**
 * Describes a tenant; the default export of a file under `tenants/`.
 *
 * @throws TenantError that names each wrong field, what is allowed, and the fix.
 */
export function defineTenant(spec: TenantSpec): Tenant {
  return checkedTenant(
    spec,
    () => `tenant ${JSON.stringify((spec as Partial<TenantSpec> | null)?.name ?? "without a name")}`,
  );
}

/**
 * A tenant from a value of any origin. A tenant that is checked already is returned as it is.
 *
 * @param source Where the value comes from, for errors.
 * @param locate Adds the position in the file to a problem. @default - positions are unknown
 * @throws TenantError that names each wrong field, what is allowed, and the fix.
 */
export function checkedTenant(
  spec: unknown,
  source: () => string,
  locate = (problem: FieldProblem): FieldProblem => problem,
): Tenant {
  if (isDefined(spec)) return spec;
  const checked = checkLiterally(spec, checkTenant);
  if ("problems" in checked) throw new TenantError(source(), checked.problems.map(locate));
  return deepFreeze(Object.defineProperty(checked.output, DEFINED, { value: true }));
}

function isDefined(value: unknown): value is Tenant {
  return typeof value === "object" && value !== null && DEFINED in value;
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
