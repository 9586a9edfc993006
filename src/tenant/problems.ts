import { z } from "zod";
import { closest } from "../core/closest";
import { absence, allowedValues, MISSING, oneOf, quote, withoutSecrets } from "./messages";

/** A problem of a field. */
export interface FieldProblem {
  /** Path of the field, such as `instances[0].seal`; empty for the file itself. */
  readonly field: string;
  /** What is wrong with it, what is allowed, and how to fix it. */
  readonly reason: string;
  /** The same path, part by part. */
  readonly path: readonly PropertyKey[];
  /** Where the field is in the file, both from 1. @default - not known, as in a TypeScript file */
  readonly position?: { readonly line: number; readonly column: number };
}

type Issue = z.core.$ZodRawIssue;

/** Checks a value. @returns The output of the schema, or one problem for each mistake. */
export function check<Output>(
  schema: z.ZodType<Output>,
  value: unknown,
): { readonly output: Output } | { readonly problems: readonly FieldProblem[] } {
  const misspelt = new Set<string>();
  const result = schema.safeParse(value, {
    error: (issue) => describeIssue(issue, (path) => misspelt.add(JSON.stringify(path))),
  });
  if (result.success) return { output: result.data };
  return {
    problems: result.error.issues
      .flatMap(eachMistake)
      // A misspelt field and a missing one are one mistake.
      .filter(({ path, message }) => !(message.startsWith(MISSING) && misspelt.has(JSON.stringify(path))))
      .map(({ path, message }) => ({
        field: fieldName(path),
        reason: onOneLine(withoutSecrets(message, value)),
        path,
      })),
  };
}

/** Names in the file, which messages quote, may contain line breaks. Only the messages of constructs end with a full stop. */
function onOneLine(message: string): string {
  return message
    .replace(/\s+/g, " ")
    .trim()
    .replace(/(?<!\.)\.$/, "");
}

/** Zod reports all unknown fields of an object as one issue. */
function eachMistake(issue: z.core.$ZodIssue): Pick<z.core.$ZodIssue, "path" | "message">[] {
  if (issue.code !== "unrecognized_keys") return [issue];
  const messages = issue.message.split("\n");
  return issue.keys.map((key, index) => ({ path: [...issue.path, key], message: messages[index] ?? "" }));
}

/**
 * Describes an issue for which the field's own schema has no words.
 *
 * @param noteMeant Called with the path of a field for which a misspelt one stands.
 */
function describeIssue(issue: Issue, noteMeant: (path: readonly PropertyKey[]) => void): string {
  const { inst, input } = issue;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys
        .map((key) => unknownField(key, inst, (meant) => noteMeant([...(issue.path ?? []), meant])))
        .join("\n");
    case "invalid_union": {
      const value = (input as Record<string, unknown>)[issue.discriminator ?? ""];
      return allowedValues(kinds(inst)).error({ ...issue, input: value });
    }
    case "invalid_key":
      return issue.issues[0]?.message ?? "";
    default: {
      const form = objectForm(inst);
      return absence(input, form) ?? `${quote(input, issue.path)} is not a valid object; write ${form}`;
    }
  }
}

/** More fields than this would not fit on a line. */
const MOST_FIELDS = 8;

function unknownField(key: string, inst: Issue["inst"], noteMeant: (field: string) => void): string {
  const fields = inst instanceof z.ZodObject ? Object.keys(inst.shape) : [];
  const meant = closest(key, fields);
  if (meant !== undefined) {
    noteMeant(meant);
    return `is not a known field; did you mean "${meant}"?`;
  }
  const others = fields.length > MOST_FIELDS ? "a field that docs/tenant-file.md lists" : oneOf(fields);
  return `is not a known field${kindOf(inst)}; remove it, or use ${others}`;
}

/** The kind of object that a discriminator names, such as ` of mode "ha"`. */
function kindOf(inst: Issue["inst"]): string {
  if (!(inst instanceof z.ZodObject)) return "";
  return Object.entries(inst.shape as Record<string, z.ZodType>)
    .filter(([, schema]) => schema instanceof z.ZodLiteral && typeof schema.value === "string")
    .map(([key, schema]) => ` of ${key} "${String((schema as z.ZodLiteral).value)}"`)
    .join("");
}

/** How to write an object: by its required fields. */
function objectForm(inst: Issue["inst"]): string {
  if (inst instanceof z.ZodDiscriminatedUnion)
    return `an object with ${inst.def.discriminator}: ${oneOf(kinds(inst).map((kind) => `"${kind}"`))}`;
  if (!(inst instanceof z.ZodObject)) return "a value that docs/tenant-file.md describes";
  const required = Object.entries(inst.shape as Record<string, z.ZodType>)
    .filter(([, schema]) => schema._zod.optin !== "optional")
    .map(([key]) => key);
  return required.length === 0 ? "an object: { ... }" : `an object with ${required.join(", ")}`;
}

/** The values by which the options of a discriminated union are told apart. */
function kinds(inst: Issue["inst"]): string[] {
  if (!(inst instanceof z.ZodDiscriminatedUnion)) return [];
  const values = inst._zod.propValues[inst.def.discriminator] ?? new Set();
  return [...values].filter((value) => typeof value === "string");
}

/** A path as it is written in code, such as `instances[0].seal`. */
export function fieldName(parts: readonly PropertyKey[]): string {
  return parts
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      const key = String(part);
      if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `[${quote(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join("");
}
