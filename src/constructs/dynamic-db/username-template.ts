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

/** Templates of the engines themselves. */
const OWN: Readonly<Partial<Record<DatabaseServer["engine"], string>>> = {
  postgresql: ownTemplate("-", 8, "truncate 63"),
  mysql: ownTemplate("-", 10, "truncate 32"),
  mariadb: ownTemplate("-", 10, "truncate 32"),
  mssql: ownTemplate("-", 20, "truncate 128"),
  cassandra: ownTemplate("_", 15, 'truncate 100 | replace "-" "_" | lowercase'),
  influxdb: ownTemplate("_", 15, 'truncate 100 | replace "-" "_" | lowercase'),
};

function ownTemplate(between: string, part: number, filter: string): string {
  const format = ["v", "%s", "%s", "%s", "%s"].join(between);
  return `{{printf "${format}" (.DisplayName | truncate ${part}) (.RoleName | truncate ${part}) (random 20) (unix_time) | ${filter}}}`;
}

/** What ends a name in a statement, or the statement, and what the engine itself fills in. */
const UNSAFE = ["'", '"', "`", "\\", ";", "$", "[", "]", "{", "}"];

/**
 * The template, or that of the engine, without what a client could say in a name. The display name of a token is what its login says of
 * the client, such as a claim, and the engine puts the name into statements as it is.
 */
export function safeTemplate(engine: DatabaseServer["engine"], template = OWN[engine]): string | undefined {
  const filters = UNSAFE.map((each) => ` | replace ${JSON.stringify(each)} ""`).join("");
  return template?.replaceAll(/\$?\.DisplayName\b/g, (field) => `(${field}${filters})`);
}
