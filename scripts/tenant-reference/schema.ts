import { z } from "zod";

/** The part of JSON Schema that the schema of a tenant file uses. */
export interface Schema {
  $schema?: string;
  $id?: string;
  $ref?: string;
  $defs?: Record<string, Schema>;
  title?: string;
  description?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  readOnly?: boolean;
}

/** Returns the structure of a file, without documentation. */
export function structure(file: z.ZodType, title: string): Schema {
  const schema = z.toJSONSchema(file, {
    io: "input",
    override: ({ jsonSchema }) => simplify(jsonSchema as Schema),
  }) as Schema;
  const { $schema, ...rest } = schema;
  return { $schema, title, ...rest };
}

/** Removes what is irrelevant for a file: the bounds of JavaScript's numbers, and the read-only flag of lists. */
function simplify(schema: Schema): void {
  delete schema.readOnly;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  // A union within a union has the same meaning as one union.
  if (schema.anyOf !== undefined) schema.anyOf = schema.anyOf.flatMap((option) => option.anyOf ?? [option]);
}

/** Returns the options of a union. A schema that is not a union is its only option. */
export function optionsOf(schema: Schema): readonly Schema[] {
  return schema.anyOf ?? schema.oneOf ?? [schema];
}
