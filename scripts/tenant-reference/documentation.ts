import ts from "typescript";
import { checkedProject } from "../../test/support/checker";
import { exportedTypes } from "../../test/support/fields";
import { optionsOf, type Schema } from "./schema";

/** Text before the default in a description. */
export const DEFAULT = "\n\nDefault: ";

/** Adds the documentation of the type of a file to its JSON Schema. @throws Error if a field has none. */
export function addDocumentation(schema: Schema, source: string, name: string): Schema {
  const project = checkedProject();
  const spec = exportedTypes(project, source).get(name);
  if (spec === undefined) throw new Error(`${source} exports no ${name}.`);
  new Documentation(project.checker, schema.$defs ?? {}).describe(schema, spec, "");
  return schema;
}

class Documentation {
  private readonly described = new Set<Schema>();

  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly definitions: Readonly<Record<string, Schema>>,
  ) {}

  /** @param path Path of the field, for errors. */
  describe(schema: Schema, type: ts.Type, path: string): void {
    const referred = schema.$ref === undefined ? schema : this.definition(schema.$ref);
    if (this.described.has(referred)) return;
    this.described.add(referred);
    const types = type.isUnion() ? type.types : [type];
    for (const option of optionsOf(referred)) this.describeOption(option, types, path);
  }

  private describeOption(schema: Schema, types: readonly ts.Type[], path: string): void {
    if (schema.properties !== undefined) this.describeObject(schema, schema.properties, types, path);
    for (const type of types) {
      const element = this.checker.getIndexTypeOfType(type, ts.IndexKind.Number);
      if (schema.items !== undefined && element !== undefined) this.describe(schema.items, element, `${path}[]`);
    }
  }

  private describeObject(
    schema: Schema,
    properties: Readonly<Record<string, Schema>>,
    types: readonly ts.Type[],
    path: string,
  ): void {
    const type = types.find((option) => this.isTypeOf(properties, option));
    if (type === undefined)
      throw new Error(`No type has the fields ${Object.keys(properties).join(", ")} of "${path}".`);
    const about = type.aliasSymbol ?? type.getSymbol();
    const summary = about && this.textOf(about);
    if (summary !== undefined && summary !== "") schema.description = summary;
    for (const [name, property] of Object.entries(properties)) {
      const symbol = this.checker.getPropertyOfType(type, name);
      if (symbol === undefined) continue;
      const field = path === "" ? name : `${path}.${name}`;
      this.describe(property, this.checker.getNonNullableType(this.checker.getTypeOfSymbol(symbol)), field);
      const text = this.textOf(symbol);
      // A field with one possible value says which object it is; the documentation of the object is enough.
      if (text === "" && property.const === undefined) throw new Error(`The field ${field} has no documentation.`);
      if (text !== "") property.description = text + this.defaultOf(symbol);
    }
  }

  /** Whether a type has these fields and no others, and the same constants. */
  private isTypeOf(properties: Readonly<Record<string, Schema>>, type: ts.Type): boolean {
    const symbols = this.checker.getPropertiesOfType(type);
    if (symbols.length !== Object.keys(properties).length) return false;
    return symbols.every((symbol) => {
      const schema = properties[symbol.name];
      const value = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(symbol));
      if (schema === undefined) return false;
      return typeof schema.const === "string" ? value.isStringLiteral() && value.value === schema.const : true;
    });
  }

  private textOf(symbol: ts.Symbol): string {
    return plain(ts.displayPartsToString(symbol.getDocumentationComment(this.checker)));
  }

  private defaultOf(symbol: ts.Symbol): string {
    const tag = symbol.getJsDocTags(this.checker).find(({ name }) => name === "default");
    if (tag === undefined) return "";
    return `${DEFAULT}${plain(ts.displayPartsToString(tag.text)).replace(/^- /, "")}`;
  }

  private definition(reference: string): Schema {
    const definition = this.definitions[reference.replace("#/$defs/", "")];
    if (definition === undefined) throw new Error(`The schema has no ${reference}.`);
    return definition;
  }
}

/** Documentation as one paragraph; links become names. */
function plain(text: string): string {
  return text
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .replace(/\s+/g, " ")
    .trim();
}
