/** Characters that passwords contain. */
export interface PasswordRule {
  /**
   * The characters, each once: letters, digits and punctuation, without quotes, backslashes, braces and spaces.
   *
   * @changes in place: for passwords that are generated afterwards
   */
  readonly charset: string;
  /**
   * How many of them a password contains at least.
   *
   * @default 1
   * @changes in place: for passwords that are generated afterwards
   */
  readonly minChars?: number;
}

/** Strength of the weakest password that is accepted, the logarithm of the number of possible passwords. */
const LEAST_BITS = 80;

/** Characters that mean nothing else within the quotes of a statement or of a configuration. */
const CHARSET = /^[A-Za-z0-9!#$%&()*+,\-./:;<=>?@[\]^_|~]+$/;

/** Why there is no such password, a statement cannot contain it, or somebody could guess it. A sentence without its full stop. */
export function passwordRulesProblem(length: number, rules: readonly PasswordRule[]): string | undefined {
  for (const { charset, minChars = 1 } of rules) {
    if (!CHARSET.test(charset))
      return `The charset ${JSON.stringify(charset)} is not possible; write letters, digits and punctuation without quotes, backslashes, braces and spaces`;
    if (!Number.isInteger(minChars) || minChars < 0)
      return `minChars ${minChars} of "${charset}" is not possible; write a whole number`;
  }
  const required = rules.reduce((sum, { minChars = 1 }) => sum + minChars, 0);
  if (required > length) return `The rules require ${required} characters; write a length of at least ${required}`;
  const alphabet = charactersOf(rules).length;
  if (length * Math.log2(Math.max(1, alphabet)) < LEAST_BITS)
    return `A password of ${length} characters out of ${alphabet} can be guessed; write a greater length, or more characters`;
  return undefined;
}

/** All characters of the rules, each once. */
export function charactersOf(rules: readonly PasswordRule[]): readonly string[] {
  return [...new Set(rules.flatMap(({ charset }) => Array.from(charset)))];
}
