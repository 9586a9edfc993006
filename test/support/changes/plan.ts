import { parse } from "yaml";
import { addresses, type Synthesized } from "../synth";
import { REPLACING_ATTRIBUTES } from "./replacing-attributes";

type Arguments = Readonly<Record<string, unknown>>;

/** Meta-arguments, of which Terraform changes nothing in a resource. */
const META = ["lifecycle", "provisioner", "depends_on", "provider", "connection", "for_each"];

/**
 * What Terraform plans for another synthesis of a stack, one line per resource, sorted. Numbers in names are `#`, and equal lines
 * are one.
 *
 * | line | meaning |
 * | --- | --- |
 * | `create`, `delete`, `forget` and an address | as Terraform says; with a key of `for_each` in brackets |
 * | `move ADDRESS to ADDRESS` | a `moved` block gives it another address, and nothing else changes |
 * | `update ADDRESS: ATTRIBUTES` | in place |
 * | `replace ADDRESS: ATTRIBUTES` | deleted and created again |
 * | `refuse ADDRESS: ATTRIBUTES` | the plan fails: a condition, or `prevent_destroy` |
 * | `ignore ADDRESS: ATTRIBUTES` | what exists stays as it is |
 * | `protection ADDRESS` | only `prevent_destroy` changes |
 * | `provider ADDRESS` | another provider manages it |
 * | `run ADDRESS: INPUT` | the command of a `terraform_data` runs, because of this |
 * | `refuse data.ADDRESS: CLAIM` | the plan fails, because the claim of a replica exists |
 * | `read ADDRESS`, `read ephemeral` | other data, or other secrets |
 * | `configure PROVIDER` | the provider has another configuration |
 * | `command ADDRESS: ATTRIBUTES` | the next run has another environment |
 */
export function planOf(before: Synthesized, after: Synthesized): string[] {
  const forgotten = (after.removed ?? []).map(({ from }) => from);
  const others = changedData(before, after);
  const [former, planned] = [resourcesOf(before), resourcesOf(after, others)];
  const moves = (after.moved ?? []).filter(({ from }) => keyAddresses(former).includes(from));
  const moved = moves.flatMap(({ from, to }) => [from, to]);
  const own = [...new Set([...former.keys(), ...planned.keys()])].flatMap((address) => {
    const [one, other] = [former.get(address), planned.get(address)];
    const keys = keysOf(address, one, other, moved);
    if (one !== undefined && other !== undefined) return [...keys, ...changeOf(address, one, other)];
    if ((one ?? other)?.for_each !== undefined) return keys;
    if (one === undefined) return [`create ${address}`];
    return [`${forgotten.includes(address) ? "forget" : "delete"} ${address}`];
  });
  const lines = withTriggered(planned, own);
  const surroundings = [...surroundingsOf(before, after), ...refusingClaims(before, after)];
  const runs = [...planned].flatMap(([address, { triggers_replace }]) =>
    followsUpdate(triggers_replace, lines) ? [`run ${address}: revision`] : [],
  );
  const moveLines = moves.map(({ from, to }) => `move ${from} to ${to}`);
  return [...new Set([...lines, ...moveLines, ...surroundings, ...runs].map(withoutIndexes))].sort();
}

/** Resources that are replaced because another one is, whatever else changes in them. */
function withTriggered(planned: ReadonlyMap<string, Arguments>, lines: readonly string[]): string[] {
  const replaced = [...planned].flatMap(([address, { lifecycle }]) => {
    const { replace_triggered_by = [] } = (lifecycle ?? {}) as Lifecycle;
    const cause = replace_triggered_by.find((each) => {
      const [type = "", name = ""] = each.split(".");
      return lines.some((line) => /^(run|replace) (\S+):/.exec(line)?.[2] === `${type}.${name}`);
    });
    return cause === undefined ? [] : [{ address, line: `replace ${address}: ${cause}` }];
  });
  const others = lines.filter((line) => !replaced.some(({ address }) => line.split(/[ :]/)[1] === address));
  return [...others, ...replaced.map(({ line }) => line)];
}

