import { z } from "zod";

/**
 * Reads what a Terraform hook passes.
 *
 * @param what What it describes, for the message.
 * @param variable Where it comes from.
 */
export function parseDescription<Schema extends z.ZodType>(
  schema: Schema,
  what: string,
  variable: string,
  json: string,
): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(json));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error).replace(/\s+/g, " ") : "it is no JSON";
    throw new Error(`The description of the ${what} in ${variable} cannot be used: ${reason}.`, { cause: error });
  }
}
