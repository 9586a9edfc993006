import { z } from "zod";
import { closest } from "../core/closest";
import { ValidationError } from "../core/errors";
import { allowed, allowedValues, quote } from "./messages";

/** Returns the message of the ValidationError that a check throws; undefined if it throws none. */
export function validationMessage(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof ValidationError) return error.message;
    throw error;
  }
}

/** A field that becomes another value. A ValidationError of the parser becomes the message about the field. */
export function parsedBy<Input extends z.ZodType, Value>(input: Input, parse: (value: z.output<Input>) => Value) {
  return input.transform((value, context): Value => {
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
      return z.NEVER;
    }
  });
}

/** A field to which a construct's own rule applies. */
export function validatedBy<Input extends z.ZodType>(input: Input, validate: (value: z.output<Input>) => unknown) {
  return parsedBy(input, (value) => {
    validate(value);
    return value;
  });
}

/**
 * One of two objects. A key that only the first one has tells which one is meant, so that messages are about that one.
 *
 * @param form How to write either object.
 */
export function discriminatedBy<First extends z.ZodType, Second extends z.ZodType>(
  key: string,
  form: string,
  first: First,
  second: Second,
) {
  const union = z.union([first, second], allowed("object", form));
  // A union of zod tries every option, and its error is about none of them.
  const run: typeof union._zod.run = (payload, context) => {
    const input: unknown = payload.value;
    if (typeof input === "object" && input !== null)
      return (hasKey(input as Readonly<Record<string, unknown>>, key) ? first : second)._zod.run(payload, context);
    payload.issues.push({ code: "invalid_type", expected: "object", input, inst: union });
    return payload;
  };
  union._zod.run = run;
  return union;
}

/** Whether an object has a key, even if misspelt. A key without a value, or with `false`, does not count. */
function hasKey(object: Readonly<Record<string, unknown>>, key: string): boolean {
  return Object.entries(object).some(
    ([name, value]) => value !== undefined && value !== false && closest(name, [key]) !== undefined,
  );
}

/**
 * A text of a pattern.
 *
 * @param noun What it is, such as `duration`.
 * @param form How to write it.
 */
export function text<Text extends string = string>(pattern: RegExp, noun: string, form: string): z.ZodType<Text, Text> {
  const { error } = allowed(noun, form);
  return z
    .string({
      error: (issue) => {
        const { input } = issue;
        const isUnquoted = typeof input === "number" || typeof input === "boolean";
        return isUnquoted && pattern.test(String(input))
          ? `${quote(input, issue.path)} is a ${typeof input}; write it in quotes`
          : error(issue);
      },
    })
    .regex(pattern, { error, abort: true })
    .meta({ title: noun }) as unknown as z.ZodType<Text, Text>;
}

/** Any text that is not blank. @param example One such text, for messages. */
export function name(example: string): z.ZodType<string, string> {
  return text(/\S/, "text", `a text such as ${JSON.stringify(example)}`);
}

/** One of a few texts. */
export function choice<const Value extends string>(...values: readonly [Value, ...Value[]]) {
  return z.enum(values, allowedValues(values));
}

/** One value, and no other. */
export function only<const Value extends string | true>(value: Value) {
  return z.literal(value, allowedValues([value]));
}

/** True or false. */
export const boolean = z.boolean(allowed("boolean", "true or false, without quotes"));

/** A whole number. @param noun What it counts. */
export function whole(noun: string, minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  const most = maximum === Number.MAX_SAFE_INTEGER ? "" : ` to ${maximum}`;
  const message = { ...wholeNumber(noun, `a whole number from ${minimum}${most}`), abort: true };
  return z.int(message).min(minimum, message).max(maximum, message);
}

/** A whole number that a construct checks further. @param form Which numbers there are, such as `3, 5 or 7`. */
export function count(form: string) {
  return z.int({ ...wholeNumber("number", form), abort: true });
}

function wholeNumber(noun: string, form: string): ReturnType<typeof allowed> {
  const { error } = allowed(noun, form);
  return {
    error: (issue) =>
      typeof issue.input === "string" && /^\d+$/.test(issue.input)
        ? `${quote(issue.input, issue.path)} is a text; write it without quotes`
        : error(issue),
  };
}

/** A list. @param example One entry as the file writes it, for messages. */
export function list<Item extends z.ZodType>(item: Item, example = "...") {
  return z.array(item, allowed("list", `entries in brackets: [${example}]`)).readonly();
}

/** A list without duplicates. */
export function distinct<Item extends z.ZodType<string | number>>(item: Item, example?: string) {
  return list(item, example).superRefine((items, context) => {
    items.forEach((value, index) => {
      if (items.indexOf(value) === index) return;
      context.addIssue({
        code: "custom",
        path: [index],
        message: `${JSON.stringify(value)} is a duplicate; remove it`,
      });
    });
  });
}

/** A list in which each entry has its own name. */
export function uniquelyNamed<Item extends z.ZodType<{ readonly name: string }>>(item: Item) {
  return list(item, '{ name: "...", ... }').superRefine((items, context) => {
    const names = items.map((each) => each.name);
    names.forEach((value, index) => {
      if (names.indexOf(value) === index) return;
      const message = `"${value}" is used twice; choose another name`;
      context.addIssue({ code: "custom", path: [index, "name"], message });
    });
  });
}

/** Values by their keys. The schema of the key has the words for a wrong key. */
export function map<Value extends z.ZodType>(key: z.ZodType<string, string>, value: Value) {
  const message = allowed("object", "keys and values in braces: { key: value }");
  return z
    .record(key, value, { error: (issue) => (issue.code === "invalid_key" ? undefined : message.error(issue)) })
    .readonly();
}

/** A value whose structure a construct or another program checks. */
export function anything<Value = unknown>(): z.ZodType<Value, Value> {
  return z.unknown() as unknown as z.ZodType<Value, Value>;
}
