import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ERROR_CODES } from "../../../src/core/error-codes";
import { VAULT_FAILURES } from "../../../src/vault/errors";
import { withCommands } from "../../../scripts/commands-reference/page";
import { all } from "../../support/all";
import { BANNED_PHRASES } from "../../support/banned-phrases";
import { checkedProject } from "../../support/checker";
import { anchors, links, markdownFiles, PROJECT, prose, read, sentences, wordCount } from "../../support/markdown";

const markdown = markdownFiles();
/** Sources of the package's entry points. */
const ENTRIES = ["index", "tenant", "spi"].map((name) => join(PROJECT, "src", `${name}.ts`));

interface PublicSurface {
  readonly properties: readonly { readonly name: string; readonly optional: boolean; readonly tags: string[] }[];
  /** Types of this library that an exported interface names and no entry point exports. */
  readonly hidden: readonly string[];
  /** Names that several entry points export. */
  readonly repeated: readonly string[];
}

/** Interfaces of the public surface, and the types that they name. */
function publicSurface(): PublicSurface {
  const { program, checker } = checkedProject();
  const exportsOf = (entry: string): ts.Symbol[] => {
    const source = program.getSourceFile(entry);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${entry} is not a module`);
    return checker.getExportsOfModule(module);
  };
  const original = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exported = ENTRIES.flatMap(exportsOf).map(original);
  const interfaces = exported.flatMap(({ declarations = [] }) => declarations.filter(ts.isInterfaceDeclaration));

  const named = (node: ts.Node): ts.Symbol[] => {
    const symbol = ts.isTypeReferenceNode(node) ? checker.getSymbolAtLocation(node.typeName) : undefined;
    const inside: ts.Symbol[] = symbol === undefined ? [] : [original(symbol)];
    ts.forEachChild(node, (child) => void inside.push(...named(child)));
    return inside;
  };
  const isOurs = ({ declarations = [] }: ts.Symbol): boolean =>
    declarations.some((declaration) => declaration.getSourceFile().fileName.startsWith(join(PROJECT, "src")));
  return {
    properties: interfaces.flatMap((declaration) =>
      declaration.members.filter(ts.isPropertySignature).map((property) => ({
        name: `${declaration.name.text}.${property.name.getText()}`,
        optional: property.questionToken !== undefined,
        tags: ts.getJSDocTags(property).map(({ tagName }) => tagName.text),
      })),
    ),
    hidden: interfaces
      .flatMap(named)
      .filter((symbol) => isOurs(symbol) && !exported.includes(symbol))
      .map(({ name }) => name),
    repeated: exported.filter((symbol, index) => exported.indexOf(symbol) < index).map(({ name }) => name),
  };
}

describe("the public surface", () => {
  const { properties, hidden, repeated } = publicSurface();

  test("exports each name from one entry point", () => {
    expect(repeated).toEqual([]);
  });

  test("exports every type that its interfaces name", () => {
    expect(hidden).toEqual([]);
  });

  test("documents the default of every optional property", () => {
    expect(properties.length).toBeGreaterThan(100);
    // Properties that a construct offers to others have no default.
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
  const examples = all(readdirSync(join(PROJECT, "examples")).filter((name) => name.endsWith(".ts")));
  afterEach(() => void vi.unstubAllEnvs());

  test.each(examples)("%s synthesizes, and a guide shows it", async (name) => {
    const folder = mkdtempSync(join(tmpdir(), "tenant-vault-example-"));
    try {
      vi.stubEnv("CDKTF_OUTDIR", folder);
      // An example is a program: importing it runs it.
      await import(join(PROJECT, "examples", name));
      expect(readdirSync(join(folder, "stacks"))).not.toHaveLength(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
    // A construct's example is in the construct's README.
    const readme = join("src", "constructs", name.replace(/\.ts$/, ""), "README.md");
    const guides = existsSync(join(PROJECT, readme)) ? [readme] : markdown;
    const shown = `\`\`\`ts\n${read(join("examples", name))}\`\`\``;
    expect(guides.filter((guide) => read(guide).includes(shown))).toHaveLength(1);
  });

  test("are the only programs in the guides, so that the tests run every one", () => {
    const texts = examples.map((name) => read(join("examples", name)));
    const programs = markdown.flatMap((guide) =>
      [...read(guide).matchAll(/```(?:ts|js|typescript|javascript)\n([^]*?)```/g)]
        .map(([, text = ""]) => text)
        .filter((text) => text.includes("new App(")),
    );
    expect(programs.length).toBe(examples.length);
    expect(programs.filter((text) => !texts.includes(text))).toEqual([]);
  });

  test.each(all(readdirSync(join(PROJECT, "src", "constructs"))))(
    "the construct in %s has a README with one",
    (name) => {
      expect(markdown).toContain(join("src", "constructs", name, "README.md"));
      // The pods of the command are a part of two constructs, whose examples have them.
      if (name !== "command-pod") expect(examples).toContain(`${name}.ts`);
    },
  );
});

