import { domainToASCII } from "node:url";
import { ValidationError } from "./errors";

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** The first label of a pattern. */
const LABEL_PATTERN = /^[a-z0-9*]([a-z0-9*-]{0,61}[a-z0-9*])?$/;
const LONGEST_NAME = 253;

/** Whether a name is one of the domains, or below one of them. */
export function isWithin(name: string, domains: readonly string[]): boolean {
  return domains.some((domain) => `.${name}`.toLowerCase().endsWith(`.${domain}`.toLowerCase()));
}

/**
 * A domain name as certificates contain it: in lower case, an internationalized name in its ASCII form.
 *
 * @throws ValidationError if it is not a domain name.
 */
export function parseDomain(text: string): string {
  const name = toAscii(text);
  if (!isName(name, LABEL)) throw invalid(text, 'write a domain name, such as "customer10.internal"');
  return name;
}

/** Names in one order and without repetition, because their order in a file means nothing. */
export function inOneOrder(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

/** Like {@link parseDomain}; `*` in the first label stands for any characters, so `*.example.com` is each name below it. */
export function parseDomainPattern(text: string): string {
  const name = toAscii(text);
  if (!isName(name, LABEL_PATTERN))
    throw invalid(
      text,
      'write a domain name, or a pattern with * before its first dot, such as "*.customer10.internal"',
    );
  return name;
}

/** Whether a domain has a `*`. */
export function isPattern(domain: string): boolean {
  return domain.includes("*");
}

/** Empty if it has no ASCII form. Some of its input is a URL's own syntax, which is not part of a name. */
function toAscii(text: string): string {
  return /[\s/:@%?#[\]\\]/.test(text) ? "" : domainToASCII(text);
}

function isName(name: string, firstLabel: RegExp): boolean {
  const [first = "", ...others] = name.split(".");
  const last = others.at(-1) ?? first;
  // A pattern without a dot matches any name, and a numeric last label makes an IP address.
  const isDomain = !/^\d+$/.test(last) && !(isPattern(first) && others.length === 0);
  return name.length <= LONGEST_NAME && isDomain && firstLabel.test(first) && others.every((each) => LABEL.test(each));
}

function invalid(text: string, fix: string): ValidationError {
  return new ValidationError("domain", `${JSON.stringify(text)} is not a valid domain; ${fix}.`);
}
