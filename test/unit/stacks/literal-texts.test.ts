import { expect, test } from "vitest";
import { localBackend, type LayerStack } from "../../../src";
import { defineTenant, type TenantSpec } from "../../../src/tenant";
import { checkTenant } from "../../../src/tenant/tenant-schema";
import { buildApp } from "../../../stacks/app";
import { toJson } from "../../support/synth";
import { changed, RIGHT } from "../../support/tenant-file";

/** What an expression and a directive of Terraform look like. */
const MARK = "${ONE} %{TWO}";

/** Fields that take any value, besides those of the right file. */
const FREE: readonly [string, unknown][] = [
  ["cluster.provisioner.variables", { note: "a", nested: { list: ["b"] } }],
  ["instances.0.deployment.mode", "custom"],
  ["instances.0.deployment.values", { server: { extraEnvironmentVars: { NOTE: "a" } }, annotations: { key: "b" } }],
  ["instances.0.deployment.serviceAccountAnnotations", { key: "a" }],
  ["instances.0.keyValue.0.description", "a"],
  // Without it, people sign, and the stack of the logins has no text of the file.
  ["instances.0.pki.permittedDomains", ["customer10.internal"]],
  ["instances.0.pki.organization", "a"],
  ["instances.0.pki.commonName", "a"],
  ["instances.0.appRole", { description: "a" }],
  ["instances.0.databases.0.roles.0.creationStatements", ["a"]],
  ["instances.0.databases.0.roles.0.revocationStatements", ["a"]],
];

function leaves(value: unknown, path: readonly string[] = []): [string, string][] {
  if (typeof value === "string") return [[path.join("."), value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]));
}

test("T2: Terraform reads no text of a tenant file as an expression, wherever the text goes", () => {
  const file = FREE.reduce<object>((all, [path, value]) => changed(path, value, all), RIGHT);
  // All that take the mark; a name that others refer to does not, and neither does what has a form of its own.
  const marked = leaves(file).filter(([path, value]) => "output" in checkTenant(changed(path, value + MARK, file)));
  expect(marked.length).toBeGreaterThan(20);
  const spec = marked.reduce<object>((all, [path, value]) => changed(path, value + MARK, all), file) as TenantSpec;

  const operator = { central: { address: "https://central:8200" }, backend: localBackend(".state") };
  const app = buildApp(operator, [defineTenant(spec)]);
  const stacks = app.node.children.filter((stack) => stack.node.id.startsWith("customer10-")) as LayerStack[];
  expect(stacks).toHaveLength(4);
  for (const stack of stacks) {
    const json = JSON.stringify(toJson(stack));
    const places = (pattern: RegExp): Set<string> => new Set(json.match(pattern));
    expect(places(/[$%]+\{ONE\}/g), stack.node.id).toEqual(new Set(["$${ONE}"]));
    expect(places(/[$%]+\{TWO\}/g), stack.node.id).toEqual(new Set(["%%{TWO}"]));
  }
});