function withoutIndexes(line: string): string {
  return line.replaceAll(/(?<=[._]|data|audit)\d+(?=[._:,]|$)/g, "#");
}

/** Resources by their addresses. What they read from other data is another value. */
function resourcesOf({ resource = {} }: Partial<Synthesized>, others: readonly string[] = []): Map<string, Arguments> {
  const changed = (text: string): string =>
    others.reduce((now, address) => now.replaceAll(`\${data.${address}.`, `\${other data.${address}.`), text);
  return new Map(
    addresses(resource).map((address) => {
      const [type = "", name = ""] = address.split(".");
      return [address, JSON.parse(changed(JSON.stringify(resource[type]?.[name] ?? {}))) as Arguments];
    }),
  );
}

/** Addresses of the data that is looked up by something else than before. */
function changedData({ data: before = {} }: Synthesized, { data: after = {} }: Synthesized): string[] {
  return addresses(before).filter((address) => {
    const [type = "", name = ""] = address.split(".");
    const [one, other] = [before[type]?.[name], after[type]?.[name]];
    return other !== undefined && pathsOf(without(one ?? {}, META), without(other, META)).length > 0;
  });
}

/** One resource per key of `for_each`. `prevent_destroy` is that of the block, so it protects a key that leaves too. */
function keysOf(address: string, before: Arguments = {}, after: Arguments = {}, moved: readonly string[]): string[] {
  const [former = [], planned = []] = [before, after].map(({ for_each: keys = {} }) =>
    keyed(address, keys as object).filter((each) => !moved.includes(each)),
  );
  const gone = isProtected(after) ? "refuse" : "delete";
  return [
    ...planned.filter((each) => !former.includes(each)).map((each) => `create ${each}`),
    ...former.filter((each) => !planned.includes(each)).map((each) => `${gone} ${each}`),
  ];
}

function keyAddresses(resources: ReadonlyMap<string, Arguments>): string[] {
  return [...resources].flatMap(([address, { for_each: keys = {} }]) => keyed(address, keys as object));
}

function keyed(address: string, keys: object): string[] {
  return Object.keys(keys).map((key) => `${address}["${key}"]`);
}

function changeOf(address: string, before: Arguments, after: Arguments): string[] {
  const [type = ""] = address.split(".");
  const lifecycle = (after.lifecycle ?? {}) as Lifecycle;
  const paths = pathsOf(without(before, META), without(after, META));
  const ignored = paths.filter((path) => isIgnored(path, lifecycle));
  const seen = paths.filter((path) => !ignored.includes(path));
  const refused = ignored.filter((path) => isCompared(path, lifecycle));
  const silent = ignored.filter((path) => !refused.includes(path));
  const replaces =
    type === "terraform_data" ? seen.filter((path) => path.startsWith("triggers")) : replacing(type, seen);
  const action = replaces.length === 0 ? "update" : lifecycle.prevent_destroy === true ? "refuse" : "replace";
  const listed = action === "update" ? seen : replaces;
  const isCommand = type === "terraform_data" && action === "replace";
  const causes = list(listed.map((path) => path.replace(/^triggers_replace\./, "")));
  return [
    ...(isCommand
      ? [`run ${address}: ${causes}`]
      : listed.length === 0
        ? []
        : [`${action} ${address}: ${list(listed)}`]),
    ...(refused.length === 0 ? [] : [`refuse ${address}: ${list(refused)}`]),
    ...(silent.length === 0 ? [] : [`ignore ${address}: ${list(silent)}`]),
    ...(isProtected(before) === isProtected(after) ? [] : [`protection ${address}`]),
    ...(before.provider === after.provider ? [] : [`provider ${address}`]),
    ...commandOf(address, before, after),
  ];
}

interface Lifecycle {
  readonly prevent_destroy?: boolean;
  readonly ignore_changes?: "all" | readonly string[];
  readonly replace_triggered_by?: readonly string[];
  readonly postcondition?: readonly { readonly condition: string }[];
}

