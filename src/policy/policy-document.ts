/** What a policy allows on a path; https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities */
export type Capability = "create" | "read" | "update" | "patch" | "delete" | "list" | "sudo";

/** One statement of a policy. */
export interface PolicyStatement {
  /** Path as Vault matches it: `+` stands for one segment, a trailing `*` for any rest. */
  readonly path: string;
  readonly capabilities: readonly Capability[];
  /** Why, for the reader of the policy. */
  readonly reason: string;
}

/** A Vault policy that grows by statements; it allows nothing by itself. */
export class PolicyDocument {
  private readonly statements: PolicyStatement[] = [];

  add(statement: PolicyStatement): void {
    this.statements.push(statement);
  }

  /** As HCL, statements in the order of their paths, so that the order of grants changes nothing. */
  render(): string {
    return [...this.statements]
      .sort((a, b) => compare(a.path, b.path) || compare(renderStatement(a), renderStatement(b)))
      .map(renderStatement)
      .join("\n");
  }
}

function renderStatement({ path, capabilities, reason }: PolicyStatement): string {
  return `# ${reason}\npath ${JSON.stringify(path)} {\n  capabilities = ${JSON.stringify(capabilities)}\n}\n`;
}

/** By code units: a locale must not change the order. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
