import { localBackend, type LayerStack } from "../../src";
import { defineTenant, type TenantSpec } from "../../src/tenant";
import { checkTenant } from "../../src/tenant/tenant-schema";
import { buildApp } from "../../stacks/app";
import { toJson, type Synthesized } from "./synth";
import { changed, RIGHT } from "./tenant-file";

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

/** Every text in a value, by its path. */
export function leaves(value: unknown, path: readonly string[] = []): [path: string, text: string][] {
  if (typeof value === "string") return [[path.join("."), value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]));
}

/** The stacks of a tenant whose file has a mark at the end of each text that takes it. */
export function markedTenant(
  mark: string,
  further: readonly [string, unknown][] = [],
): { readonly marked: readonly string[]; readonly stacks: ReadonlyMap<string, Synthesized> } {
  const file = [...FREE, ...further].reduce<object>((all, [path, value]) => changed(path, value, all), RIGHT);
  // A name that others refer to does not take it, and neither does what has a form of its own.
  const marked = leaves(file).filter(([path, value]) => "output" in checkTenant(changed(path, value + mark, file)));
  const spec = marked.reduce<object>((all, [path, value]) => changed(path, value + mark, all), file) as TenantSpec;
  const operator = { central: { address: "https://central:8200" }, backend: localBackend(".state") };
  const app = buildApp(operator, [defineTenant(spec)]);
  const stacks = app.node.children.filter((stack) => stack.node.id.startsWith("customer10-")) as LayerStack[];
  return {
    marked: marked.map(([path]) => path),
    stacks: new Map(stacks.map((stack) => [stack.node.id, toJson(stack)])),
  };
}
