import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { defineTenant, TenantError } from "../../../src/tenant";
import { loadTenant, loadTenants } from "../../../src/tenant/load-tenants";
import { readYaml } from "../../../src/tenant/yaml";
import { RIGHT } from "../../support/tenant-file";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(__dirname, "tenants-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Lines of the error of a YAML file, without the folder. */
async function linesOf(text: string): Promise<string[]> {
  const file = join(folder, "a.yaml");
  writeFileSync(file, text);
  try {
    await loadTenant(file);
    return [];
  } catch (error) {
    if (!(error instanceof TenantError)) throw error;
    return error.message.split("\n").map((line) => line.replace(`${folder}/`, ""));
  }
}

const INSTANCE = `name: a
instances:
  - name: main
    product: openbao
    address: https://vault.example:8200
    deployment: { mode: external, addresses: [https://10.0.0.1:8200] }
`;

test("a YAML file is the tenant that the same TypeScript file is", async () => {
  const file = join(folder, "customer10.yml");
  writeFileSync(file, stringify(RIGHT));
  const { tenant } = await loadTenant(file);
  expect(JSON.stringify(tenant)).toBe(JSON.stringify(defineTenant(RIGHT)));
  expect(Object.isFrozen(tenant.instances[0]?.roles)).toBe(true);
});

test("a folder holds both", async () => {
  writeFileSync(join(folder, "b.yaml"), "name: b\ninstances: []\n");
  writeFileSync(join(folder, "a.mjs"), 'export default { name: "a", instances: [] };\n');
  expect((await loadTenants(folder)).map(({ name }) => name)).toEqual(["a", "b"]);
});

test("an anchor stands for what it names", async () => {
  const text = `${INSTANCE}    keyValue: [{ mount: kv }]
    roles:
      - { name: web, read: &folders [kv/web, kv/shared] }
      - { name: ops, write: *folders }
`;
  expect(await linesOf(text)).toEqual([]);
});

describe("an error names file, line, column and field", () => {
  test.each<[string, string, string[]]>([
    [
      "of a wrong value",
      INSTANCE.replace("openbao", "bao"),
      ['a.yaml:4:5: instances[0].product: "bao" is not allowed; write "vault" or "openbao"'],
    ],
    [
      "of an unknown field",
      `${INSTANCE}    keyvalue: []\n`,
      ['a.yaml:7:5: instances[0].keyvalue: is not a known field; did you mean "keyValue"?'],
    ],
    [
      "of the object that lacks a field",
      INSTANCE.replace("    product: openbao\n", ""),
      ['a.yaml:3:5: instances[0].product: is missing; add "vault" or "openbao"'],
    ],
    [
      "of an entry of a list",
      INSTANCE.replace("[https://10.0.0.1:8200]", "[https://10.0.0.1:8200, http://10.0.0.2]"),
      [
        'a.yaml:6:70: instances[0].deployment.addresses[1]: "http://10.0.0.2" is not a valid address; write https, host and port, such as "https://vault.example.com:8200"',
      ],
    ],
    [
      "of a field without a value",
      `${INSTANCE}    pki:\n`,
      ["a.yaml:7:5: instances[0].pki: is empty; add an object with roles, or remove the field"],
    ],
    [
      "of a number that has to be a text",
      INSTANCE.replace("name: main", "name: 10"),
      ["a.yaml:3:5: instances[0].name: 10 is a number; write it in quotes"],
    ],
    [
      "behind an alias",
      `${INSTANCE}    keyValue: [{ mount: kv }]\n    roles:\n      - { name: web, read: &f [kv/a, b] }\n      - { name: ops, read: *f }\n`,
      [
        'a.yaml:9:38: instances[0].roles[0].read[1]: "b" is not below a keyValue mount; begin it with one of: kv/',
        'a.yaml:9:38: instances[0].roles[1].read[1]: "b" is not below a keyValue mount; begin it with one of: kv/',
      ],
    ],
    [
      "of several mistakes",
      "nmae: a\ninstances: {}\n",
      [
        'a.yaml:2:1: instances: an object is not a valid list; write entries in brackets: [{ name: "...", ... }]',
        'a.yaml:1:1: nmae: is not a known field; did you mean "name"?',
      ],
    ],
    ["of an empty file", "", ["a.yaml:1:1: is empty; add an object with name, instances, or remove the field"]],
    ["of a text", "tenant\n", ['a.yaml:1:1: "tenant" is not a valid object; write an object with name, instances']],
  ])("%s", async (_what, text, lines) => {
    expect(await linesOf(text)).toEqual(lines);
  });
});

describe("wrong syntax gets one line in our own words", () => {
  test.each<[string, string]>([
    ["a: 1\na: 2\n", "a.yaml:2:1: is not valid YAML: the field occurs twice; remove one of them"],
    ["a:\n\tb: 1\n", "a.yaml:2:1: is not valid YAML: a tab indents the line; use spaces"],
    [
      "a: [1, 2\n",
      "a.yaml:2:1: is not valid YAML: the indentation is wrong, or a bracket is not closed; align the entries and close every bracket",
    ],
    [
      "a: b: c\n",
      'a.yaml:1:4: is not valid YAML: the line has a second ": "; put the value in quotes, or move the second field to a line of its own',
    ],
    ['a: "x\n', "a.yaml:2:1: is not valid YAML: a colon, comma, quote or bracket is missing; add it"],
    ["a: @b\n", "a.yaml:1:4: is not valid YAML: a value cannot begin with this character; put the value in quotes"],
    [
      'a: "\\z"\n',
      "a.yaml:1:5: is not valid YAML: the sequence after the backslash is unknown; use single quotes instead of double quotes",
    ],
    ["a: 1\n---\nb: 2\n", "a.yaml:2:1: is not valid YAML: a second document begins; describe one tenant per file"],
    ["? [a]\n: 1\n", "a.yaml:1:3: is not valid YAML: the name of a field is not a text; put it in quotes"],
    [
      "a: !secret x\n",
      "a.yaml:1:4: is not valid YAML: the tag is unknown; remove the word that begins with an exclamation mark",
    ],
    [
      "a: *b\n",
      'a.yaml:1:4: is not valid YAML: the alias "*b" has no anchor before it; add "&b" to the value that it repeats',
    ],
    [
      "- a\n b: 1\n",
      "a.yaml:1:3: is not valid YAML: the name of a field continues on another line; check the indentation and the colon",
    ],
    [
      "%YAML 3\n---\na: 1\n",
      "a.yaml:1:7: is not valid YAML: the syntax is wrong here; check indentation, quotes, colons and commas",
    ],
  ])("%j", async (text, line) => {
    expect((await linesOf(text))[0]).toBe(line);
  });
});

test("aliases that multiply are refused", () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(", ")}]`,
  );
  const read = readYaml(`l0: &l0 x\n${levels.join("\n")}\n`);
  expect("problems" in read && read.problems[0]?.reason).toMatch(/aliases/);
});
