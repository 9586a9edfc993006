import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { generateFiles } from "../../../scripts/tenant-reference/files";
import { UNKNOWN } from "../../../scripts/changes-reference/page";
import type { Schema } from "../../../scripts/tenant-reference/schema";
import { checkTenant } from "../../../src/tenant/tenant-schema";
import { readYaml } from "../../../src/tenant/yaml";
import { all } from "../../support/all";
import { PROJECT } from "../../support/checker";
import { markdownFiles } from "../../support/markdown";
import { changed, REMOVED, RIGHT } from "../../support/tenant-file";

const read = (path: string): string => readFileSync(join(PROJECT, path), "utf8");

test("the JSON Schema, the reference of the tenant file and the tables of changes are up to date; else run npm run reference", async () => {
  const files = await generateFiles();
  expect([...files.keys()]).toEqual([
    "schemas/tenant.schema.json",
    "schemas/request.schema.json",
    "docs/tenant-file.md",
    "docs/changes.md",
    // Without that of the pods of commands, which only other constructs create.
    ...all(markdownFiles().filter((path) => /^src\/constructs\/(?!command-pod)[^/]+\/README\.md$/.test(path))).sort(),
  ]);
  for (const [path, text] of files) expect(read(path), path).toBe(text);
}, 120_000);

test("every row of docs/changes.md declares something, and a test shows it", () => {
  const rows = [...read("docs/changes.md").matchAll(/^\| `[\w.]+` .*$/gm)].map(([row]) => row);
  expect(rows.length).toBeGreaterThan(400);
  expect(rows.filter((row) => row.includes(UNKNOWN) || /\| +\|$/.test(row))).toEqual([]);
});

test("the package ships the JSON Schema under a name of its own", () => {
  const { files, exports } = JSON.parse(read("package.json")) as { files: string[]; exports: Record<string, unknown> };
  expect(files).toContain("schemas");
  expect(exports["./schemas/tenant.schema.json"]).toBe("./schemas/tenant.schema.json");
});

describe("the JSON Schema", () => {
  const json = JSON.parse(read("schemas/tenant.schema.json")) as Schema;
  const schema = z.fromJSONSchema(json as Parameters<typeof z.fromJSONSchema>[0]);

  test("accepts the file that is right", () => {
    expect(schema.safeParse(RIGHT).error?.issues).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ["name", REMOVED],
    ["name", "Customer_10"],
    ["nmae", "x"],
    ["instances.0.product", "bao"],
    ["instances.0.deployment.replica", 3],
    ["instances.0.deployment.mode", "cluster"],
    ["instances.0.seal", { type: "awskms", region: "x" }],
    ["instances.0.seal", { type: "shamir", former: { type: "kms" } }],
    ["instances.0.databases.0.password", "hunter2"],
    ["instances.0.pki.roles.0.maxTtl", "3 days"],
    ["cluster.flavor", "m1.large"],
    ["cluster.existing", true],
  ])("refuses %s = %j", (path, value) => {
    expect(schema.safeParse(changed(path, value)).success).toBe(false);
  });

  test("documents every field, except those that only tell what an object is", () => {
    const fields = [json, ...Object.values(json.$defs ?? {})].flatMap((part) => fieldsOf(part));
    expect(fields.length).toBeGreaterThan(200);
    const undocumented = fields.filter(
      ([, { description, const: value }]) => description === undefined && value === undefined,
    );
    expect(undocumented.map(([name]) => name)).toEqual([]);
    const broken = fields.filter(
      ([, { description }]) => description !== undefined && !/^[A-Z].*[.)](\n\nDefault: \S.*)?$/.test(description),
    );
    expect(broken.map(([name, { description }]) => `${name}: ${description ?? ""}`)).toEqual([]);
  });
});

function fieldsOf(schema: Schema): [string, Schema][] {
  const own = Object.entries(schema.properties ?? {});
  const parts = [
    ...own.map(([, part]) => part),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...(typeof schema.additionalProperties === "object" ? [schema.additionalProperties] : []),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
  ];
  return [...own, ...parts.flatMap(fieldsOf)];
}

test("the example of the reference is right", () => {
  const [, example = ""] = /```yaml\n([^]*?)```/.exec(read("docs/tenant-file.md")) ?? [];
  const file = readYaml(example);
  expect("value" in file && checkTenant(file.value)).toHaveProperty("output");
});

test("the reference has a section for every object that it links to", () => {
  const page = read("docs/tenant-file.md");
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 _-]/g, "")
      .replaceAll(" ", "-"),
  );
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = ""]) => target);
  expect(links.length).toBeGreaterThan(40);
  expect(new Set(headings).size).toBe(headings.length);
  expect(links.filter((link) => !headings.includes(link))).toEqual([]);
});
