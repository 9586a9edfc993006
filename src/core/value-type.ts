import { ValidationError } from "./errors";

/** A class of values, for checks at run time. */
export interface ValueType {
  /** Name of the class, for messages. */
  readonly name: string;
  /** Member by which values are known. Another copy of this package has another class. */
  readonly member: string;
  /** How to write one. */
  readonly example: string;
  /** Code of the error. @default "prop-type" */
  readonly code?: string;
  /** Whether the prop must be there. @default false */
  readonly required?: boolean;
}

type Scope = ConstructorParameters<typeof ValidationError>[2];

/**
 * Checks the types of props, because the compiler does not check JavaScript programs.
 *
 * @throws ValidationError if a prop that is there is anything else, or a required one is missing.
 */
export function checkValues<Name extends string>(
  props: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
  type: ValueType,
  scope?: Scope,
): void {
  for (const [name, value] of given(props, names, type)) {
    if (!isObject(value) || !(type.member in value)) throw wrongType(name, value, type, scope);
  }
}

/**
 * Checks props that take a list of values.
 *
 * @throws ValidationError if a prop that is there is not a list, or an element of it is anything else.
 */
export function checkValueLists<Name extends string>(
  props: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
  type: ValueType,
  scope?: Scope,
): void {
  for (const [name, value] of given(props, names, type)) {
    if (!Array.isArray(value))
      throw wrongType(name, value, { ...type, name: `list of ${type.name}`, example: `[${type.example}]` }, scope);
    value.forEach((each, index) => {
      const field = `${name}[${index}]`;
      checkValues({ [field]: each as unknown }, [field], { ...type, required: true }, scope);
    });
  }
}

/** The props to check: a missing one only if it is required. */
function given<Name extends string>(
  props: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
  { required = false }: ValueType,
): readonly (readonly [Name, unknown])[] {
  return names.map((name) => [name, props[name]] as const).filter(([, value]) => required || value !== undefined);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function wrongType(field: string, value: unknown, { name, example, code }: ValueType, scope: Scope): ValidationError {
  const message = `${field} is ${shown(value)}, which is not ${/^[AEIOU]|^Ssh/.test(name) ? "an" : "a"} ${name}; write one, such as ${example}.`;
  return code === undefined
    ? new ValidationError("prop-type", message, scope)
    : new ValidationError(code, message, scope);
}

/** A value in a message. An object may be circular, or contain a secret. */
function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  const isShort = value === null || ["string", "number", "boolean"].includes(typeof value);
  return isShort ? JSON.stringify(value) : `a ${typeof value}`;
}
