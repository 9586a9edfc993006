/** A value in a server's configuration. */
export type HclValue = string | number | boolean | readonly HclValue[] | { readonly [key: string]: HclValue };

/** Renders `key = value` for each entry. Entries without a value are omitted. */
export function attributes(values: Readonly<Record<string, HclValue | undefined>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : `${key} = ${render(value)}`));
}

/** Renders a block, such as `seal "transit" { ... }`. */
export function block(header: string, lines: readonly string[]): string {
  if (lines.length === 0) return `${header} {}`;
  return `${header} {\n${indent(lines.join("\n"))}\n}`;
}

/** Content of a block: values and nested blocks. */
export interface Stanza {
  readonly [name: string]: string | number | boolean | undefined | Stanza;
}

/** Renders a block with values and nested blocks. */
export function stanza(header: string, content: Stanza): string {
  return block(
    header,
    Object.entries(content).flatMap(([name, value]) =>
      typeof value === "object" ? stanza(name, value) : attributes({ [name]: value }),
    ),
  );
}

function render(value: HclValue): string {
  if (Array.isArray(value)) return `[${value.map((each: HclValue) => render(each)).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)} = ${render(each)}`);
  return entries.length === 0 ? "{}" : `{\n${indent(entries.join("\n"))}\n}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