function isIgnored(path: string, { ignore_changes = [] }: Lifecycle): boolean {
  return ignore_changes === "all" || ignore_changes.includes(topOf(path));
}

/** Whether a condition compares an ignored attribute with what is written. */
function isCompared(path: string, { postcondition = [] }: Lifecycle): boolean {
  return postcondition.some(({ condition }) => condition.includes(`self.${topOf(path)}`));
}

function replacing(type: string, paths: readonly string[]): string[] {
  const attributes = REPLACING_ATTRIBUTES[type];
  if (attributes === undefined && !type.startsWith("vault_"))
    throw new Error(`Whether attributes of ${type} replace it is not known; add it to REPLACING_ATTRIBUTES.`);
  return paths.filter((path) =>
    attributes?.some((attribute) => `${path.replaceAll(/\.\d+(?=\.|$)/g, ".#")}.`.startsWith(`${attribute}.`)),
  );
}

function isProtected({ lifecycle }: Arguments): boolean {
  return (lifecycle as Lifecycle | undefined)?.prevent_destroy ?? false;
}

function commandOf(address: string, { provisioner: before }: Arguments, { provisioner: after }: Arguments): string[] {
  const paths = pathsOf({ of: before }, { of: after }).map((path) => path.replace(/^of\.(local-exec\.|\d+\.)*/, ""));
  return paths.length === 0 ? [] : [`command ${address}: ${list(paths)}`];
}

/** Whether a command runs because of what else a plan updates, such as the hook after each revision of a release. */
function followsUpdate(triggers: unknown, lines: readonly string[]): boolean {
  const [, address] = /\$\{(helm_release\.\w+)\.metadata/.exec(JSON.stringify([triggers])) ?? [];
  return address !== undefined && lines.some((line) => line.startsWith(`update ${address}:`));
}

/** Changes of what is around the resources. Data that comes or goes says nothing. */
function surroundingsOf(before: Synthesized, after: Synthesized): string[] {
  const data = changedData(before, after).map((address) => `read data.${address}`);
  const ephemeral = pathsOf(before.ephemeral, after.ephemeral);
  const providers = new Set(pathsOf(before.provider, after.provider).map((path) => path.split(".")[0]));
  return [
    ...data,
    ...(ephemeral.length > 0 ? ["read ephemeral"] : []),
    ...[...providers].map((name) => `configure ${name}`),
  ];
}

/** Data that must find no claim, and does, because the replica of the claim is deployed. */
function refusingClaims({ resource = {} }: Partial<Synthesized>, { data = {} }: Synthesized): string[] {
  const claims = Object.entries(resource.helm_release ?? {}).flatMap(([, { name, values: texts = [] }]) =>
    (texts as string[]).flatMap((text) => {
      const values = parse(text) as { server?: { ha?: { replicas?: number } } } | null;
      return Array.from({ length: values?.server?.ha?.replicas ?? 0 }, (_, index) => `data-${String(name)}-${index}`);
    }),
  );
  return Object.entries(data.kubernetes_resources ?? {}).flatMap(([name, { field_selector }]) =>
    claims
      .filter((claim) => field_selector === `metadata.name=${claim}`)
      .map((claim) => `refuse data.kubernetes_resources.${name}: ${claim}`),
  );
}

/** Paths of leaves that differ. The text of Helm's values counts as what it holds. */
export function pathsOf(before: unknown, after: unknown, path = ""): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const [one, other] = path === "values.0" ? [parse(String(before)), parse(String(after))] : [before, after];
  if (!isTree(one) || !isTree(other)) return [path];
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys.flatMap((key) => pathsOf(one[key], other[key], path === "" ? key : `${path}.${key}`));
}

function isTree(value: unknown): value is Arguments {
  return typeof value === "object" && value !== null;
}

function without(values: Arguments, keys: readonly string[]): Arguments {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
}

function topOf(path: string): string {
  return path.split(".")[0] ?? path;
}

function list(paths: readonly string[]): string {
  return [...paths].sort().join(", ");
}
