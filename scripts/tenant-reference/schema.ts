import { z } from "zod";
import { tenantSchema } from "../../src/tenant/tenant-schema";

/** A JSON Schema, as far as that of a tenant file uses it. */
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

/** The structure of a tenant file, without documentation. */
export function structure(): Schema {
  const schema = z.toJSONSchema(tenantSchema, {
    io: "input",
    override: ({ jsonSchema }) => simplify(jsonSchema as Schema),
  }) as Schema;
  const { $schema, ...rest } = schema;
  return { $schema, title: "Tenant file of tenant-vault", ...rest };
}

/** Leaves out what says nothing about a file: the bounds of JavaScript's numbers, and that lists are not changed. */
function simplify(schema: Schema): void {
  delete schema.readOnly;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  // A union within a union has the same meaning as one union.
  if (schema.anyOf !== undefined) schema.anyOf = schema.anyOf.flatMap((option) => option.anyOf ?? [option]);
}

/** The options of a union, and a schema that is no union as its only option. */
export function optionsOf(schema: Schema): readonly Schema[] {
  return schema.anyOf ?? schema.oneOf ?? [schema];
}
