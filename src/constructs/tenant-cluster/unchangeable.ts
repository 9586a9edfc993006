import { Token } from "cdktf";

/** An argument whose change would replace, move or restart what a tenant uses. */
export interface Unchangeable {
  /** Argument of the resource, as the provider names it. */
  readonly argument: string;
  /** Expression that is true while the resource is as the tenant file says. @default - nothing is compared */
  readonly condition?: string;
  /** What is wrong, and what to do; without the full stop. */
  readonly message: string;
}

/**
 * The part of a lifecycle with which a changed argument fails the plan, instead of changing the resource: Terraform ignores the
 * change, so the plan has the present value, and the postcondition compares it with the wanted one. A resource that is changed
 * outside Terraform, one at a time, then passes.
 */
export function refuseChanges(unchangeable: readonly Unchangeable[]) {
  return {
    ignoreChanges: unchangeable.map(({ argument }) => argument),
    postcondition: unchangeable.flatMap(({ condition, message }) =>
      condition === undefined ? [] : [{ condition: `\${${condition}}`, errorMessage: `${message}.` }],
    ),
  };
}

/** Condition that an argument has a value. */
export function equals(argument: string, value: string): string {
  return `self.${argument} == ${quoted(value)}`;
}

/** A value in an expression: a literal in quotes. A token becomes an expression by itself. */
export function quoted(value: string): string {
  return Token.isUnresolved(value) ? value : JSON.stringify(value);
}
