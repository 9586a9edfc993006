import { randomInt } from "node:crypto";

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
