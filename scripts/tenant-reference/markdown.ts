import { DEFAULT } from "./documentation";
import { optionsOf, type Schema } from "./schema";

/** Renders the fields of a tenant file: one section per object, in the order of the file. */
export function renderFields(schema: Schema): string {
  return new Reference(schema.$defs ?? {}).render(schema);
}

/** A field of an object, with the kinds of the object that have it. */
interface Row {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
  readonly kinds: string[];
}

/** Context of a table. */
interface TableContext {
  readonly path: string;
  /** Names of all fields of the section, with repetitions. */
  readonly names: readonly string[];
  readonly discriminator: string | undefined;
  /** Kinds of all options. */
  readonly all: readonly string[];
}

class Reference {
  private readonly sections: string[] = [];
  private readonly shared: string[] = [];
  /** Headings of objects that have a section, by their schema. */
  private readonly headings = new Map<string, string>();

  constructor(private readonly definitions: Readonly<Record<string, Schema>>) {}

  render(schema: Schema): string {
    this.addSection("The file", "", schema);
    return [...this.sections, ...this.shared].join("\n");
  }

  private addSection(heading: string, path: string, schema: Schema): void {
    const isShared = schema.title !== undefined && path !== "";
    const list = isShared ? this.shared : this.sections;
    // The place of a section is before the sections of its own fields.
    const place = list.push("") - 1;
    const options = optionsOf(schema);
    const discriminator = discriminatorOf(options);
    const tables =
      discriminator === undefined
        ? options.map((option) => mergedRows([option]))
        : [mergedRows(options, discriminator)];
    const names = tables.flat().map(({ name }) => name);
    const texts = tables.map((rows, index) => {
      const summary = tables.length === 1 ? undefined : options[index]?.description;
      const all = options.map((option) => kindOf(option, discriminator));
      const table = this.table(rows, { path, names, discriminator, all });
      return summary === undefined ? table : `${summary}\n\n${table}`;
    });
    const kinds = discriminator === undefined ? "" : kindList(options, discriminator);
    list[place] = `## ${heading}\n\n${kinds}${texts.join("\nOr:\n\n")}`;
  }

  private table(rows: readonly Row[], { path, names, discriminator, all }: TableContext): string {
    const header = discriminator === undefined ? [] : [discriminator];
    const lines = rows.map(({ name, schema, required, kinds }) => {
      const [text = "", standard = ""] = (schema.description ?? "").split(DEFAULT);
      const kind = kindsText(kinds, all);
      const field = path === "" ? name : `${path}.${name}`;
      // Two options may have different fields of one name.
      const isAmbiguous = names.indexOf(name) !== names.lastIndexOf(name);
      return [
        `\`${name}\``,
        ...(discriminator === undefined ? [] : [kind]),
        this.value(schema, field, isAmbiguous ? ` of ${kind}` : ""),
        required ? "required" : standard,
        text,
      ];
    });
    return tableOf(["Field", ...header, "Value", "Default", "Description"], lines);
  }

  /**
   * Describes the values of a field. An object gets its own section, unless an equal object already has one.
   *
   * @param suffix End of the heading, for a field whose path is not unique.
   */
  private value(schema: Schema, path: string, suffix = ""): string {
    if (schema.$ref !== undefined) {
      const name = schema.$ref.replace("#/$defs/", "");
      const definition = this.definitions[name];
      if (definition === undefined) throw new Error(`The schema has no ${schema.$ref}.`);
      return this.object(definition, path, suffix);
    }
    if (schema.enum !== undefined) return schema.enum.map((value) => code(value)).join(", ");
    if (schema.const !== undefined) return code(schema.const);
    if (schema.type === "array") return `list of ${this.value(schema.items ?? {}, `${path}[]`, suffix)}`;
    if (typeof schema.additionalProperties === "object")
      return `map of ${this.value(schema.additionalProperties, `${path}.*`, suffix)}`;
    if (schema.properties !== undefined || optionsOf(schema).length > 1) return this.object(schema, path, suffix);
    if (schema.type === "boolean") return "true or false";
    if (schema.type === "integer") return numbers(schema);
    return schema.title ?? (schema.type === "string" ? "text" : "any value");
  }

  private object(schema: Schema, path: string, suffix: string): string {
    const { description: _description, ...structure } = schema;
    const key = JSON.stringify(structure);
    const known = this.headings.get(key);
    const heading = known ?? capitalized(schema.title) ?? `\`${path}\`${suffix}`;
    if (known === undefined) {
      this.headings.set(key, heading);
      this.addSection(heading, path, schema);
    }
    return `[${schema.title ?? "object"}](#${anchor(heading)})`;
  }
}

/** Finds the field whose text distinguishes the options of a union. */
function discriminatorOf(options: readonly Schema[]): string | undefined {
  if (options.length < 2) return undefined;
  const [first] = options;
  return Object.keys(first?.properties ?? {}).find((name) =>
    options.every((option) => typeof option.properties?.[name]?.const === "string"),
  );
}

/** Merges the fields of all options. Equal fields of several options become one row. */
function mergedRows(options: readonly Schema[], discriminator?: string): Row[] {
  const rows: Row[] = [];
  for (const option of options) {
    const kind = kindOf(option, discriminator);
    for (const [name, schema] of Object.entries(option.properties ?? {})) {
      const required = option.required?.includes(name) === true;
      const same = rows.find(
        (row) =>
          row.name === name && (name === discriminator || (row.required === required && equal(row.schema, schema))),
      );
      if (same === undefined) rows.push({ name, schema, required, kinds: [kind] });
      else same.kinds.push(kind);
    }
  }
  return rows.map((row) => (row.name === discriminator ? { ...row, schema: { ...row.schema, enum: row.kinds } } : row));
}

/** Lists the kinds of an object with their descriptions. */
function kindList(options: readonly Schema[], discriminator: string): string {
  const lines = options.map((option) => `- \`${kindOf(option, discriminator)}\`: ${option.description ?? ""}\n`);
  return `${lines.join("")}\n`;
}

function kindsText(kinds: readonly string[], all: readonly string[]): string {
  const others = all.filter((kind) => !kinds.includes(kind));
  if (others.length === 0) return "all";
  if (others.length === 1 && kinds.length > 1) return `all but ${others.map(quoted).join("")}`;
  return kinds.map(quoted).join(", ");
}

function quoted(text: string): string {
  return `\`${text}\``;
}

/** Names an option by the text of the discriminator, or by its first field. */
function kindOf({ properties = {} }: Schema, discriminator: string | undefined): string {
  if (discriminator !== undefined) return textOf(properties[discriminator]?.const);
  const [first] = Object.entries(properties);
  if (first === undefined) return "";
  const [name, { const: value }] = first;
  return value === undefined ? name : `${name}: ${textOf(value)}`;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function capitalized(text: string | undefined): string | undefined {
  return text && text.charAt(0).toUpperCase() + text.slice(1);
}

function equal(a: Schema, b: Schema): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function numbers({ minimum, maximum }: Schema): string {
  const range = [minimum === undefined ? "" : ` from ${minimum}`, maximum === undefined ? "" : ` to ${maximum}`];
  return `whole number${range.join("")}`;
}

function code(value: unknown): string {
  return `\`${JSON.stringify(value)}\``;
}

/** Anchor of a heading, as on GitHub. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, "")
    .replaceAll(" ", "-");
}

function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("");
}
