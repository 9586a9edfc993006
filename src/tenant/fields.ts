import { z } from "zod";
import { DNS_LABEL } from "../core/dns-label";
import { Duration } from "../core/duration";
import { ValidationError } from "../core/errors";
import { PLAIN_PATH } from "../core/path";
import { Size } from "../core/size";
import { parseCidr } from "../core/cidr";
import { parseServerAddress } from "../terraform/server-address";

/** What a construct's own rule has against something. */
export function complaintOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof ValidationError) return error.message;
    throw error;
  }
}

/** A field whose rule lives in a value's own class: its complaint becomes that of the field. */
export function built<Input extends z.ZodType, Value>(input: Input, build: (value: z.output<Input>) => Value) {
  return input.transform((value, context): Value => {
    try {
      return build(value);
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
      return z.NEVER;
    }
  });
}

/** A field that a construct's own rule holds for as well: its complaint becomes that of the field. */
export function checked<Input extends z.ZodType>(input: Input, check: (value: z.output<Input>) => unknown) {
  return built(input, (value) => {
    check(value);
    return value;
  });
}

/**
 * One of two descriptions, told apart by a field that only the first has; so that a complaint is about the one that was
 * meant, and not that neither fits.
 */
export function either<First extends z.ZodType, Second extends z.ZodType>(field: string, first: First, second: Second) {
  return z.unknown().transform((value, context): z.output<First> | z.output<Second> => {
    const meant = typeof value === "object" && value !== null && field in value ? first : second;
    const { success, data, error } = meant.safeParse(value);
    if (success) return data;
    for (const { path, message } of error.issues) context.addIssue({ code: "custom", path, message });
    return z.NEVER;
  });
}

export const label = z
  .string()
  .regex(
    DNS_LABEL,
    "is no DNS-1123 label; use up to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit",
  );

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export const labelKey = z
  .string()
  .regex(
    /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
    'is no key of a label; write up to 63 letters, digits, -, _ and ., after a domain and / if need be, such as "example.com/pool"',
  );

export const labelValue = z
  .string()
  .regex(
    /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/,
    "is no value of a label; write up to 63 letters, digits, -, _ and ., beginning and ending with a letter or digit",
  );

export const nonEmpty = z.string().regex(/\S/, "is empty; give a name");

/** A path of a mount or secret, without slashes at its ends. */
export const path = z
  .string()
  .regex(PLAIN_PATH, "is no path; write names with single slashes between them, none at the ends, and neither + nor *");

export const address = checked(z.string(), parseServerAddress);

export const duration = built(
  z.templateLiteral(
    [z.number(), z.enum(["s", "m", "h", "d"])],
    'is no duration; write a whole number and a unit (s, m, h, d), such as "72h"',
  ),
  (text) => Duration.parse(text),
);

export const size = built(
  z.templateLiteral(
    [z.number(), z.enum(["Gi", "Ti"])],
    'is no size; write a whole number and Gi or Ti, such as "10Gi"',
  ),
  (text) => Size.parse(text),
);

export const cidr = built(z.string(), (text) => parseCidr(text).toString());

/** A list in which nothing is twice. */
export function distinct<Item extends z.ZodType<string | number>>(item: Item) {
  return z
    .array(item)
    .readonly()
    .refine((list) => new Set(list).size === list.length, "names something twice; name each once");
}

export const cidrs = distinct(cidr);

export const port = z.number().int().min(1).max(65_535);

/** A list in which no two entries have the same name. */
export function uniquelyNamed<Item extends z.ZodType<{ readonly name: string }>>(item: Item) {
  return z
    .array(item)
    .readonly()
    .superRefine((items, context) => {
      const seen = new Set<string>();
      items.forEach(({ name }, index) => {
        if (seen.has(name)) {
          context.addIssue({
            code: "custom",
            path: [index, "name"],
            message: `"${name}" is used twice; give each its own name`,
          });
        }
        seen.add(name);
      });
    });
}
