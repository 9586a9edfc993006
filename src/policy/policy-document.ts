import { attributes } from "../core/hcl";
import type { ParameterValues, PolicyStatement } from "./statement";

export type { Capability, PolicyStatement } from "./statement";

/** A Vault policy. It allows nothing until statements are added. */
export class PolicyDocument {
  private readonly added: PolicyStatement[] = [];

  add(statement: PolicyStatement): void {
    this.added.push(statement);
  }

  /** What was added. */
  get statements(): readonly PolicyStatement[] {
    return this.added;
  }

  /** Renders the policy as HCL. Statements are sorted by path, so that the order of grants does not change the text. */
  render(): string {
    return [...this.added]
      .sort((a, b) => compare(a.path, b.path) || compare(renderStatement(a), renderStatement(b)))
      .map(renderStatement)
      .join("\n");
  }
}

function renderStatement(statement: PolicyStatement): string {
  const { path, capabilities, reason, requiredParameters, allowedParameters, deniedParameters } = statement;
  const lines = [
    `capabilities = ${JSON.stringify(capabilities)}`,
    ...(requiredParameters === undefined ? [] : [`required_parameters = ${JSON.stringify(requiredParameters)}`]),
    ...(allowedParameters === undefined ? [] : ["allowed_parameters = {", ...parameters(allowedParameters), "}"]),
    ...(deniedParameters === undefined ? [] : ["denied_parameters = {", ...parameters(denied(deniedParameters)), "}"]),
    ...attributes({
      min_wrapping_ttl: statement.minWrappingTtl?.toString(),
      max_wrapping_ttl: statement.maxWrappingTtl?.toString(),
      expiration: statement.expiration,
      ...statement.further,
    }).flatMap((attribute) => attribute.split("\n")),
  ];
  const comment = reason === "" ? "" : `${reason.replace(/^/gm, "# ")}\n`;
  return `${comment}path ${JSON.stringify(path)} {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
}

/** Values per parameter that a statement denies; an empty list for every value. */
export function denied(values: NonNullable<PolicyStatement["deniedParameters"]>): ParameterValues {
  return isNames(values) ? Object.fromEntries(values.map((name) => [name, []])) : values;
}

/** The compiler does not narrow a readonly array by `Array.isArray`. */
function isNames(values: readonly string[] | ParameterValues): values is readonly string[] {
  return Array.isArray(values);
}

function parameters(values: ParameterValues): string[] {
  return Object.entries(values).map(([name, each]) => `  ${JSON.stringify(name)} = ${JSON.stringify(each)}`);
}

/** Compares code units, because a locale must not change the order. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
