import type { HclValue } from "../core/hcl";
import { compare, denied } from "./policy-document";
import type { ParameterValue, ParameterValues, PolicyStatement } from "./statement";

/** What a rule demands of a request besides a capability. Names of parameters are in lower case. */
export interface Constraints {
  /** @default - any */
  readonly allowedParameters?: ParameterValues;
  /** @default - none */
  readonly deniedParameters?: ParameterValues;
  /** @default - none */
  readonly requiredParameters?: readonly string[];
  /** Seconds. @default - none */
  readonly minWrappingTtl?: number;
  /** Seconds. @default - none */
  readonly maxWrappingTtl?: number;
  /** Further attributes by their names in HCL. @default - none */
  readonly further?: Readonly<Record<string, HclValue>>;
}

/** The constraints of one statement, in one form: sorted, and without what demands nothing. */
export function constraintsOf(statement: PolicyStatement): Constraints {
  const { allowedParameters = {}, deniedParameters = {}, requiredParameters = [], further = {} } = statement;
  return normalized({
    allowedParameters,
    deniedParameters: denied(deniedParameters),
    requiredParameters,
    minWrappingTtl: statement.minWrappingTtl?.toSeconds() ?? 0,
    maxWrappingTtl: statement.maxWrappingTtl?.toSeconds() ?? 0,
    further,
  });
}

/**
 * The constraints of two statements of one path, as a server merges them. One that allows any parameter adds none to the parameters that
 * the other allows.
 */
export function mergeConstraints(one: Constraints, other: Constraints): Constraints {
  return normalized({
    allowedParameters: mergeParameters(one.allowedParameters, other.allowedParameters),
    deniedParameters: mergeParameters(one.deniedParameters, other.deniedParameters),
    requiredParameters: [...(one.requiredParameters ?? []), ...(other.requiredParameters ?? [])],
    minWrappingTtl: shorter(one.minWrappingTtl, other.minWrappingTtl),
    maxWrappingTtl: shorter(one.maxWrappingTtl, other.maxWrappingTtl),
    further: { ...other.further, ...one.further },
  });
}

function mergeParameters(one: ParameterValues = {}, other: ParameterValues = {}): ParameterValues {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(names.map((name) => [name, mergeValues(one[name], other[name])]));
}

/** An empty list stands for every value. */
function mergeValues(one: readonly ParameterValue[] | undefined, other: readonly ParameterValue[] | undefined) {
  if (one?.length === 0 || other?.length === 0) return [];
  return [...(one ?? []), ...(other ?? [])];
}

function shorter(one = 0, other = 0): number {
  return one === 0 || other === 0 ? Math.max(one, other) : Math.min(one, other);
}

function normalized(constraints: Required<Constraints>): Constraints {
  const { allowedParameters, deniedParameters, requiredParameters, further, ...ttls } = constraints;
  const all = {
    allowedParameters: sortedParameters(allowedParameters),
    deniedParameters: sortedParameters(deniedParameters),
    requiredParameters: [...new Set(requiredParameters)].sort(compare),
    further: Object.fromEntries(sortedEntries(further)),
    ...ttls,
  };
  const demanding = Object.entries(all).filter(
    ([, value]) => (typeof value === "object" ? Object.keys(value).length : value) > 0,
  );
  return Object.fromEntries(demanding);
}

function sortedParameters(parameters: ParameterValues): ParameterValues {
  return Object.fromEntries(
    sortedEntries(parameters).map(([name, values]) => [
      name.toLowerCase(),
      [...new Set(values)].sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b))),
    ]),
  );
}

function sortedEntries<Value>(values: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(values).sort(([a], [b]) => compare(a, b));
}
