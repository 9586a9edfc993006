/** An expression of Terraform as a value of an argument. */
export function wrap(expression: string): string {
  return `\${${expression}}`;
}

/** The expression that is the value of an argument, for use inside another one. */
export function unwrap(value: string): string {
  return value.slice("${".length, -"}".length);
}
