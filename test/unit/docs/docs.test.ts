import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { run } from "../../../lab/run";

const PROJECT = resolve(__dirname, "..", "..", "..");
const read = (path: string): string => readFileSync(join(PROJECT, path), "utf8");
const markdown = [
  "README.md",
  ...["docs", "providers/openstack"].flatMap((folder) =>
    readdirSync(join(PROJECT, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name)),
  ),
  ...readdirSync(join(PROJECT, "src"))
    .map((folder) => join("src", folder, "README.md"))
    .filter((file) => existsSync(join(PROJECT, file))),
];

/** Interfaces of the public surface, with where each property is. */
function publicProperties(): { name: string; optional: boolean; tags: string[]; documented: boolean }[] {
  const program = ts.createProgram([join(PROJECT, "src", "index.ts")], {
    strict: true,
    skipLibCheck: true,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(PROJECT, "src", "index.ts"));
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error("no module");
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    return (symbol.declarations ?? []).filter(ts.isInterfaceDeclaration).flatMap((declaration) =>
      declaration.members.filter(ts.isPropertySignature).map((property) => {
        const documentation = ts.getJSDocCommentsAndTags(property);
        return {
          name: `${symbol.name}.${property.name.getText()}`,
          optional: property.questionToken !== undefined,
          tags: ts.getJSDocTags(property).map(({ tagName }) => tagName.text),
          documented: documentation.length > 0,
        };
      }),
    );
  });
}

describe("the public surface", () => {
  const properties = publicProperties();

  test("documents the default of every optional property", () => {
    expect(properties.length).toBeGreaterThan(100);
    // What a construct offers to others is there or not: it has no default.
    const undocumented = properties.filter(
      ({ name, optional, tags }) => optional && !tags.includes("default") && !/^(I[A-Z]|Deployed\.)/.test(name),
    );
    expect(undocumented.map(({ name }) => name)).toEqual([]);
  });

  test("gives no default to a required property", () => {
    expect(
      properties.filter(({ optional, tags }) => !optional && tags.includes("default")).map(({ name }) => name),
    ).toEqual([]);
  });
});

describe("examples", () => {
  const examples = readdirSync(join(PROJECT, "examples")).filter((name) => name.endsWith(".ts"));

  test.each(examples)("%s synthesizes, and is what the construct's README shows", async (name) => {
    const folder = mkdtempSync(join(tmpdir(), "tenant-vault-example-"));
    try {
      await run(process.execPath, ["--import", "tsx", join("examples", name)], {
        cwd: PROJECT,
        env: { ...process.env, CDKTF_OUTDIR: folder },
      });
      expect(readdirSync(join(folder, "stacks"))).toHaveLength(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(read(join("src", name.replace(/\.ts$/, ""), "README.md"))).toContain(
      `\`\`\`ts\n${read(join("examples", name))}\`\`\``,
    );
  });
});

describe("documents", () => {
  test("link to what exists", () => {
    for (const file of markdown) {
      for (const [, target = ""] of read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        expect(existsSync(join(PROJECT, file, "..", target)), `${file} links to ${target}`).toBe(true);
      }
    }
  });

  test("name commands that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    for (const file of markdown) {
      for (const [, script = ""] of read(file).matchAll(/npm run ([a-z:-]+)/g))
        expect(Object.keys(scripts), `${file}: npm run ${script}`).toContain(script);
    }
  });

  test("list every code of an error", () => {
    const sources = readdirSync(join(PROJECT, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    const codes = sources.flatMap((name) =>
      [...read(join("src", name)).matchAll(/new ValidationError\(\s*"([a-z-]+)"/g)].map(([, code]) => code ?? ""),
    );
    const listed = read("docs/errors.md");
    for (const code of new Set(codes)) expect(listed, code).toContain(`\`${code}\``);
  });
});

test("CI runs what the README says", () => {
  const [command] = /npm ci && npm test/.exec(read("README.md")) ?? [];
  expect(command).toBeDefined();
  expect(read(".ci/run").trim().split("\n").at(-1)).toBe(command);
});
