import { z } from "zod";
import type { Duration, DurationText } from "../core/duration";
import type { SecretLocation, SecretRef } from "../core/secret-ref";
import type { Size, SizeText } from "../core/size";

/**
 * How a tenant file writes a construct's props: a `Duration` and a `Size` as text, a `SecretRef` by its location. Names,
 * documentation, optionality and unions are those of the props.
 */
export type InFile<T> = unknown extends T
  ? T
  : T extends Duration
    ? DurationText
    : T extends Size
      ? SizeText
      : T extends SecretRef
        ? SecretLocation
        : T extends string | number | boolean | undefined
          ? T
          : { readonly [Key in keyof T]: InFile<T[Key]> };

/** A schema for each property of a type. A schema that is missing, or that accepts something else, does not compile. */
export type Shape<T> = { readonly [Key in keyof Required<T>]: z.core.$ZodType<unknown, T[Key]> };

/** Compiles only if each schema accepts everything that its property may hold, and no schema is left over. */
type Complete<T, Schemas> = {
  readonly [Key in keyof Schemas]: Key extends keyof T
    ? T[Key] extends z.input<Schemas[Key]>
      ? unknown
      : never
    : never;
};

/**
 * Makes the schema of an object, tied to the object's type in both directions.
 *
 * @example shape<KeyValueSpec>()({ mount: path.optional(), ... })
 */
export function shape<T>() {
  return <Schemas extends Shape<T>>(
    fields: Schemas & Complete<T, Schemas>,
    /** The message about a value that is not an object. @default - one that names the required fields */
    notAnObject?: (input: unknown) => string,
  ) =>
    z.strictObject<Schemas>(fields, {
      error: ({ code, input }) => (code === "invalid_type" ? notAnObject?.(input) : undefined),
    });
}
