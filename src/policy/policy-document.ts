import type { Duration } from "../core/duration";

/** What a policy allows on a path; https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities */
export type Capability = "create" | "read" | "update" | "patch" | "delete" | "list" | "sudo";

/** One statement of a policy. */
export interface PolicyStatement {
  /** Path pattern of Vault: `+` matches one segment, and a trailing `*` matches any rest. */
  readonly path: string;
  readonly capabilities: readonly Capability[];
  /** Reason of the permission, for readers of the policy. */
  readonly reason: string;
  /**
   * Parameters that a request may have, with the values that each may have; an empty list allows any value. A number in a
   * request's JSON equals no value here. https://developer.hashicorp.com/vault/docs/concepts/policies#parameter-constraints
   *
   * @default - any
   */
  readonly allowedParameters?: Readonly<Record<string, readonly (string | boolean)[]>>;
  /**
   * Parameters that a request must not have.
   *
   * @default - none
   */
  readonly deniedParameters?: readonly string[];
  /**
   * Parameters that a request must have.
   *
   * @default - none
   */
  readonly requiredParameters?: readonly string[];
  /**
   * Minimum lifetime of the wrapped response that a request must ask for.
   *
   * @default - none: a request need not ask for one
   */
  readonly minWrappingTtl?: Duration;
}

/** A Vault policy. It allows nothing until statements are added. */
export class PolicyDocument {
  private readonly statements: PolicyStatement[] = [];

  add(statement: PolicyStatement): void {
    this.statements.push(statement);
  }

  /** Renders the policy as HCL. Statements are sorted by path, so that the order of grants does not change the text. */
  render(): string {
    return [...this.statements]
      .sort((a, b) => compare(a.path, b.path) || compare(renderStatement(a), renderStatement(b)))
      .map(renderStatement)
      .join("\n");
  }
}

function renderStatement({
  path,
  capabilities,
  reason,
  requiredParameters,
  allowedParameters,
  deniedParameters,
  minWrappingTtl,
}: PolicyStatement): string {
  const lines = [
    `capabilities = ${JSON.stringify(capabilities)}`,
    ...(requiredParameters === undefined ? [] : [`required_parameters = ${JSON.stringify(requiredParameters)}`]),
    ...(allowedParameters === undefined ? [] : ["allowed_parameters = {", ...parameters(allowedParameters), "}"]),
    ...(deniedParameters === undefined
      ? []
      : ["denied_parameters = {", ...parameters(Object.fromEntries(deniedParameters.map((name) => [name, []]))), "}"]),
    ...(minWrappingTtl === undefined ? [] : [`min_wrapping_ttl = ${JSON.stringify(minWrappingTtl.toString())}`]),
  ];
  return `# ${reason}\npath ${JSON.stringify(path)} {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
}

function parameters(allowed: NonNullable<PolicyStatement["allowedParameters"]>): string[] {
  return Object.entries(allowed).map(([name, values]) => `  ${JSON.stringify(name)} = ${JSON.stringify(values)}`);
}

/** Compares code units, because a locale must not change the order. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
