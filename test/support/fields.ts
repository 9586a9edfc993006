import ts from "typescript";
import { PROJECT, type CheckedSource } from "./checker";

/** Finds the properties of types, and of the types of these properties, by their declarations. */
export class FieldWalk {
  /** Name of each found property, by its declaration. */
  readonly found = new Map<ts.Declaration, string>();
  private readonly seen = new Set<ts.Type>();

  constructor(
    private readonly checked: CheckedSource,
    /** Names of properties whose types are not entered. */
    private readonly closed: ReadonlySet<string> = new Set(),
  ) {}

  /** Visits a type. Classes and types of other packages are skipped. */
  visit(type: ts.Type): void {
    if (this.seen.has(type)) return;
    this.seen.add(type);
    const { checker } = this.checked;
    if (type.isUnion()) type.types.forEach((each) => this.visit(each));
    for (const { type: value } of checker.getIndexInfosOfType(type)) this.visit(value);
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) || type.isClass()) return;
    for (const property of checker.getPropertiesOfType(type)) {
      for (const declaration of property.declarations ?? []) this.visitProperty(property, declaration);
    }
  }

  private visitProperty(property: ts.Symbol, declaration: ts.Declaration): void {
    if (!ts.isPropertySignature(declaration) || !isOurs(declaration)) return;
    const name = propertyName(declaration);
    this.found.set(declaration, name);
    if (!this.closed.has(name)) this.visit(this.checked.checker.getTypeOfSymbol(property));
  }
}

/** Returns the name of a property with its interface or type, such as `PkiRoleProps.maxTtl`. */
function propertyName(declaration: ts.PropertySignature): string {
  const { parent } = declaration;
  const own = declaration.name.getText();
  if (ts.isInterfaceDeclaration(parent)) return `${parent.name.text}.${own}`;
  const owner = ts.findAncestor(parent, (node) => ts.isPropertySignature(node) || ts.isTypeAliasDeclaration(node));
  if (owner === undefined) return own;
  return ts.isPropertySignature(owner) ? `${propertyName(owner)}.${own}` : `${owner.name.text}.${own}`;
}

function isOurs(declaration: ts.Declaration): boolean {
  return declaration.getSourceFile().fileName.startsWith(`${PROJECT}/src/`);
}

/** Returns the types that a source file exports, by name. */
export function exportedTypes({ program, checker }: CheckedSource, path: string): Map<string, ts.Type> {
  const source = program.getSourceFile(`${PROJECT}/${path}`);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${path} is not a module of the program.`);
  return new Map(
    checker.getExportsOfModule(module).map((symbol) => {
      const original = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return [symbol.name, checker.getDeclaredTypeOfSymbol(original)];
    }),
  );
}
