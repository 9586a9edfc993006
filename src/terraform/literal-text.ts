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

/** An escaped value as an argument of cdktf's functions, which escape `${` themselves. */
export function asFunctionArgument<Value>(value: Value): Value {
  return mapTexts(value, (text) => text.replaceAll("$${", "${")) as Value;
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
