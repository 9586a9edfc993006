import type { DatabaseServer } from "../../contract/guide";
import { ValidationError } from "../../core/errors";
import type { DatabaseConnectionProps } from "./database-props";

/** The longest name of a login. PostgreSQL cuts off a longer one, the others refuse it. */
const LONGEST: Readonly<Partial<Record<DatabaseServer["engine"], number>>> = {
  postgresql: 63,
  mysql: 32,
  mariadb: 80,
};

/** @throws ValidationError if every name that a template makes is longer than the database allows. */
export function checkUsernameTemplate({
  engine,
  usernameTemplate = "",
}: Pick<DatabaseServer, "engine"> & Pick<DatabaseConnectionProps, "usernameTemplate">): void {
  const [length, limit] = [shortestName(usernameTemplate), LONGEST[engine]];
  if (limit === undefined || length <= limit) return;
  throw new ValidationError(
    "username-template",
    `Each name of the usernameTemplate ${JSON.stringify(usernameTemplate)} has ${length} characters or more, but ${engine} has names of up to ${limit}; shorten it, such as with "| truncate ${limit}".`,
  );
}

/** The fewest characters of a name: those that the template itself has, and random ones. Others are not known before a login. */
export function shortestName(template: string): number {
  const parts = template.split(/\{\{-?\s*([^]*?)\s*-?\}\}/);
  const lengths = parts.map((part, index) => (index % 2 === 0 ? part.length : shortestOutput(part)));
  return lengths.reduce((sum, length) => sum + length, 0);
}

/** The fewest characters of an action, such as `printf "app-%s" (random 20)`. */
function shortestOutput(action: string): number {
  const [name, first = "", ...rest] = action.match(/"[^"]*"|\([^()]*(?:\([^()]*\)[^()]*)*\)|[^\s()"]+/g) ?? [];
  // A filter may shorten it.
  if (first === "|" || rest.includes("|")) return 0;
  if (name === "random") return Number(first) || 0;
  if (name !== "printf") return 0;
  const random = rest.map((each) => Number(/^\(\s*random\s+(\d+)\s*\)$/.exec(each)?.[1] ?? 0));
  // A verb such as %.5s shortens what it prints.
  const printed = /%[^s]/.test(first) ? [] : random;
  const literal = first.slice(1, -1).replaceAll(/%[^a-z]*[a-z]/gi, "");
  return printed.reduce((sum, length) => sum + length, literal.length);
}
