import { z } from "zod";
import { parseCidr } from "../core/cidr";
import { closest } from "../core/closest";
import { DNS_LABEL } from "../core/dns-label";
import { Duration, type DurationText } from "../core/duration";
import { ValidationError } from "../core/errors";
import { PLAIN_PATH } from "../core/path";
import { SecretRef, type SecretLocation } from "../core/secret-ref";
import { Size, type SizeText } from "../core/size";
import { parseServerAddress } from "../terraform/server-address";
import { shape } from "./in-file";
import { absence, allowed, allowedValues, quote } from "./messages";

/** The message of the ValidationError that a check throws; undefined if it throws none. */
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
      context.addIssue({ code: "custom", message: error.message.replace(/\.$/, "") });
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

/** Whether an object has a key, rightly spelt or not. A key whose value is `false` says that it is the other object. */
function hasKey(object: Readonly<Record<string, unknown>>, key: string): boolean {
  return Object.entries(object).some(([name, value]) => value !== false && closest(name, [key]) !== undefined);
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
          ? `${String(input)} is a ${typeof input}; write "${String(input)}", in quotes`
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
        ? `${quote(issue.input)} is a text; write ${issue.input}, without quotes`
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

export const label = text(
  DNS_LABEL,
  "DNS label",
  "a name of up to 63 characters a-z, 0-9 and -, beginning and ending with a letter or digit",
);

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export const labelKey = text(
  /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
  "label key",
  'up to 63 letters, digits, -, _ and ., optionally after a domain and /, such as "example.com/pool"',
);

export const labelValue = text(
  /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/,
  "label value",
  "up to 63 letters, digits, -, _ and ., beginning and ending with a letter or digit",
);

/** Keys and values of any text, such as annotations. */
export const texts = map(name("example.com/team"), z.string(allowed("text", "a text in quotes")));

/** A path of a mount or secret, without slashes at its ends. */
export const path = text(
  PLAIN_PATH,
  "path",
  'names with single slashes between them, without a slash at either end and without + or *, such as "kv/team"',
);

export const address = validatedBy(
  z
    .string(allowed("address", 'https, host and port, such as "https://vault.example.com:8200"'))
    .meta({ title: "address" }),
  parseServerAddress,
);

export const duration = parsedBy(
  text<DurationText>(/^\d+[smhd]$/, "duration", 'a whole number and a unit (s, m, h, d), such as "72h"'),
  (value) => Duration.parse(value),
);

export const size = parsedBy(
  text<SizeText>(/^\d+(Gi|Ti)$/, "size", 'a whole number and Gi or Ti, such as "10Gi"'),
  (value) => Size.parse(value),
);

export const cidr = parsedBy(
  z
    .string(allowed("IPv4 network", 'an address and a prefix length, such as "20.0.0.0/24"'))
    .meta({ title: "IPv4 network" }),
  (value) => parseCidr(value).toString(),
);

export const cidrs = distinct(cidr, '"20.0.0.0/24"');

export const ipv4 = z.ipv4(allowed("IPv4 address", 'an address such as "20.0.0.10"')).meta({ title: "IPv4 address" });

export const port = whole("port", 1, 65_535);

const LOCATION = '{ mount: "...", path: "...", field: "..." }';

/** A secret by its location in the central Vault. Messages never show what stands in its place. */
export const secretRef = parsedBy(
  shape<SecretLocation>()(
    {
      mount: path,
      path,
      field: name("password"),
      revision: whole("revision", 1).optional(),
    },
    (input) =>
      absence(input, LOCATION) ?? `is not the location of a secret; write ${LOCATION}, never the secret itself`,
  ).meta({ title: "location of a secret" }),
  (location) => SecretRef.centralVault(location),
);

/** A URL with TLS; unlike an address it may have a path. */
export const httpsUrl = text(/^https:\/\/[^\s/@]+(\/\S*)?$/, "URL", 'an https URL, such as "https://kms.example.com"');
