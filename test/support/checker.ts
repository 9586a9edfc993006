import { dirname, join, resolve } from "node:path";
import ts from "typescript";

/** The project's root. */
export const PROJECT = resolve(__dirname, "..", "..");

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts"],
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  types: ["node"],
  declaration: true,
};

/** A source file in memory, and the program that checks it. */
export interface CheckedSource {
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  readonly source: ts.SourceFile;
}

/** The compiler's access to files. */
const disk = ts.createCompilerHost(OPTIONS);

/** Files that were parsed. They are the same in every program. */
const parsed = new Map<string, ts.SourceFile | undefined>();

function parse(...[name, ...rest]: Parameters<ts.CompilerHost["getSourceFile"]>): ts.SourceFile | undefined {
  const file = parsed.get(name) ?? disk.getSourceFile(name, ...rest);
  parsed.set(name, file);
  return file;
}

let project: CheckedSource | undefined;

/** The program of the package's entry points and the schema of a tenant file. It is made once, because that takes seconds. */
export function checkedProject(): CheckedSource {
  const modules = ["index", "tenant", "spi", "tenant/tenant-schema"];
  project ??= checkSource("tenants/entries.ts", modules.map((name) => `import "../src/${name}";`).join("\n"));
  return project;
}

/** Checks a source in memory as if it were a file of the project. */
export function checkSource(path: string, text: string, files: ReadonlyMap<string, string> = new Map()): CheckedSource {
  const file = join(PROJECT, path);
  const all = new Map([...files, [file, text]]);
  const folders = new Set([...all.keys()].map((name) => dirname(name)));
  const host: ts.CompilerHost = {
    ...disk,
    directoryExists: (name) => folders.has(name) || ts.sys.directoryExists(name),
    fileExists: (name) => all.has(name) || disk.fileExists(name),
    readFile: (name) => all.get(name) ?? disk.readFile(name),
    getSourceFile: (name, ...rest) => {
      const content = all.get(name);
      return content === undefined ? parse(name, ...rest) : ts.createSourceFile(name, content, rest[0], true);
    },
  };
  const program = ts.createProgram([file], OPTIONS, host);
  const source = program.getSourceFile(file);
  if (source === undefined) throw new Error(`${path} is not part of the program.`);
  return { program, checker: program.getTypeChecker(), source };
}

/** Compiles the declarations of the sources below `src`. Their paths are in a folder that does not exist. */
export function emitDeclarations({ program }: CheckedSource, folder: string): Map<string, string> {
  const [root, published] = [join(PROJECT, "src"), join(PROJECT, folder)];
  const files = new Map<string, string>();
  program.emit(undefined, (name, text) => files.set(name.replace(root, published), text), undefined, true);
  return files;
}

/** Returns the documentation that an editor shows for the last identifier of a name in a source. */
export function documentationOf({ checker, source }: CheckedSource, name: string): string {
  let found: ts.Symbol | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === name) found = symbolOf(node, checker);
    ts.forEachChild(node, visit);
  };
  visit(source);
  if (found === undefined) throw new Error(`The source has no ${name}.`);
  const tags = found.getJsDocTags(checker).map((tag) => `@${tag.name} ${ts.displayPartsToString(tag.text)}`);
  return [ts.displayPartsToString(found.getDocumentationComment(checker)), ...tags].join("\n");
}

/** Returns the documentation of a property in an object literal, from the type that the literal must have. */
function symbolOf(node: ts.Identifier, checker: ts.TypeChecker): ts.Symbol | undefined {
  const { parent } = node;
  if (!ts.isPropertyAssignment(parent) || !ts.isObjectLiteralExpression(parent.parent))
    return checker.getSymbolAtLocation(node);
  const type = checker.getContextualType(parent.parent);
  const options = type?.isUnion() === true ? type.types : type && [type];
  return options?.map((option) => option.getProperty(node.text)).find((property) => property !== undefined);
}

/** Messages of the compiler about a source. */
export function compilerMessages({ program, source }: CheckedSource): string[] {
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"),
  );
}
