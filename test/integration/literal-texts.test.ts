import { TerraformOutput } from "cdktf";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { LayerStack, localBackend } from "../../src";
import { escapeExpressions, jsonencode, yamlencode } from "../../src/terraform/literal-text";
import { leaves, markedTenant } from "../support/marked-tenant";
import { TerraformProject } from "./support/terraform-project";

/** Begins and ends with what would end a text between quotes. */
const MARK = '"MARKED\\ \n\t${ONE} %{TWO} $${THREE} \\';

const project = new TerraformProject();
afterAll(() => {
  project.remove();
});

/** A text of the configuration without what only a deployment knows. Secrets are asked for by a name, which is the text. */
function withoutReferences(text: string): string {
  return text
    .replace(/^\$\{.*?\bdata\[(.*)\]\)?\}$/s, (_, name: string) => `\${${name}}`)
    .replaceAll(/\b(self|local)(\.\w+)+/g, '"unknown"');
}

/** A text as it is, within a document of JSON or HCL, and in an address. */
function writtenAs(text: string): string[] {
  return [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)];
}

test("T2: real Terraform reads each text of a tenant file as it is written", async () => {
  const { marked, stacks } = markedTenant(MARK, [["instances.0.pki.authority", { type: "internal" }]]);
  expect(marked.length).toBeGreaterThan(20);
  const places = [...stacks]
    .flatMap(([name, json]) => leaves(json, [name]))
    .filter(([, text]) => text.includes("MARKED"));
  const conditions = places.filter(([path]) => path.endsWith(".condition"));
  const stack = new LayerStack(project.app, "texts", localBackend(project.stateFolder));
  places.forEach(([, text], index) => {
    new TerraformOutput(stack, `text${index}`, { value: withoutReferences(text) });
  });
  project.synthesize();
  await project.apply(stack);

  const read = JSON.parse(await project.terraform(stack, "output", "-json")) as Record<string, { value: unknown }>;
  const changed = places.filter(([path], index) => {
    const value = read[`text${index}`]?.value;
    // Conditions compare the text with what is deployed.
    if (path.endsWith(".condition")) return value !== false;
    const texts = path.includes("helm_release")
      ? leaves(parse(String(value))).map(([, text]) => text)
      : [String(value)];
    const all = texts.join("\n");
    const rest = writtenAs(MARK).reduce((left, mark) => left.replaceAll(mark, ""), all);
    return rest === all || rest.includes("MARKED");
  });
  expect(changed.map(([path]) => path)).toEqual([]);
  expect(conditions.length).toBeLessThan(3);
  for (const place of [/output\.inventory/, /internal_root.*data_json/, /password_wo$/, /helm_release.*values/])
    expect(places.filter(([path]) => place.test(path))).not.toHaveLength(0);
});

test("T2: real Terraform reads any text and key within its functions as it is written", async () => {
  const characters = fc.string({
    unit: fc.constantFrom("$", "%", "{", "}", '"', "\\", "\n", "\r", "\t", "\b", "u", "n", "ä"),
  });
  const texts = Object.fromEntries(fc.sample(characters, 500).map((text, index) => [`${index}${text}`, text]));
  const stack = new LayerStack(project.newApp(), "functions", localBackend(project.stateFolder));
  new TerraformOutput(stack, "json", { value: jsonencode(escapeExpressions(texts)) });
  new TerraformOutput(stack, "yaml", { value: yamlencode(escapeExpressions(texts)) });
  project.synthesize();
  await project.apply(stack);
  expect(JSON.parse(await project.output(stack, "json"))).toEqual(texts);
  expect(parse(await project.output(stack, "yaml"))).toEqual(texts);
});
