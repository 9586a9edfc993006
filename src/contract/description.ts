import { z } from "zod";
import { OperationError } from "../core/errors";

/**
 * Parses the description that a Terraform hook passes.
 *
 * @param what The described object, for the message.
 * @param variable Environment variable of the description, for the message.
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
    const reason = error instanceof z.ZodError ? z.prettifyError(error).replace(/\s+/g, " ") : "it is not valid JSON";
    throw new OperationError(
      "description-invalid",
      `The description of the ${what} in ${variable} cannot be used: ${reason}; deploy the stack that passes it with this version of tenant-vault.`,
      { cause: error },
    );
  }
}

/** A field of a secret in the central Vault. */
export const secretPlace = z.object({ mount: z.string().min(1), path: z.string().min(1), field: z.string().min(1) });

/** The same in a sentence, after the word "field". */
export function placeText({ mount, path, field }: z.output<typeof secretPlace>): string {
  return `${field} of ${mount}/${path} in the central Vault`;
}
