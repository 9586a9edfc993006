import { ValidationError } from "./errors";

/** A class of values, for checks at run time. */
export interface ValueType {
  /** Name of the class, and code of the error in lower case. */
  readonly name: string;
  /** Method by which values are known. Another copy of this package has another class. */
  readonly method: string;
  /** How to write one. */
  readonly example: string;
}

/**
 * Checks the types of props, because the compiler does not check JavaScript programs.
 *
 * @throws ValidationError if a prop that is there is anything else.
 */
export function checkValues<Name extends string>(
  props: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
  { name: type, method, example }: ValueType,
  scope?: ConstructorParameters<typeof ValidationError>[2],
): void {
  for (const name of names) {
    const value: unknown = props[name];
    if (value === undefined || (typeof value === "object" && value !== null && method in value)) continue;
    throw new ValidationError(
      type.toLowerCase(),
      `${name} is ${JSON.stringify(value)}, which is not a ${type}; write one, such as ${example}.`,
      scope,
    );
  }
}