describe("documents", () => {
  test("link to what exists", () => {
    const found = all(markdown.flatMap((page) => links(read(page)).map((link) => ({ page, ...link }))));
    for (const { page, file, anchor } of found) {
      const target = file === "" ? page : join(dirname(page), file);
      expect(existsSync(join(PROJECT, target)), `${page} links to ${target}`).toBe(true);
      if (anchor !== undefined) expect(anchors(read(target)), `${page} links to ${target}#${anchor}`).toContain(anchor);
    }
  });

  test("name commands that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = all(
      markdown.flatMap((file) =>
        [...read(file).matchAll(/npm run ([a-z:-]+)/g)].map(([, script = ""]) => ({ file, script })),
      ),
    );
    for (const { file, script } of named) expect(Object.keys(scripts), `${file}: npm run ${script}`).toContain(script);
  });

  test("C1: deploy stacks in lists that cdktf accepts", () => {
    const deployments = all(
      markdown.flatMap((file) =>
        [...read(file).matchAll(/npx cdktf deploy ((?:(?!`)[^\n])+)/g)].map(([, words = ""]) => ({ file, words })),
      ),
    );
    for (const { file, words } of deployments) {
      const stacks = words.split(" ").filter((word) => word.startsWith("<"));
      if (stacks.length === 0) expect(words, file).toMatch(/^(central$|'\*')/);
      // With every layer in the list cdktf follows their order, and with one layer there is none.
      else if (stacks.length > 1) expect(words, file).toBe("<tenant>-cluster <tenant>-vault <tenant>-config");
      // The logins of a tenant depend on no other stack.
      else if (words !== "<tenant>-access") expect(words, file).toContain("--ignore-missing-stack-dependencies");
    }
  });

  test("list every code that a command fails with, and no other", () => {
    const [, ofCommands = ""] = read("docs/errors.md").split("\n## The command\n");
    const listed = [...ofCommands.matchAll(/^\| `([a-z-]+)` /gm)].map(([, code]) => code);
    expect(listed.sort()).toEqual([...ERROR_CODES].sort());
    for (const [row] of all(ofCommands.matchAll(/^\| `.*$/gm))) {
      expect(
        row
          .split("|")
          .map((cell) => cell.trim())
          .slice(1, -1)
          .every((cell) => cell !== ""),
        row,
      ).toBe(true);
    }
  });

  test("list no code that nothing fails with", () => {
    const sources = readdirSync(join(PROJECT, "src"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith("error-codes.ts"))
      .map((name) => read(join("src", name)))
      .join("\n");
    // Codes of failures of servers are made of a prefix and the failure's name.
    const unused = ERROR_CODES.filter((code) => !sources.includes(`"${code}"`) && !/^(central|replica)-/.test(code));
    expect(unused).toEqual([]);
    const failures = [...VAULT_FAILURES].sort();
    for (const prefix of ["central", "replica"]) {
      const made = ERROR_CODES.filter((code) => code.startsWith(`${prefix}-`) && code !== "replica-undescribed");
      expect(made.map((code) => code.slice(prefix.length + 1)).sort()).toEqual(failures);
    }
  });

  test("explain in the troubleshooting nothing but codes, and link to it from the list of codes", () => {
    const [, ofCodes = ""] = read("docs/troubleshooting.md").split("\n## Codes\n");
    const explained = anchors(ofCodes);
    const linked = links(read("docs/errors.md")).flatMap(({ file, anchor }) =>
      file === "troubleshooting.md" && anchor !== undefined ? [anchor] : [],
    );
    for (const code of all(explained)) expect(ERROR_CODES, code).toContain(code);
    expect(explained).toEqual([...explained].sort());
    for (const code of all(linked)) expect(explained, code).toContain(code);
  });

  test("list every code of an error at synthesis, and no other", () => {
    const sources = readdirSync(join(PROJECT, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    const codes = sources.flatMap((name) =>
      [...read(join("src", name)).matchAll(/new ValidationError\(\s*"([a-z-]+)"/g)].map(([, code]) => code ?? ""),
    );
    const [ofSynthesis = ""] = read("docs/errors.md").split("\n## The command\n");
    const listed = [...ofSynthesis.matchAll(/^\| `([a-z-]+)` /gm)].map(([, code]) => code ?? "");
    expect(codes.length).toBeGreaterThan(0);
    expect(listed.sort()).toEqual([...new Set(codes)].sort());
  });
});

describe("pages of tasks", () => {
  const pages = all(markdown.filter((file) => dirname(file) === join("docs", "operating")));

  test.each(pages)("%s says when, before, steps, check, and what to do if it fails", (page) => {
    const [title, ...headings] = anchors(read(page));
    expect(title).toBeDefined();
    expect(headings.slice(0, 5)).toEqual(["when", "before", "steps", "check", "if-it-fails"]);
    const index = links(read("docs/operating.md")).map(({ file }) => join("docs", file));
    expect(index).toContain(page);
  });
});

describe("the reference of the commands", () => {
  const page = read("docs/commands.md");

  test("is what the program says", async () => {
    expect(page, "run: npm run docs:commands").toBe(await withCommands(page));
  });

  test("lists every variable of the environment that a command reads", () => {
    const [, section = ""] = page.split("\n## Environment\n");
    const listed = section.match(/[A-Z]+_[A-Z_]+/g);
    const folders = ["central", "cli", "contract", "core", "kubernetes", "operations", "vault"];
    const sources = folders.flatMap((folder) =>
      readdirSync(join(PROJECT, "src", folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => read(join("src", folder, name))),
    );
    // The page calls HOME "~".
    const names = /\b(?:environment\.|setting\(environment, ")(?!HOME")([A-Z][A-Z_]+)/g;
    const reads = all(sources.join("\n").matchAll(names));
    for (const [, name = ""] of reads) expect(listed, name).toContain(name);
  });
});

describe("the language", () => {
  /** Words of a sentence, on average over a page. */
  const LONGEST_MEAN = 15;

  test.each(markdown)("of %s has no phrase that is banned", (page) => {
    const text = prose(read(page));
    const found = BANNED_PHRASES.flatMap(({ phrase, instead }) =>
      [...text.matchAll(new RegExp(phrase, `${phrase.flags}g`))].map(
        ({ 0: match, index }) => `"${match}" in "...${text.slice(Math.max(0, index - 40), index + 60)}...": ${instead}`,
      ),
    );
    expect(found, page).toEqual([]);
  });

  test.each(markdown)("of %s has short sentences", (page) => {
    const counted = all(sentences(read(page))).map((sentence) => ({ words: wordCount(sentence), sentence }));
    const mean = counted.reduce((sum, { words }) => sum + words, 0) / counted.length;
    const longest = counted.sort((one, other) => other.words - one.words).slice(0, 5);
    const shown = longest.map(({ words, sentence }) => `${words} words: ${sentence}`).join("\n");
    expect(mean, `${page}; shorten\n${shown}\n`).toBeLessThanOrEqual(LONGEST_MEAN);
  });
});

test("CI runs what the README says", () => {
  const [command] = /npm ci && npm test/.exec(read("README.md")) ?? [];
  expect(command).toBeDefined();
  expect(read(".ci/run").trim().split("\n").at(-1)).toBe(command);
});
