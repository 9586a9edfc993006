import { randomInt } from "node:crypto";
import { charactersOf, type PasswordRule } from "./password-rules";

/** Kinds of characters, of which a password has each. They need no quotes in a shell, a URL or a connection string. */
const KINDS = ["ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"] as const;
const CHARACTERS = KINDS.join("");

/**
 * A random password of letters and digits, about 5.95 bits per character. Candidates without one of the kinds are thrown away, so all
 * others are equally likely.
 *
 * @param length At least 3.
 */
export function generatePassword(length: number): string {
  for (;;) {
    const password = Array.from({ length }, () => CHARACTERS.charAt(randomInt(CHARACTERS.length)));
    if (KINDS.every((kind) => password.some((character) => kind.includes(character)))) return password.join("");
  }
}

/**
 * A random password of the characters of all rules, with as many of each as it requires.
 *
 * @param length At least the sum of what the rules require.
 */
export function generateByRules(length: number, rules: readonly PasswordRule[]): string {
  const required = rules.flatMap(({ charset, minChars = 1 }) => pick(minChars, Array.from(charset)));
  const password = [...required, ...pick(length - required.length, charactersOf(rules))];
  // The required ones are anywhere.
  for (let end = password.length - 1; end > 0; end--) {
    const other = randomInt(end + 1);
    [password[end], password[other]] = [password[other] ?? "", password[end] ?? ""];
  }
  return password.join("");
}

function pick(count: number, characters: readonly string[]): string[] {
  return Array.from({ length: count }, () => characters[randomInt(characters.length)] ?? "");
}
