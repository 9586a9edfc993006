import type { z } from "zod";
import { closest } from "../core/closest";
import { isSecretName, looksLikeSecret } from "../terraform/secret-guard";

type Issue = z.core.$ZodRawIssue;

/**
 * Zod's `error` option for a field, so that every mistake in it gets the same words.
 *
 * @param noun What the value is, such as `duration`.
 * @param form How to write it, such as `a whole number and a unit (s, m, h, d), such as "72h"`.
 */
export function allowed(noun: string, form: string): { readonly error: (issue: Issue) => string } {
  return {
    error: ({ input, path }) => absence(input, form) ?? `${quote(input, path)} is not a valid ${noun}; write ${form}`,
  };
}

/** Zod's `error` option for a field that takes a few values. */
export function allowedValues(values: readonly (string | boolean)[]): { readonly error: (issue: Issue) => string } {
  const form = oneOf(values.map((value) => JSON.stringify(value)));
  const texts = values.filter((value) => typeof value === "string");
  return {
    error: ({ input, path }) => {
      const meant = typeof input === "string" ? closest(input, texts) : undefined;
      const fix = meant === undefined ? `write ${form}` : `did you mean ${JSON.stringify(meant)}? Allowed: ${form}`;
      return absence(input, form) ?? `${quote(input, path)} is not allowed; ${fix}`;
    },
  };
}

/** How the message about a missing field begins. */
export const MISSING = "is missing";

/** The message about a field that has no value; undefined if it has one. */
export function absence(input: unknown, form: string): string | undefined {
  if (input === undefined) return `${MISSING}; add ${form}`;
  if (input === null) return `is empty; add ${form}, or remove the field`;
  return undefined;
}

/** `a`, `a or b`, `a, b or c`. */
export function oneOf(choices: readonly string[]): string {
  return choices.length < 2 ? (choices[0] ?? "none") : `${choices.slice(0, -1).join(", ")} or ${choices.at(-1) ?? ""}`;
}

const LONGEST_QUOTE = 60;

/** A value as a message shows it: short, and never a secret. */
export function quote(value: unknown, path: readonly PropertyKey[] = []): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null)
    return value.constructor === Object ? "an object" : "a class instance";
  if (couldBeSecret(String(value), path)) return HIDDEN;
  if (typeof value !== "string") return String(value);
  const text = JSON.stringify(value);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE - 4)}..."` : text;
}

const HIDDEN = "the value (hidden, because it may be a secret)";

/** By the name of its field, or by the looks of the text. */
function couldBeSecret(text: string, path: readonly PropertyKey[]): boolean {
  const field = path.findLast((part) => !/^\d+$/.test(String(part)));
  return looksLikeSecret(text) || (typeof field === "string" && isSecretField(field));
}

/** Names in a tenant file are in camel case, those of Terraform's arguments in snake case. */
function isSecretField(name: string): boolean {
  return isSecretName(name.replace(/([a-z0-9])([A-Z])/g, "$1_$2")) || /^(pin|pass)$/i.test(name);
}

/** Shorter texts occur in messages by chance. */
const SHORTEST_SECRET = 6;

/** Takes every text out of a message that could be a secret of the file. */
export function withoutSecrets(message: string, file: unknown): string {
  return secretsIn(file, []).reduce((text, secret) => text.replaceAll(secret, "(hidden)"), message);
}

function secretsIn(value: unknown, path: readonly string[]): string[] {
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([name, child]) => secretsIn(child, [...path, name]));
  return typeof value === "string" && value.length >= SHORTEST_SECRET && couldBeSecret(value, path) ? [value] : [];
}
