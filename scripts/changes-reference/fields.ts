import { relative } from "node:path";
import ts from "typescript";
import { checkedProject, PROJECT } from "../../test/support/checker";
import { exportedTypes, FieldWalk } from "../../test/support/fields";

/** A field of the tenant file or a prop of a construct. */
export interface Field {
  /** Its interface and its name, such as `PkiRoleProps.maxTtl`. */
  readonly name: string;
  /** Path of its source in the project. */
  readonly file: string;
  /** Text of its tag `@changes`; undefined if it has none. */
  readonly change: string | undefined;
}

/** Every field of the tenant file and every prop of a construct, sorted by name. */
export function changeableFields(): Field[] {
  const checked = checkedProject();
  const walk = new FieldWalk(checked);
  const ofTheFile = exportedTypes(checked, "src/tenant/tenant-schema.ts").get("TenantSpec");
  if (ofTheFile === undefined) throw new Error("src/tenant/tenant-schema.ts exports no TenantSpec.");
  walk.visit(ofTheFile);
  for (const [name, type] of exportedTypes(checked, "src/index.ts")) if (name.endsWith("Props")) walk.visit(type);
  return [...walk.found]
    .map(([declaration, name]) => ({
      name,
      file: relative(PROJECT, declaration.getSourceFile().fileName),
      change: changeOf(declaration),
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Of the field itself, or of its interface if all fields of that behave alike. */
function changeOf(declaration: ts.Declaration): string | undefined {
  const statement = ts.findAncestor(declaration, ts.isStatement);
  const tag = [declaration, ...(statement === undefined ? [] : [statement])]
    .flatMap((node) => ts.getJSDocTags(node))
    .find(({ tagName }) => tagName.text === "changes");
  const text = ts.getTextOfJSDocComment(tag?.comment)?.replace(/\s+/g, " ").trim();
  return text === "" ? undefined : text;
}
