import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT } from "../../support/checker";
import { all } from "../../support/all";

const ACCEPTANCE = join(PROJECT, "test", "acceptance");
const EXAMPLES = all(readdirSync(join(PROJECT, "tenants"))).map((file) => basename(file, ".ts"));

const files = readdirSync(ACCEPTANCE, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const sources = new Map(files.map((file) => [file, readFileSync(join(ACCEPTANCE, file), "utf8")]));

/** Names of the namespaces that a source deletes by kubectl. A constant has its value in the same source. */
function deletedNamespaces(source: string): string[] {
  return [...source.matchAll(/"delete",\s*"(?:ns|namespaces?)",([^)]*)\)/g)].flatMap(([, args = ""]) =>
    args
      .split(",")
      .map((arg) => arg.trim())
      .filter((arg) => arg !== "" && !arg.startsWith('"--'))
      .map((arg) => valueOf(arg, source)),
  );
}

function valueOf(arg: string, source: string): string {
  const [, literal] = /^"([^"]*)"$/.exec(arg) ?? [];
  if (literal !== undefined) return literal;
  const [, value] = new RegExp(`\\b${arg.split(".").at(-1)} = "([^"]*)"`).exec(source) ?? [];
  if (value === undefined) throw new Error(`${arg} has no value in its source.`);
  return value;
}

describe("K13: acceptance tests delete no namespace of an example tenant", () => {
  test("constants and texts are found", () => {
    const source =
      'const A = "customer10-main";\nkubectl("delete", "namespace", A, "--wait=false");\nkubectl("delete", "ns", "b");';
    expect(deletedNamespaces(source)).toEqual(["customer10-main", "b"]);
  });

  test.each(all([...sources].flatMap(([file, source]) => deletedNamespaces(source).map((name) => [file, name]))))(
    "%s deletes %s",
    (_, name = "") => {
      for (const tenant of all(EXAMPLES)) expect(name).not.toMatch(new RegExp(`^${tenant}(-|$)`));
    },
  );
});
