import { Fn } from "cdktf";

/** How expressions and directives begin, in every text and key of the JSON that Terraform reads. */
const EXPRESSION_START = /[$%]\{/;

/** Whether Terraform would read an expression in any text or key of a value. */
export function hasExpressions(value: unknown): boolean {
  if (typeof value === "string") return EXPRESSION_START.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some((entry) => entry.some(hasExpressions));
}

/** The value whose texts and keys Terraform reads as they are. Instances of classes stay as they are. */
export function escapeExpressions<Value>(value: Value): Value {
  return mapTexts(value, (text) => text.replaceAll(/([$%])\{/g, "$1$1{")) as Value;
}

/** An escaped text as it was written, for what encodes it before Terraform reads it. */
export function unescapeExpressions(text: string): string {
  return text.replaceAll(/([$%])\1\{/g, "$1{");
}

/** A value as JSON, made by Terraform: its texts may contain expressions as tokens of cdktf. */
export function jsonencode(value: unknown): string {
  return Fn.jsonencode(asFunctionArgument(value));
}

/** A value as YAML, made by Terraform: its texts may contain expressions as tokens of cdktf. */
export function yamlencode(value: unknown): string {
  return Fn.yamlencode(asFunctionArgument(value));
}

/**
 * A value as an argument of cdktf's functions, which put texts and keys between quotes as they are: a quote would end the text, and the rest
 * would be an expression. An escaped `${` is written so that cdktf, which would escape it again, does not see it.
 */
export function asFunctionArgument<Value>(value: Value): Value {
  return mapTexts(value, (text) =>
    text
      .replaceAll(/["\\]/g, String.raw`\$&`)
      .replaceAll("\n", String.raw`\n`)
      .replaceAll("\r", String.raw`\r`)
      .replaceAll(/([$%])\1\{/g, String.raw`$1\u007b`),
  ) as Value;
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((each: unknown) => mapTexts(each, change));
  if (typeof value !== "object" || value === null || !isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [change(key), mapTexts(child, change)]));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
