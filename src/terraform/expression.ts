import { Lazy } from "cdktf";

/** An expression of Terraform as a value of an argument. */
export function wrap(expression: string): string {
  return `\${${expression}}`;
}

/** The expression that is the value of an argument, for use inside another one. */
export function unwrap(value: string): string {
  return value.slice("${".length, -"}".length);
}

/** A value that is an expression, as a token: checks of texts know that it is not the text itself. */
export function tokenOf(value: string): string {
  return Lazy.stringValue({ produce: () => value });
}
