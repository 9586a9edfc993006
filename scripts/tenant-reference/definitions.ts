import type { Schema } from "./schema";

/** Length from which on a repeated schema becomes a definition. */
const SHORTEST = 150;

/** Moves repeated schemas into `$defs`. The file stays small, and a changed field is one change. */
export function withDefinitions(schema: Schema): Schema {
  const names = repeatedStructures(schema);
  const definitions: Record<string, Schema> = {};
  const replace = (part: Schema, isRoot = false): Schema => {
    const { description, ...structure } = part;
    const name = isRoot ? undefined : names.get(JSON.stringify(structure));
    if (name === undefined) return mapParts(part, (child) => replace(child));
    definitions[name] ??= mapParts(structure, (child) => replace(child));
    return { $ref: `#/$defs/${name}`, ...(description === undefined ? {} : { description }) };
  };
  const { $defs = {}, ...rest } = schema;
  const replaced = replace(rest, true);
  for (const [name, definition] of Object.entries($defs)) definitions[name] = replace(definition, true);
  return { ...replaced, $defs: definitions };
}

/** Names the repeated structures by their title, or by the field in which they first occur. */
function repeatedStructures(schema: Schema): Map<string, string> {
  const first = new Map<string, string>();
  const names = new Map<string, string>();
  const visit = (part: Schema, field: string): void => {
    const { description: _description, ...structure } = part;
    const text = JSON.stringify(structure);
    const known = first.get(text);
    if (known === undefined) {
      first.set(text, part.title === undefined ? field : camelCase(part.title));
      mapParts(part, (child, name) => {
        visit(child, name ?? field);
        return child;
      });
    } else if (text.length >= SHORTEST && !names.has(text)) {
      names.set(text, unusedName(known, [...names.values()]));
    }
  };
  visit(schema, "tenant");
  return names;
}

function camelCase(title: string): string {
  const [first = "", ...rest] = title.toLowerCase().split(" ");
  return first + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function unusedName(name: string, used: readonly string[]): string {
  const candidates = [name, ...Array.from({ length: used.length + 1 }, (_, index) => `${name}${index + 2}`)];
  return candidates.find((candidate) => !used.includes(candidate)) ?? name;
}

/** Copies a schema and replaces its parts. `replace` receives the name of the field, if the part is one. */
function mapParts(schema: Schema, replace: (part: Schema, name?: string) => Schema): Schema {
  const { properties, items, additionalProperties, anyOf, oneOf, $defs } = schema;
  const entries = (parts: Record<string, Schema>): Record<string, Schema> =>
    Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, replace(part, name)]));
  return {
    ...schema,
    ...(properties === undefined ? {} : { properties: entries(properties) }),
    ...(items === undefined ? {} : { items: replace(items) }),
    ...(typeof additionalProperties === "object" ? { additionalProperties: replace(additionalProperties) } : {}),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map((part) => replace(part)) }),
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map((part) => replace(part)) }),
    ...($defs === undefined ? {} : { $defs: entries($defs) }),
  };
}
