import ts from "typescript";

/** A command that removes something from a cluster or a cloud. */
export interface Deletion {
  /** The command, as it is written. */
  readonly text: string;
  /** What it removes, or the namespace in which it does; undefined if the source does not say it. */
  readonly targets: readonly (string | undefined)[];
}

/** Words by which kubectl, helm and the clients of OpenStack remove things. */
const VERBS = ["delete", "uninstall", "destroy", "drain", "purge"];

/** A target that the test itself made. */
export const OWN = "own";

/** A function that replaces the names in a manifest by the test's own before it calls what it is given. */
const OWN_MANIFEST = "withOwnManifest";

/** The commands in a source that remove something, in calls of `kubectl(...)` and in lists of arguments. */
export function deletionsOf(file: string, text: string): Deletion[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Deletion[] = [];
  const visit = (node: ts.Node): void => {
    const args = ts.isCallExpression(node) ? node.arguments : ts.isArrayLiteralExpression(node) ? node.elements : [];
    if (args.some((each) => ts.isStringLiteral(each) && VERBS.includes(each.text)) && !isTable(node))
      found.push({ text: node.getText(), targets: targetsOf(args, node, source) });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Whether it is a row of what somebody may do, which begins with who. */
function isTable(node: ts.Node): boolean {
  if (!ts.isArrayLiteralExpression(node)) return false;
  const last = node.elements.at(-1);
  return last?.kind === ts.SyntaxKind.FalseKeyword || last?.kind === ts.SyntaxKind.TrueKeyword;
}

function targetsOf(args: readonly ts.Node[], node: ts.Node, source: ts.SourceFile): (string | undefined)[] {
  const after = (...flags: readonly string[]): ts.Node | undefined =>
    args[args.findIndex((each) => ts.isStringLiteral(each) && flags.includes(each.text)) + 1 || args.length];
  const namespace = after("-n", "--namespace");
  if (namespace !== undefined) return [valueOf(namespace, source)];
  if (after("-f") !== undefined) return [ts.findAncestor(node, callsOwnManifest) === undefined ? undefined : OWN];
  const label = after("-l");
  if (label !== undefined) return [valueOf(label, source)?.split("=")[1]];
  const verb = args.findIndex((each) => ts.isStringLiteral(each) && VERBS.includes(each.text));
  // Only kubectl names the kind after the verb.
  const kinds = verb === 0 && (args[0] as ts.StringLiteral).text === "delete" ? 1 : 0;
  const names = args.slice(verb + 1 + kinds).filter((each) => !ts.isStringLiteral(each) || !each.text.startsWith("-"));
  return names.length === 0 ? [undefined] : names.map((each) => valueOf(each, source));
}

function callsOwnManifest(node: ts.Node): boolean {
  return ts.isCallExpression(node) && node.expression.getText() === OWN_MANIFEST;
}

/** The text of an expression: of a literal, or of a constant or a static property of the same source. */
function valueOf(node: ts.Node, source: ts.SourceFile): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    const parts = node.templateSpans.map(({ expression, literal }) => [valueOf(expression, source), literal.text]);
    return parts.some(([value]) => value === undefined) ? undefined : [node.head.text, ...parts.flat()].join("");
  }
  // Its maker gave it the name.
  if (ts.isPropertyAccessExpression(node) && node.expression.kind === ts.SyntaxKind.ThisKeyword) return OWN;
  const name = ts.isPropertyAccessExpression(node) ? node.name.text : node.getText();
  let value: string | undefined;
  const visit = (each: ts.Node): void => {
    const declares =
      (ts.isVariableDeclaration(each) && ts.isVariableDeclarationList(each.parent) && isConstant(each.parent)) ||
      (ts.isPropertyDeclaration(each) && isStatic(each));
    if (declares && each.name.getText() === name && each.initializer !== undefined)
      value = valueOf(each.initializer, source);
    ts.forEachChild(each, visit);
  };
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) visit(source);
  return value;
}

function isConstant(list: ts.VariableDeclarationList): boolean {
  return (list.flags & ts.NodeFlags.Const) !== 0 && ts.isSourceFile(list.parent.parent);
}

function isStatic(property: ts.PropertyDeclaration): boolean {
  return property.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false;
}
